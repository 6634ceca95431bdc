"""Collects the licences of everything that the app ships, for its About page.

    python scripts/licences.py FILE

Writes a JSON list of `{name, version, licence, text}`: the Python packages of `requirements.txt`
as they are installed here, Python itself, and the npm packages that `package-lock.json` names
for the page. A package without a licence's text has an empty one.
"""

from __future__ import annotations

import json
import platform
import re
import sys
import sysconfig
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
_IS_LICENCE: Final = re.compile(r"(licen[cs]e|copying|notice)", re.IGNORECASE)
_REQUIREMENT: Final = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)

Part = dict[str, str]


def main(target: Path) -> None:
    """Write the list."""
    parts = [_python(), *_python_packages(), *_npm_packages()]
    parts.sort(key=lambda part: part["name"].casefold())
    target.write_text(json.dumps(parts, ensure_ascii=False), encoding="utf-8")


def _python() -> Part:
    text = Path(sysconfig.get_path("stdlib"), "LICENSE.txt")
    return _part("Python", platform.python_version(), "PSF-2.0", [text] if text.exists() else [])


def _python_packages() -> Iterator[Part]:
    for name in _REQUIREMENT.findall((ROOT / "requirements.txt").read_text(encoding="utf-8")):
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue  # another system's
        files = [
            Path(str(found.locate_file(file)))
            for file in found.files or ()
            if ".dist-info" in str(file) and _IS_LICENCE.search(str(file))
        ]
        yield _part(found.name, found.version, _licence_of(found), files)


def _licence_of(found: Distribution) -> str:
    """What its metadata say, in one line."""
    named = [
        value.rpartition(" :: ")[2]
        for value in found.metadata.get_all("Classifier", [])
        if value.startswith("License ::")
    ]
    said = found.metadata["License-Expression"] or found.metadata["License"] or ", ".join(named)
    return said.strip().partition("\n")[0]


def _npm_packages() -> Iterator[Part]:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    for path, entry in lock["packages"].items():
        folder = ROOT / path
        if not path or entry.get("dev") or not folder.is_dir():
            continue
        package: dict[str, Any] = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        files = [one for one in folder.iterdir() if one.is_file() and _IS_LICENCE.search(one.name)]
        yield _part(package["name"], package["version"], str(package.get("license", "")), files)


def _part(name: str, version: str, licence: str, files: list[Path]) -> Part:
    texts = [file.read_text(encoding="utf-8", errors="replace").strip() for file in sorted(files)]
    return {"name": name, "version": version, "licence": licence, "text": "\n\n".join(texts)}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
