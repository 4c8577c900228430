"""The MLflow UI as `hierbench ui` opens it: what a newcomer sees, in a real browser."""

import re

import pytest

from hierbench.tracking.views import COLUMNS
from tests.browser.driving import page_in

pytestmark = pytest.mark.slow

CELLS = 19


IN_ORDER = """heads => heads
  .map(head => [head.getBoundingClientRect().left, head.getAttribute('col-id')])
  .sort((one, other) => one[0] - other[0]).map(place => place[1])"""


def test_ui_table_shows_the_cells_with_their_columns(running, pages):
    with page_in(running, width=2200) as page:
        page.goto(pages["table"])
        page.get_by_text(f"{CELLS} matching runs").wait_for()
        page.locator("[role=row][row-id]").first.wait_for()
        shown = page.locator(".ag-header-cell").evaluate_all(IN_ORDER)
        wanted = [column for column in COLUMNS if "`" in column]
        assert [column for column in shown if column in wanted] == wanted
        assert_every_cell_is_a_row(page)


def assert_every_cell_is_a_row(page):
    """They stand beside each other, not folded below their sweep."""
    rows = page.locator("[role=row][row-id]").evaluate_all(
        "e => e.map(x => x.getAttribute('row-id'))"
    )
    assert len(set(rows)) == CELLS


def test_ui_lists_the_views_by_name(page, pages):
    page.goto(pages["table"])
    page.get_by_test_id("saved-views-trigger").click()
    for name in ("Cells: table", "Cells: charts"):
        page.get_by_text(name).first.wait_for()


def test_ui_charts_show_the_axes_and_the_figures(page, pages):
    page.goto(pages["charts"])
    for title in (
        "Parallel Coordinates",
        "prior.scale vs. ess_per_second",
        "parameterization vs. ess_per_second",
        "divergences vs. ess_bulk_min",
    ):
        page.get_by_text(title).first.wait_for()
    page.locator(".parcoords svg").first.wait_for()
    axes = page.locator(".parcoords").first.inner_text()
    for axis in ("parameterization", "prior.scale", "ess_per_second"):
        assert axis[:6] in axes


def test_ui_two_cells_are_compared(page, pages):
    page.goto(pages["table"])
    boxes = page.locator("[role=row][row-id] input.ag-checkbox-input")
    boxes.first.wait_for()
    for place in (0, 4):
        boxes.nth(place).check(force=True)
    page.get_by_test_id("runs-compare-button").click()
    page.get_by_text(re.compile("Comparing 2 Runs")).first.wait_for()
    page.get_by_text("Parallel Coordinates Plot").first.wait_for()
    for metric in ("ess_per_second", "r_hat_max"):
        page.get_by_text(metric, exact=True).first.wait_for()


def test_ui_artifacts_show_the_report(page, pages):
    page.goto(pages["report"])
    frame = page.frame_locator("iframe").first
    frame.locator("h1", has_text="3 parameterizations on sacramento").wait_for()
    assert frame.locator("#heat-maps table").count() == 2


def test_ui_artifacts_show_a_plot(page, pages, swept):
    _, _, run_id, _ = swept
    page.goto(f"{pages['sweep'].rpartition('/')[0]}/{run_id}/artifacts/plots/trace.png")
    image = page.locator("img[src^='blob:'], img[src*='artifact'], .image-outer-container").first
    image.wait_for()


def test_ui_a_run_has_its_description(page, pages):
    page.goto(pages["sweep"])
    page.get_by_text("sweep of 19 on sacramento").first.wait_for()
