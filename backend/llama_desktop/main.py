"""Arguments and logging; then the host; then a window, a tab, or nothing but the address."""

from __future__ import annotations

import argparse
import asyncio
import importlib.metadata
import json
import logging
import sys
import threading
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from llama_desktop.bridge.host import Address, Host
from llama_desktop.domain.errors import AppError, DataFolderLocked
from llama_desktop.infrastructure.desktop import Desktop, NoDesktop
from llama_desktop.infrastructure.instance_lock import (
    InstanceAddress,
    InstanceLock,
    find_running_instance,
)
from llama_desktop.infrastructure.log import start_logging
from llama_desktop.infrastructure.paths import AppPaths

if TYPE_CHECKING:
    from llama_desktop.bridge.window import NativeWindow
    from llama_desktop.services.application import Application

logger = logging.getLogger(__name__)

_FIRST_INSTANCE_SECONDS: Final = 5.0


def main(argv: list[str]) -> int:
    """Run the app; return its exit code: 0 ended well, 1 could not start."""
    if argv[:1] == ["doctor"]:
        return _run_doctor(argv[1:])
    arguments = _parse(argv)
    paths = AppPaths.locate(arguments.data_dir)
    lock = InstanceLock(paths)
    try:
        paths.prepare()
        lock.acquire()
    except DataFolderLocked as error:
        return _show_first_instance(paths, error)
    except AppError as error:
        return _fail(error.message)
    with lock:
        start_logging(paths.logs)
        return _run(arguments, paths, lock)


def _run_doctor(argv: list[str]) -> int:
    """Look the installation over; works beside an app that runs, and without a window."""
    from llama_desktop.bootstrap import build_doctor
    from llama_desktop.bridge.doctor_cli import look_over

    parser = argparse.ArgumentParser(
        prog="llama-desktop doctor",
        description="Look over engines, GPUs, llama-servers, the data folder and the window.",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, and ask nothing")
    _add_places(parser)
    arguments = parser.parse_args(argv)
    paths = AppPaths.locate(arguments.data_dir)
    doctor = build_doctor(paths, version=version(), llama_server=arguments.llama_server)
    ask = input if sys.stdin.isatty() and not arguments.json else None
    return asyncio.run(look_over(doctor, as_json=arguments.json, ask=ask))


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="llama-desktop",
        description="Run language models on your own machine.",
        epilog="llama-desktop doctor looks the installation over; see llama-desktop doctor --help.",
    )
    opening = parser.add_mutually_exclusive_group()
    opening.add_argument("--tab", action="store_true", help="open the default browser instead")
    opening.add_argument(
        "--headless",
        action="store_true",
        help="open nothing; print the address as one line of JSON when it answers",
    )
    _add_places(parser)
    parser.add_argument("--port", type=_port, default=0, metavar="N", help="default: a free one")
    parser.add_argument("--page-url", help=argparse.SUPPRESS)
    parser.add_argument("--version", action="version", version=f"Llama Desktop {version()}")
    return parser.parse_args(argv)


def _add_places(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data-dir", type=Path, metavar="DIR", help="where chats and logs are kept"
    )
    parser.add_argument(
        "--llama-server", type=Path, metavar="PATH", help="the llama-server program to use"
    )


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return number


def _run(arguments: argparse.Namespace, paths: AppPaths, lock: InstanceLock) -> int:
    window = None if arguments.headless or arguments.tab else _make_window()
    desktop: Desktop = window or NoDesktop()
    host = Host(
        partial(
            _open_application,
            paths,
            desktop=desktop,
            version=version(),
            llama_server=arguments.llama_server,
        ),
        page=page_folder(),
        port=arguments.port,
    )
    host.close_on_signals()
    if window is not None:
        host.on_closing = window.close
        window.on_leaving = partial(host.tell, partial(_begin_leaving, window))
    try:
        address = host.start()
    except OSError as error:
        return _fail(f"The port {arguments.port} cannot be used: {error.strerror}.")
    try:
        if arguments.page_url:  # the development server's page, which asks this core
            address = msgspec.structs.replace(
                address, url=f"{arguments.page_url}/#token={address.token}"
            )
        if window is not None:
            lock.publish(_instance(address))
            _show_window(window, host, address, paths)
            host.wait_ready()
            return 0
        host.wait_ready()
        lock.publish(_instance(address))
        if arguments.headless:
            sys.stdout.write(json.dumps(msgspec.to_builtins(address)) + "\n")
            sys.stdout.flush()
        else:
            _show_tab(address)
        host.wait_closed()
    except AppError as error:
        return _fail(error.message)
    finally:
        host.close()
        host.wait_closed()
    return 0


def _make_window() -> NativeWindow:
    from llama_desktop.bridge.window import NativeWindow

    window = NativeWindow(icon=Path(__file__).resolve().parent / "bridge" / "icon.png")
    window.load_toolkit()
    return window


def _show_window(window: NativeWindow, host: Host, address: Address, paths: AppPaths) -> None:
    from llama_desktop.bridge.showing import show_window

    show_window(window, host, address, paths)


def _show_tab(address: Address) -> None:
    from llama_desktop.bridge.showing import show_tab

    show_tab(address)


def _open_application(
    *arguments: Any, **overrides: Any
) -> AbstractAsyncContextManager[Application]:
    from llama_desktop.bootstrap import open_application  # on the core thread: half of the start

    return open_application(*arguments, **overrides)


def _begin_leaving(window: NativeWindow, app: Application) -> None:
    """On the core thread: the window was asked to close; the page closes it when it is ready."""
    if not app.leaving.begin():
        threading.Thread(target=window.close, name="close the window").start()


def _show_first_instance(paths: AppPaths, locked: DataFolderLocked) -> int:
    """Bring the window of the instance that runs already to the front, and end."""
    import urllib.error
    import urllib.request

    first = find_running_instance(paths, patience_seconds=_FIRST_INSTANCE_SECONDS)
    if first is None:
        return _fail(f"{locked.message} It does not answer.")
    request = urllib.request.Request(  # noqa: S310  (our own loopback address)
        f"{first.url}/api/invoke/show_window",
        data=b"{}",
        headers={"Authorization": f"Bearer {first.token}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=_FIRST_INSTANCE_SECONDS):  # noqa: S310
            sys.stderr.write("Llama Desktop is running already; its window is in front now.\n")
            return 0
    except urllib.error.HTTPError as error:
        with error:
            sys.stderr.write(f"{locked.message} It has no window.\n")
        return 1
    except OSError:
        return _fail(f"{locked.message} It does not answer.")


def _instance(address: Address) -> InstanceAddress:
    return InstanceAddress(
        url=f"http://127.0.0.1:{address.port}", token=address.token, pid=address.pid
    )


def _fail(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


def version() -> str:
    """The version of the package, also inside the executable."""
    return importlib.metadata.version("llama-desktop")


def page_folder() -> Path:
    """The built page: in the bundle of the executable, else where Vite puts it."""
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is not None:
        return Path(bundle) / "frontend" / "dist"
    return Path(__file__).resolve().parents[2] / "frontend" / "dist"
