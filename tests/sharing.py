"""Which tests one worker of pytest-xdist runs: a file's, and those of all files that share much."""

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

__all__ = ["pytest_xdist_make_scheduler", "scope_of"]

INTEGRATION = "tests/integration/"
"""Each folder in it has stores or sweeps that all its files read, and one its own fork server."""


def scope_of(nodeid: str) -> str:
    """Return what one worker runs whole: a test's file, or its folder in `INTEGRATION`."""
    file = nodeid.partition("::")[0]
    folder, inside, _ = file.removeprefix(INTEGRATION).partition("/")
    return f"{INTEGRATION}{folder}" if file.startswith(INTEGRATION) and inside else file


class ByFile(LoadFileScheduling):
    """Gives a worker all tests of a scope."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile | None:
    """Return our scheduler in place of loadfile's."""
    return ByFile(config, log) if config.getoption("dist") == "loadfile" else None
