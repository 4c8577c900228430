"""One store for all tests that only read it."""

import pytest

from tests.integration.report.filled import filled


@pytest.fixture(scope="session")
def swept(tmp_path_factory):
    """Give a store with one sweep of 19 cells, and the sweep's id."""
    return filled(tmp_path_factory.mktemp("report"))
