"""One sentence for each extra that is not installed, the same in every test that needs it."""

from importlib.util import find_spec
from typing import Any

import pytest

from hierbench.samplers import SAMPLERS

__all__ = ["LIBRARIES", "away", "needed"]

LIBRARIES = {name: one.packages[-1] for name, one in SAMPLERS.items() if one.packages}
"""The package of an extra that each sampler needs, of those that need one."""


def away(package: str) -> str:
    """Return why tests that need `package` are skipped; empty where it is installed."""
    if find_spec(package) is not None:
        return ""
    return f"{package} is not installed; make setup-all installs it"


def needed(package: str) -> Any:
    """Return the module of an extra; skip what asks for it where that is not installed."""
    return pytest.importorskip(package, reason=away(package))
