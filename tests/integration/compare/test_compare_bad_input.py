"""Every wrong question gets one sentence and exit code 2."""

import pytest

from hierbench.records import RunStatus
from tests.integration.compare.calling import call
from tests.integration.compare.planted import plant_sweep


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ffffffff"], "no run has this id"),
        (["--metric", "speed"], "--metric speed: no cell has it; known are ess_per_second"),
        (["--where", "prior.scale"], "--where prior.scale: not a condition; write KEY=VALUE"),
        (["--where", "prior.scal=1"], "the cells have no prior.scal; did you mean prior.scale?"),
        (["--where", "prior.scale>99"], "no cell of the 16 is left; ask for less"),
        (["--where", "data>3"], "--where data>3: not numbers"),
        (["--rows", "data"], "--rows data: does not differ among the settings"),
        (
            ["--rows", "prior.scale", "--columns", "prior.scale"],
            "--rows prior.scale --columns prior.scale: one axis; choose two",
        ),
        (["--csv", "/nowhere/cells.csv"], "--csv /nowhere/cells.csv: cannot be written"),
        (["--html", "/nowhere/report.html"], "--html /nowhere/report.html: cannot be written"),
        (["--threshold", "1.2"], "--threshold 1.2: needs --baseline SWEEP_ID"),
        (["--baseline", "ffffffff"], "no run has this id"),
        (["--baseline", "{base}"], "the sweep itself; choose another sweep"),
        (["--baseline", "{elsewhere}"], "--baseline: the two sweeps share no setting"),
        (["--baseline", "{slower}", "--threshold", "0.5"], "--threshold 0.5: a ratio, 1 or more"),
        (["--baseline", "{slower}", "--metric", "speed"], "no cell has it on both sides"),
        (["--baseline", "{old}", "--metric", "ess_per_second"], "choose ess_per_gradient"),
        (["--baseline", "{slower}", "--html", "x"], "--html with --baseline: choose one"),
    ],
)
def test_compare_refuses(words, said, planting):
    called = call(planting, *words)
    assert called.code == 2
    assert called.err.startswith("hierbench: ")
    assert said in called.err
    assert called.err.count("\n") == 1
    assert "Traceback" not in called.err


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (RunStatus.RUNNING, "the sweep has no cells yet; wait for the first one"),
        (RunStatus.KILLED, "the sweep has no cells; start another one"),
    ],
)
def test_compare_refuses_an_empty_sweep(status, said, planting):
    sweep = plant_sweep(planting.store, [], status=status)
    called = call(planting, sweep)
    planting.store.client.delete_run(sweep)
    assert (called.code, said in called.err) == (2, True)


def test_compare_refuses_a_cell(planting):
    cell = next(
        run.info.run_id
        for run in planting.store.client.search_runs(
            [planting.store.experiment_id], "tags.`hierbench.kind` = 'cell'", max_results=1
        )
    )
    called = call(planting, cell)
    assert (called.code, "a cell, not a sweep" in called.err) == (2, True)
