"""A model without groups in the MLflow UI and in the report: its own figures, its own words."""

import subprocess
import sys

import pytest

from tests.browser.driving import served

pytestmark = pytest.mark.slow

FORMS = ("centered", "noncentered")
SWEEP = (
    *("sweep", "model=eight_schools", f"parameterization={','.join(FORMS)}", "prior.scale=1,2"),
    *("sampler.draws=100", "sampler.tune=100", "plots=none", "gate=none", "seed=1,2"),
)
CELLS = 8


@pytest.fixture(scope="module")
def schools(tmp_path_factory):
    """The folder in which eight schools were swept."""
    folder = tmp_path_factory.mktemp("schools")
    ended = subprocess.run(
        [sys.executable, "-m", "hierbench", *SWEEP],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return folder


@pytest.fixture(scope="module")
def views(running, schools):
    """The pages that `hierbench ui` prints while it runs."""
    with served(f"sqlite:///{schools}/runs/mlflow.db") as found:
        yield found


def test_table_has_a_row_for_every_cell_and_names_the_model(page, views):
    page.goto(views["table"])
    page.get_by_text(f"{CELLS} matching runs").wait_for()
    page.locator("[role=row][row-id]").first.wait_for()
    assert page.get_by_text("eight_schools").count() >= CELLS


def test_charts_show_the_axes(page, views):
    page.goto(views["charts"])
    page.locator(".parcoords svg").first.wait_for()
    axes = page.locator(".parcoords").first.inner_text()
    assert "prior.s" in axes


def test_report_shows_the_funnel_of_tau(page, schools):
    (report,) = schools.glob("runs/artifacts/*/artifacts/report.html")
    page.goto(report.as_uri())
    page.get_by_text("log tau").first.wait_for()
    assert page.get_by_text("eight_schools").count() > 0
    assert page.errors == []
