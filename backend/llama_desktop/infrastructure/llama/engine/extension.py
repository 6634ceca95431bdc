"""Imports xllamacpp's extension module, and no more than that."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Final

_PACKAGE: Final = "xllamacpp"
_EXTENSION: Final = "xllamacpp.xllamacpp"


def import_extension() -> ModuleType:
    """The module with `CommonParams` and `Server`.

    The package around it imports `inspect`, `logging` and more, for an estimate that we do not
    use: a third of the time from launch to health of a small model. So a bare package stands in
    for it. Not on Windows, where the package's own code tells where its DLLs lie.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if sys.platform != "win32" and spec is not None and spec.submodule_search_locations:
        package = ModuleType(_PACKAGE)
        package.__path__ = list(spec.submodule_search_locations)
        package.__spec__ = spec
        sys.modules[_PACKAGE] = package
    return importlib.import_module(_EXTENSION)
