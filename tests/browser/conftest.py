"""One browser and one served store for all browser tests; they are skipped without Chromium."""

import pytest
from matplotlib.figure import Figure

from hierbench.comparison import Sweep, cells_frame, compare_cells
from hierbench.report import write_report
from hierbench.tracking import cells_of, log_files
from tests.browser.driving import MISSING, browser, chromium, page_in, served
from tests.integration.report.filled import filled


@pytest.fixture(scope="session")
def running():
    if chromium() is None:
        pytest.skip(MISSING)
    with browser() as found:
        yield found


@pytest.fixture
def page(running):
    with page_in(running) as found:
        yield found


@pytest.fixture(scope="session")
def swept(tmp_path_factory):
    """Give a store, its sweep and a cell; the sweep has its report, the cell a plot."""
    store, sweep_id = filled(tmp_path_factory.mktemp("browser"))
    cells = cells_of(store, sweep_id)
    folder = tmp_path_factory.mktemp("files")
    comparison = compare_cells(cells_frame(cells), sweeps=[Sweep(sweep_id, "sweep", "FAILED", 19)])
    write_report(folder / "report.html", comparison, store=store)
    log_files(store, sweep_id, folder)
    plots = tmp_path_factory.mktemp("cell")
    (plots / "plots").mkdir()
    Figure(figsize=(3, 2)).savefig(plots / "plots" / "trace.png")
    log_files(store, cells[0].run_id, plots)
    return store, sweep_id, cells[0].run_id, folder / "report.html"


@pytest.fixture(scope="session")
def pages(running, swept):
    """Give the pages that `hierbench ui` prints while it runs."""
    store, sweep_id, *_ = swept
    with served(store.location.uri, sweep_id[:8]) as found:
        yield found
