"""Densities are evaluated by Python here, which is slow to run and has nothing to compile."""

import pytest
from pytensor.configdefaults import config


@pytest.fixture(scope="package", autouse=True)
def without_c():
    """Compile no C: inside an OpFromGraph PyTensor would, for each Op a second, for any linker."""
    with config.change_flags(cxx=""):
        yield
