"""A file of tests that cannot be imported is an error.

pytest looks for doctests in every file, first, and passes over one that it cannot import: a module
of hierbench may need an extra that is absent. A file of tests would be passed over as well.
"""

from pathlib import Path

import pytest
from _pytest.doctest import DoctestModule

TESTS = Path(__file__).parent


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    skipped = report.outcome == "skipped" and isinstance(collector, DoctestModule)
    if skipped and TESTS in collector.path.parents and "unable to import" in str(report.longrepr):
        report.outcome = "failed"
        report.longrepr = f"{collector.path}: cannot be imported; -p no:doctest says why"
    return report
