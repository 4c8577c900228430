"""A file of tests that cannot be imported is an error, and a module that needs an extra is not."""

from types import SimpleNamespace

import pytest
from _pytest.doctest import DoctestModule

from tests.unimported import TESTS, pytest_make_collect_report


def reported(path, reason):
    """Return the outcome of a file that pytest looked for doctests in and skipped."""
    collector = object.__new__(DoctestModule)
    collector.path = path
    hook = pytest_make_collect_report(collector)
    next(hook)
    with pytest.raises(StopIteration) as end:
        hook.send(SimpleNamespace(outcome="skipped", longrepr=(str(path), 1, reason)))
    return end.value.value.outcome


@pytest.mark.parametrize(
    ("path", "reason", "outcome"),
    [
        (TESTS / "unit" / "test_x.py", "Skipped: unable to import module", "failed"),
        (TESTS / "unit" / "test_x.py", "Skipped: jax is not installed", "skipped"),
        (TESTS.parent / "hierbench" / "x.py", "Skipped: unable to import module", "skipped"),
    ],
)
def test_file_that_cannot_be_imported(path, reason, outcome):
    assert reported(path, reason) == outcome
