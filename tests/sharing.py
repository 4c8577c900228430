"""Which tests one worker of pytest-xdist runs: a file's, and those of all files that share much."""

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

__all__ = ["pytest_xdist_make_scheduler"]

TOGETHER = ("tests/integration/sweeps/",)
"""Folders whose tests share a server that imports everything, and a sweep that only is read."""


class ByFile(LoadFileScheduling):
    """Gives a worker all tests of a file, or of a folder of `TOGETHER`."""

    def _split_scope(self, nodeid: str) -> str:
        shared = next((folder for folder in TOGETHER if nodeid.startswith(folder)), None)
        scope: str = shared or super()._split_scope(nodeid)
        return scope


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile | None:
    """Return our scheduler in place of loadfile's."""
    return ByFile(config, log) if config.getoption("dist") == "loadfile" else None
