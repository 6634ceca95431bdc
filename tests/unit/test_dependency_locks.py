"""The lock files hold what pyproject.toml and package.json ask for, and resolve anywhere."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGE: dict[str, Any] = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
PACKAGE_LOCK: dict[str, Any] = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))


def _named(requirements: list[str]) -> set[str]:
    names = (re.match(r"[\w.-]+", requirement) for requirement in requirements)
    return {_normal(name[0]) for name in names if name is not None}


def _pinned(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {_normal(name): version for name, version in re.findall(r"(?m)^([\w.-]+)==(\S+)", text)}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.txt", PROJECT["project"]["dependencies"]),
        ("requirements-dev.txt", PROJECT["project"]["dependencies"]),
        ("requirements-dev.txt", PROJECT["dependency-groups"]["dev"]),
        ("requirements-package.txt", PROJECT["dependency-groups"]["package"]),
    ],
)
def test_every_package_that_is_asked_for_is_pinned(lock: str, wanted: list[str]) -> None:
    assert _named(wanted) - _pinned(lock).keys() == set()


def test_developers_run_the_app_with_the_same_versions() -> None:
    developing = _pinned("requirements-dev.txt")

    assert {
        name: (version, developing.get(name))
        for name, version in _pinned("requirements.txt").items()
        if developing.get(name) != version
    } == {}


@pytest.mark.parametrize(
    "lock", ["requirements.txt", "requirements-dev.txt", "requirements-package.txt"]
)
def test_a_python_lock_names_no_place_and_has_hashes(lock: str) -> None:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    content = [line for line in lines if not line.lstrip().startswith("#")]

    assert [line for line in content if "://" in line or line.startswith("-")] == []
    assert sum("--hash=sha256:" in line for line in content) >= len(_pinned(lock))


def test_the_npm_lock_names_no_place_and_has_hashes() -> None:
    packages = {name: entry for name, entry in PACKAGE_LOCK["packages"].items() if name}

    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []


def test_the_npm_lock_has_every_part_that_another_system_needs() -> None:
    names = {path.rpartition("node_modules/")[2] for path in PACKAGE_LOCK["packages"]}
    optional = {
        name
        for entry in PACKAGE_LOCK["packages"].values()
        for name in entry.get("optionalDependencies", {})
    }

    assert optional - names == set()


def test_the_version_is_the_same_everywhere() -> None:
    versions = {PROJECT["project"]["version"], PACKAGE["version"], PACKAGE_LOCK["version"]}

    assert len(versions) == 1
