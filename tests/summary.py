"""What a run of the quick tests says of itself: how long it takes, and what it leaves out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from time import monotonic
from typing import Any

import pytest

EXPECTED = "about 4 minutes on two cores that do nothing else, 6 with nothing compiled yet"
LAST = "hierbench/quick_seconds"
LEFT_OUT = pytest.StashKey[int]()
STARTED = pytest.StashKey[float]()
DESELECTED = "deselected"
"""The name under which a worker of pytest-xdist tells how many tests it left out."""


def reasons(reports: Iterable[Any]) -> list[str]:
    """Return a line for each reason for which tests were skipped, the most frequent first."""
    found = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in reports)
    return [f"{count} skipped: {reason}" for reason, count in found.most_common()]


def is_quick_run(config: pytest.Config) -> bool:
    """Return whether all the quick tests are asked for, as `make test` does."""
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return whole and config.getoption("markexpr") == "not slow"


def pytest_configure(config: pytest.Config) -> None:
    """Note when it began."""
    config.stash[STARTED] = monotonic()


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say how long it takes."""
    if not is_quick_run(config):
        return None
    last = config.cache.get(LAST, None) if config.cache else None
    here = f"; the last time here took {last // 60} min {last % 60} s" if last else ""
    return f"expected: {EXPECTED}{here}"


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Count what is left out."""
    if not items:  # --lf and the like may leave nothing out
        return
    config = items[0].config
    config.stash[LEFT_OUT] = config.stash.get(LEFT_OUT, 0) + len(items)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell it to the process that started this one."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[DESELECTED] = session.config.stash.get(LEFT_OUT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hear it from a worker; each leaves out the same."""
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get(DESELECTED, 0)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what was left out and why, a line for each reason."""
    stats = terminalreporter.stats
    lines = reasons(stats.get("skipped", ()))
    left_out = config.stash.get(LEFT_OUT, 0)
    if left_out and config.getoption("markexpr") == "not slow":
        lines.insert(0, f"{left_out} left out: marked slow; make test-all runs them")
    for line in lines:
        terminalreporter.write_line(line)
    if is_quick_run(config) and config.cache and not {"failed", "error"} & set(stats):
        config.cache.set(LAST, round(monotonic() - config.stash[STARTED]))
