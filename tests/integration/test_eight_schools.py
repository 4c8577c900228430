"""Eight schools from the command line: fitted in all forms, right, compared and repeated."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing

import pandas as pd
import pytest

pytestmark = pytest.mark.slow

SWEEP = (
    *("sweep", "model=eight_schools", "parameterization=all", "prior.scale=0.5,1,2"),
    *("sampler.target_accept=0.95", "seed=1,2,3", "--workers", "2"),
)
LARGEST_Z = 5.0
"""Over mean and sd of 10 estimands in 18 cells a right sampler passes it once in 5,000 sweeps."""


@pytest.fixture(scope="module")
def hierbench(tmp_path_factory):
    """Run the program in one folder; return its end."""
    folder = tmp_path_factory.mktemp("schools")

    def run(*words):
        command = [sys.executable, "-m", "hierbench", *words]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    run.folder = folder
    return run


@pytest.fixture(scope="module")
def cells(hierbench):
    """The sweep's cells, a row each."""
    ended = hierbench(*SWEEP)
    assert ended.returncode == 0, ended.stderr
    assert "agree on the mean and sd of" in " ".join(ended.stdout.split())
    return pd.read_parquet(next(hierbench.folder.glob("runs/artifacts/*/artifacts/*.parquet")))


@pytest.fixture(scope="module")
def kept(hierbench, cells):
    """Return a function from a kind of fact to its values by run and name."""

    def of(table):
        with closing(sqlite3.connect(hierbench.folder / "runs/mlflow.db")) as store:
            rows = store.execute(f"select run_uuid, key, value from {table}").fetchall()
        found = pd.DataFrame(rows, columns=["run", "key", "value"])
        return found.drop_duplicates(["run", "key"], keep="last").pivot(
            index="run", columns="key", values="value"
        )

    return of


def test_every_cell_finished_and_has_its_blocks_figures(kept):
    params, metrics = kept("params"), kept("latest_metrics")
    fitted = params[params["model"] == "eight_schools"]
    assert len(fitted) == 27
    assert set(fitted["school"]) == {"8"}
    assert not {"data.rows", "data.groups", "rows", "groups"} & set(fitted.dropna(axis=1).columns)
    figures = metrics.loc[fitted.index]
    for name in ("r_hat_max", "ess_bulk_min", "ess_min"):
        for block in ("hyper", "effects"):
            assert figures[f"{name}.{block}"].notna().all()
    assert figures["reference_z_max"].notna().all()
    diverged = figures["divergences"] > 0
    assert (figures["divergence_quantile.tau"].notna() == diverged).all()


def test_cells_that_passed_are_within_their_error_of_the_quadrature(kept):
    params, metrics, tags = kept("params"), kept("latest_metrics"), kept("tags")
    passed = tags.index[tags["hierbench.gate"] == "passed"]
    assert {"noncentered", "marginal"} <= set(params.loc[passed, "parameterization"])
    assert metrics.loc[passed, "reference_z_max"].max() < LARGEST_Z


def test_report_draws_the_funnel_of_tau(hierbench, cells):
    page = hierbench.folder / "report.html"
    assert hierbench("compare", "--html", str(page)).returncode == 0
    text = page.read_text("utf-8")
    assert "log tau" in text
    assert 'id="funnel' in text


def test_marginal_is_reproduced_bit_for_bit(hierbench, kept):
    params = kept("params")
    run = params.index[params["parameterization"] == "marginal"][0]
    ended = hierbench("reproduce", run)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.rstrip().endswith("IDENTICAL")


def test_calibration_is_as_the_file_expects(hierbench, tmp_path):
    ended = hierbench(
        *("validate", "model=eight_schools", "--calibration", "100", "--workers", "2", "--json"),
        f"tracking.uri=sqlite:///{tmp_path}/calibration.db",
    )
    found = json.loads(ended.stdout)
    verdicts = {of["form"]: (of["found"], of["good"]) for of in found["verdicts"]}
    assert verdicts["marginal"] == ("uniform", True)
    assert verdicts["noncentered"] == ("uniform", True)
    assert ended.returncode == 0, ended.stderr
