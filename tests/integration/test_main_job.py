"""The main job on tiny data: a sweep through the program, and all that can be asked of it."""

import json
import os
import shlex
import subprocess
import sys
import warnings
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from math import isfinite
from pathlib import Path
from urllib.parse import urlsplit

import arviz
import numpy as np
import pandas as pd
import pytest
import xarray as xr
import yaml
from rich.console import Console

from hierbench.cell import plan_cell
from hierbench.cli import main
from hierbench.cli.arguments import Arguments
from hierbench.cli.fitting import print_outcome
from hierbench.config.compose import compose_cell, composer, to_config
from hierbench.config.plain import from_plain
from hierbench.metrics import METRICS
from hierbench.models.data import load
from hierbench.sweeps.execute import finish_cells, new_sweep
from hierbench.sweeps.plan import plan_sweep
from hierbench.tracking import cells_of, find_run, latest_sweep, list_files, locate, open_store
from tests.planted import built_by
from tests.required import required

ROWS, GROUPS, CHAINS, TUNE, DRAWS = 60, 6, 2, 60, 50
TINY = (
    "data=berlin_like",
    f"data.rows={ROWS}",
    f"data.groups={GROUPS}",
    f"sampler.chains={CHAINS}",
    f"sampler.tune={TUNE}",
    f"sampler.draws={DRAWS}",
)
SWEPT = ("parameterization=centered,noncentered", "prior.scale=1,4", "plots=all")
ESTIMANDS = {"mu_alpha", "mu_beta", "sigma_alpha", "sigma_beta", "sigma", "alpha", "beta"}
SEVEN = {
    "posterior",
    "sample_stats",
    "prior",
    "prior_predictive",
    "posterior_predictive",
    "observed_data",
    "constant_data",
}

# What the tracking contract (design, section 5) marks "main job".
CONTRACT = {
    "tags": (
        "hierbench.schema",
        "hierbench.kind",
        "hierbench.sweep_id",
        "hierbench.cell_key",
        "hierbench.compiled",
        "hierbench.posterior",
        "hierbench.worst",
        "mlflow.parentRunId",
    ),
    "params": (
        "data",
        "data.rows",
        "data.groups",
        "data.seed",
        "parameterization",
        "model",
        "variant",
        "rows",
        "groups",
        "likelihood",
        "prior",
        "prior.scale",
        "sampler",
        "sampler.draws",
        "sampler.tune",
        "sampler.chains",
        "sampler.target_accept",
        "sampler.max_treedepth",
        "seed",
        "workers",
        "cores_per_cell",
        "artifacts",
        "gate",
        "plots",
        "predictive.draws",
    ),
    "files": (
        "config.yaml",
        "parameters.parquet",
        "posterior.nc",
        "predictive.parquet",
        "plots/energy.png",
        "plots/groups.png",
        "plots/rank.png",
        "plots/trace.png",
        "warmup.parquet",
    ),
}


@dataclass(frozen=True)
class Called:
    """One call of the program."""

    code: int
    out: str
    err: str


def call(folder, *words):
    """Run the program in this process, with `folder` the working folder."""
    out, err = StringIO(), StringIO()
    with chdir(folder), redirect_stdout(out), redirect_stderr(err):
        code = main(words)
    return Called(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        yield tmp_path_factory.mktemp("main_job")


@pytest.fixture(scope="module")
def swept(folder):
    """Return how the sweep's command went."""
    return call(folder, "sweep", *TINY, *SWEPT)


@pytest.fixture(scope="module")
def store(folder, swept):
    return open_store(locate(None, folder), create=False)


@pytest.fixture(scope="module")
def parent(store):
    return latest_sweep(store)


@pytest.fixture(scope="module")
def children(store, parent):
    return cells_of(store, parent.run_id)


@pytest.fixture(scope="module")
def child(children):
    return next(cell for cell in children if cell.params["parameterization"] == "noncentered")


def path_of(store, run_id, name):
    """Return the local path of an artifact."""
    return Path(urlsplit(store.client.get_run(run_id).info.artifact_uri).path) / name


# The sweep


def test_sweep_ends_well(swept):
    assert swept.code == 0


def test_sweep_prints_a_line_per_cell(swept):
    assert [line[:5] for line in swept.err.splitlines() if line[0] == "["] == [
        f"[{number}/4]" for number in range(1, 5)
    ]


def test_sweep_prints_one_table_per_posterior(swept):
    titles = [line for line in swept.out.splitlines() if line.startswith("berlin_like · ")]
    assert len(titles) == 2


def test_sweep_prints_where_to_look_next(swept, parent):
    short = parent.run_id[:8]
    last = f"sweep {parent.run_id}: hierbench compare {short}, hierbench ui"
    assert swept.out.splitlines()[-1] == last


def test_sweep_leaves_one_finished_run_per_cell(children):
    assert [cell.status for cell in children] == ["FINISHED"] * 4


def test_sweep_cells_are_the_grid(children):
    found = {(cell.params["parameterization"], cell.params["prior.scale"]) for cell in children}
    assert found == {(form, scale) for form in ("centered", "noncentered") for scale in "14"}


@pytest.mark.parametrize("kind", ["tags", "params"])
def test_cell_holds_the_contract(kind, store, children):
    for cell in children:
        held = getattr(store.client.get_run(cell.run_id).data, kind)
        assert [name for name in CONTRACT[kind] if name not in held] == []


def test_cell_holds_the_contracts_files(store, children):
    for cell in children:
        files = list_files(store, cell.run_id)
        assert [name for name in CONTRACT["files"] if name not in files] == []


def test_cells_of_a_form_that_the_worker_has_compiled_are_cached(children):
    compiled = [cell.tags["compiled"] for cell in children]
    assert set(compiled) <= {"fresh", "cached"}
    assert compiled.count("cached") >= len(children) / 2


def lacking_and_beyond(cell, sampler):
    """Return the metrics that a cell lacks by the contract, and those that it knows nothing of."""
    facts = {"diverged": cell.metrics["divergences"] > 0, "truth": True, "reference": False}
    least, most = (
        required(METRICS, sampler=sampler, variant="independent", machine=tells, **facts)
        for tells in (False, True)
    )
    return least - set(cell.metrics), set(cell.metrics) - most


def test_cell_metrics_are_those_of_the_contract(children):
    assert [lacking_and_beyond(cell, "nutpie") for cell in children] == [(set(), set())] * 4


def test_cell_names_the_worst_of_each_block(children):
    blocks = {"worst.hyper", "worst.intercepts", "worst.slopes"}
    assert all(
        blocks == {tag for tag in cell.tags if tag.startswith("worst.")} for cell in children
    )
    assert {cell.tags["worst.slopes"].partition("[")[0] for cell in children} == {"beta"}


def test_cell_warmup_has_rows_up_to_its_last_step(store, child):
    table = pd.read_parquet(path_of(store, child.run_id, "warmup.parquet"))
    assert table.groupby("chain")["step"].max().tolist() == [TUNE] * CHAINS
    assert table["diverging"].sum() == child.metrics["divergences_tune"]


def test_cell_that_diverged_shows_where(store, children):
    """Of these four, some diverge in so short a warm-up, and some may not."""
    for cell in children:
        drawn = "plots/divergences.png" in list_files(store, cell.run_id)
        assert drawn is (cell.metrics["divergences"] > 0)


def test_cell_metrics_are_finite(children):
    assert all(isfinite(value) for cell in children for value in cell.metrics.values())


def test_cell_kind_is_cell(children):
    assert {cell.kind for cell in children} == {"cell"}


def test_cell_params_are_plain_numbers(child):
    numbers = ("prior.scale", "sampler.target_accept", "seed", "workers", "cores_per_cell")
    assert [name for name in numbers if not isfinite(float(child.params[name]))] == []


def test_cell_has_no_failure(children):
    assert [cell for cell in children if "failure" in cell.tags] == []


def test_cell_keys_are_distinct(children):
    assert len({cell.tags["cell_key"] for cell in children}) == 4


def test_cells_of_one_prior_share_a_posterior(children):
    pairs = {(cell.params["prior.scale"], cell.tags["posterior"]) for cell in children}
    assert len(pairs) == 2


def test_cell_worst_is_an_estimand(children):
    assert {cell.tags["worst"].partition("[")[0] for cell in children} <= ESTIMANDS


def test_cell_has_its_data_as_mlflow_input(store, child):
    (used,) = store.client.get_run(child.run_id).inputs.dataset_inputs
    profile = json.loads(used.dataset.profile)
    assert used.dataset.name == "berlin_like"
    assert profile == {"num_rows": ROWS, "num_groups": GROUPS}


def test_cell_config_is_read_back(store, child):
    content = yaml.safe_load(path_of(store, child.run_id, "config.yaml").read_text())
    config = from_plain(content)
    assert plan_cell(config, load(config)).cell_key == child.tags["cell_key"]


def test_cell_parameters_are_a_row_each(store, child):
    table = pd.read_parquet(path_of(store, child.run_id, "parameters.parquet"))
    assert len(table) == 5 + 4 * GROUPS
    assert table["estimand"].sum() == 5 + 2 * GROUPS


# The parent


def test_parent_is_finished(parent):
    assert parent.status == "FINISHED"


def test_parent_kind_is_sweep(parent):
    assert parent.kind == "sweep"


def test_parent_keeps_the_command(parent):
    assert shlex.split(parent.tags["command"]) == ["hierbench", "sweep", *TINY, *SWEPT]


def test_parent_keeps_the_axes(parent):
    axes = {"parameterization": "centered,noncentered", "prior.scale": "1.0,4.0"}
    assert {name: parent.params[name] for name in axes} == axes


def test_parent_counts_its_cells(parent):
    counts = {"cells": 4.0, "cells_finished": 4.0, "cells_failed": 0.0}
    assert {name: parent.metrics[name] for name in counts} == counts


def test_parent_keeps_the_plan(store, parent, children):
    plan = json.loads(path_of(store, parent.run_id, "plan.json").read_text())
    planned = {cell["cell_key"] for cell in plan["cells"]}
    assert planned == {cell.tags["cell_key"] for cell in children}


def test_parent_keeps_the_comparison(store, parent, children):
    table = pd.read_parquet(path_of(store, parent.run_id, "comparison.parquet"))
    assert set(table["run_id"]) == {cell.run_id for cell in children}


# Verbs that read


def test_compare_prints_what_the_sweep_printed(folder, swept):
    table = swept.out.rpartition("sweep ")[0]
    assert call(folder, "compare").out == table


def test_compare_json_has_a_setting_per_form_and_scale(folder, parent):
    found = json.loads(call(folder, "compare", parent.run_id[:8], "--json").out)
    assert [setting["finished"] for setting in found["settings"]] == [1, 1, 1, 1]


def test_compare_csv_has_a_row_per_cell(folder, children, tmp_path):
    assert call(folder, "compare", "--csv", str(tmp_path / "cells.csv")).code == 0
    table = pd.read_csv(tmp_path / "cells.csv")
    assert set(table["run_id"]) == {cell.run_id for cell in children}


@pytest.mark.parametrize("part", ["cell_key", "r_hat_max", "prior.scale", "posterior.nc"])
def test_show_prints_all_of_a_cell(part, folder, child):
    assert part in call(folder, "show", child.run_id[:12]).out


def test_show_prints_the_predictive_table_in_the_users_units(store, folder, child):
    rows = pd.read_parquet(path_of(store, child.run_id, "predictive.parquet"))
    mean = rows.set_index("statistic").loc["mean"]
    (line,) = [
        line
        for line in call(folder, "show", child.run_id).out.splitlines()
        if line.startswith("mean ")
    ]
    assert line.split()[1:3] == [f"{mean[name]:,.0f}" for name in ("observed", "predicted")]
    assert line.rstrip().endswith("price [EUR]")


def test_show_json_has_the_predictive_table(folder, child):
    found = json.loads(call(folder, "show", child.run_id, "--json").out)["predictive"]
    assert [row["statistic"] for row in found][-2:] == ["coverage_50", "coverage_90"]
    assert found[-1]["low"] is None


def test_show_names_a_predictive_table_that_is_none(folder, store, child):
    path = path_of(store, child.run_id, "predictive.parquet")
    whole = path.read_bytes()
    try:
        pd.DataFrame({"statistic": ["mean"]}).to_parquet(path)
        called = call(folder, "show", child.run_id)
    finally:
        path.write_bytes(whole)
    assert called.code == 2
    assert "its predictive.parquet is altered or damaged" in called.err


def test_show_prints_the_cells_of_a_sweep(folder, parent, children):
    out = call(folder, "show", parent.run_id).out
    assert [cell.run_id for cell in children if cell.run_id[:8] not in out] == []


def test_show_json_has_every_metric(folder, child):
    found = json.loads(call(folder, "show", child.run_id, "--json").out)
    assert found["metrics"] == dict(child.metrics)


def test_show_gives_a_command_for_the_same_cell(folder, child):
    found = json.loads(call(folder, "show", child.run_id, "--json").out)
    assert key_of(shlex.split(found["command"])) == child.tags["cell_key"]


def key_of(command):
    """Return the cell_key of a `hierbench run` command line."""
    assert command[:2] == ["hierbench", "run"]
    with composer() as hydra:
        config = to_config(compose_cell(hydra, command[2:]))
    return plan_cell(config, load(config)).cell_key


def test_show_gives_a_sweeps_own_command(folder, parent):
    found = json.loads(call(folder, "show", parent.run_id, "--json").out)
    assert found["command"] == parent.tags["command"]


def test_status_json_counts_the_cells(folder, swept):
    (row,) = json.loads(call(folder, "status", "--json").out)
    assert (row["cells"], row["finished"], row["status"]) == (4, 4, "FINISHED")


def test_dry_run_knows_the_time_of_past_cells(folder, swept):
    found = json.loads(call(folder, "sweep", *TINY, "seed=1,2", "--dry-run", "--json").out)
    assert (found["cells"], found["alike"]) == (2, 2)


# posterior.nc


@pytest.fixture(scope="module")
def tree(store, child):
    return arviz.from_netcdf(path_of(store, child.run_id, "posterior.nc"))


def test_posterior_has_the_seven_groups(tree):
    assert set(tree.children) == SEVEN


def test_posterior_holds_the_estimands(tree):
    assert set(tree["posterior"].data_vars) == ESTIMANDS


def test_posterior_has_named_dims_and_labels(tree):
    assert tree["posterior"]["alpha"].dims == ("chain", "draw", "group")
    assert list(tree["posterior"]["group"].values) == [f"g{n}" for n in range(1, GROUPS + 1)]


def test_posterior_observed_data_are_the_rows(tree):
    data = to_plan(*TINY).dataset
    np.testing.assert_array_equal(tree["observed_data"]["y"], data.y)


def to_plan(*overrides):
    with composer() as hydra:
        config = to_config(compose_cell(hydra, overrides))
    return plan_cell(config, load(config))


def test_posterior_knows_its_cell(tree, child):
    assert tree.attrs["cell_key"] == child.tags["cell_key"]


def ran(folder, *overrides):
    """Run one cell in Hydra's own way, without a verb; return what it prints."""
    called = call(folder, *TINY, "plots=none", "--json", *overrides)
    assert called.code == 0
    return json.loads(called.out)


@pytest.fixture(scope="module")
def full(half_failed):
    """Return the tree of the cell that went well, which kept all."""
    store, outcome, _ = half_failed
    (well,) = (cell for cell in outcome.results if cell.status == "FINISHED")
    return arviz.from_netcdf(path_of(store, well.run_id, "posterior.nc"))


def test_full_adds_the_log_likelihood_and_the_warmup(full):
    extra = {"log_likelihood", "warmup_posterior", "warmup_sample_stats"}
    assert set(full.children) == SEVEN | extra


def test_full_keeps_the_inner_variables(full):
    assert {"alpha_offset", "beta_offset"} <= set(full["posterior"].data_vars)


def test_full_keeps_every_predictive_draw(full):
    assert full["posterior_predictive"]["y"].shape == (CHAINS, DRAWS, ROWS)


def test_full_keeps_the_log_likelihood_of_every_draw(full):
    assert full["log_likelihood"]["y"].shape == (CHAINS, DRAWS, ROWS)


def test_full_keeps_the_whole_warmup(full):
    assert full["warmup_posterior"]["sigma"].shape == (CHAINS, TUNE)


@pytest.fixture(scope="module")
def rows_of_full(half_failed):
    """Return the cell's run, and its table of what each row says of the fit."""
    store, outcome, _ = half_failed
    (well,) = (cell for cell in outcome.results if cell.status == "FINISHED")
    run = find_run(store, well.run_id)
    return run, pd.read_parquet(path_of(store, run.run_id, "loo.parquet"))


def test_loo_is_arvizs_on_the_file(full, rows_of_full):
    run, rows = rows_of_full
    estimands = full["posterior"].to_dataset()[sorted(ESTIMANDS)]
    tree = xr.DataTree.from_dict(
        {"posterior": estimands, "log_likelihood": full["log_likelihood"].to_dataset()}
    )
    with warnings.catch_warnings():  # whether some rows are bad is not the question
        warnings.filterwarnings("ignore", "Estimated shape parameter of Pareto", UserWarning)
        theirs = arviz.loo(tree, pointwise=True)
    np.testing.assert_allclose(rows["elpd"], theirs.elpd_i.values, rtol=1e-8)
    assert run.metrics["elpd_loo"] == pytest.approx(theirs.elpd)
    assert run.metrics["pareto_k_bad"] == (theirs.pareto_k > theirs.good_k).sum()


def test_loo_is_absent_unless_asked(children):
    assert [cell for cell in children if "elpd_loo" in cell.metrics] == []


@pytest.fixture(scope="module")
def pymc_run(folder, store):
    return find_run(store, ran(folder, "artifacts=minimal", "sampler=pymc")["run_id"])


@pytest.mark.slow
def test_minimal_keeps_posterior_and_statistics_alone(store, pymc_run):
    tree = arviz.from_netcdf(path_of(store, pymc_run.run_id, "posterior.nc"))
    assert set(tree.children) == {"posterior", "sample_stats"}


@pytest.mark.slow
def test_pymc_sampler_holds_the_contract(pymc_run):
    assert [name for name in CONTRACT["params"] if name not in pymc_run.params] == []
    assert lacking_and_beyond(pymc_run, "pymc") == (set(), set())


@pytest.mark.slow
def test_single_run_has_no_parent(store, pymc_run):
    assert "mlflow.parentRunId" not in store.client.get_run(pymc_run.run_id).data.tags


def test_hydras_multirun_is_a_sweep(folder):
    called = call(folder, "-m", *TINY, "seed=1,2,3", "--dry-run", "--json")
    assert json.loads(called.out)["cells"] == 3


# A cell that raises


def raising(values, family, coords, likelihood):
    raise ArithmeticError("no such model")


@pytest.fixture(scope="module")
def half_failed(tmp_path_factory):
    """Return store, outcome and exit code of a sweep whose first cell raises."""
    folder = tmp_path_factory.mktemp("failing")
    store = open_store(locate(f"sqlite:///{folder}/mlflow.db", folder))
    keys = (*TINY, "plots=none", "artifacts=full", "predictive.draws=3", "predictive.loo=true")
    configs = [to_plan(*keys, f"seed={seed}").config for seed in (1, 2)]
    plan = plan_sweep(configs, load, ["seed=1,2"], "basic")
    first, *others = plan.cells
    broken = replace(first, form=built_by(first.form, raising, "raising"))
    plan = replace(plan, cells=(broken, *others))
    sweep_id = new_sweep(plan, store, "hierbench sweep seed=1,2")
    outcome = finish_cells(plan, store, sweep_id, Console(file=StringIO()))
    out = StringIO()
    with redirect_stdout(out):
        code = print_outcome(outcome, Arguments("sweep"))
    return store, outcome, Called(code, out.getvalue(), "")


def test_raising_cell_is_failed_and_the_sweep_goes_on(half_failed):
    store, outcome, _ = half_failed
    assert [cell.status for cell in cells_of(store, outcome.sweep_id)] == ["FAILED", "FINISHED"]


def test_raising_cell_keeps_its_failure(half_failed):
    (failed,) = half_failed[1].failed
    run = find_run(half_failed[0], failed.run_id)
    assert run.tags["failure"] == "ArithmeticError: no such model"


def test_raising_cell_keeps_its_traceback(half_failed):
    (failed,) = half_failed[1].failed
    text = path_of(half_failed[0], failed.run_id, "traceback.txt").read_text()
    assert text.endswith("ArithmeticError: no such model\n")


def test_raising_cell_fails_the_parent(half_failed):
    store, outcome, _ = half_failed
    assert find_run(store, outcome.sweep_id).status == "FAILED"


def test_raising_cell_is_counted(half_failed):
    store, outcome, _ = half_failed
    assert find_run(store, outcome.sweep_id).metrics["cells_failed"] == 1.0


def test_raising_cell_ends_the_program_with_1(half_failed):
    assert half_failed[2].code == 1


def test_raising_cell_is_printed_with_its_reason(half_failed):
    assert "ArithmeticError: no such model" in half_failed[2].out


# Data


def test_data_list_names_every_data_set(folder):
    found = json.loads(call(folder, "data", "list", "--json").out)
    assert [one["name"] for one in found][:4] == ["sacramento", "ames", "radon", "berlin_like"]


def test_data_list_prints_sizes(folder):
    assert "932" in call(folder, "data", "list").out


@pytest.fixture
def homes(tmp_path):
    path = tmp_path / "my homes, 2019.csv"
    rows = [f"{zip_code},{area},{area * 3000}" for zip_code in "ab" for area in (50, 70, 95)]
    path.write_text("\n".join(["zip,area,price (EUR)", *rows]) + "\n")
    return path


MINE = ("data.group=zip", "data.x=area", "data.y='price (EUR)'")


def test_data_check_counts_rows_and_groups(homes, folder):
    found = json.loads(call(folder, "data", "check", str(homes), *MINE, "--json").out)
    assert (found["rows"], found["groups"]) == (6, 2)


def test_data_check_says_what_is_doubtful(homes, folder):
    assert "set data.y_scale=100000" in call(folder, "data", "check", str(homes), *MINE).out


def test_data_prepare_writes_what_csv_reads(folder, tmp_path):
    raw, output = tmp_path / "houses.csv", tmp_path / "ready.csv"
    raw.write_text("zip,price,living_space\n10115,300000,60\n10117,400000,70\n10117,410000,75\n")
    words = ("--source", str(raw), "--output", str(output))
    assert call(folder, "data", "prepare", "berlin_prices", *words).code == 0
    keys = ("data.group=zip", "data.x=living_space", "data.y=price")
    assert call(folder, "data", "check", str(output), *keys).code == 0


# Hydra's questions, and the help


def test_cfg_job_prints_the_configuration(folder):
    called = call(folder, "run", "--cfg", "job", "seed=7", *TINY)
    assert (called.code, yaml.safe_load(called.out)["seed"]) == (0, 7)


def test_cfg_job_without_a_verb(folder):
    assert yaml.safe_load(call(folder, "--cfg", "job").out)["data"]["name"] == "sacramento"


def test_cfg_job_of_a_wrong_key_is_refused(folder):
    assert call(folder, "--cfg", "job", "nope=1").code == 2


def test_info_prints_hydras_view(folder):
    called = call(folder, "run", "--info", "searchpath")
    assert "hierbench" in called.out
    assert called.code == 0


HEAVY = ("numpy", "pandas", "pymc", "pytensor", "numba", "mlflow", "arviz", "hydra", "xarray")
HELP = f"""
import sys
from hierbench.cli import main
try:
    main(["--help"])
except SystemExit as end:
    assert end.code == 0
print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)
"""


def test_help_imports_nothing_heavy():
    words = [sys.executable, "-c", HELP]
    found = subprocess.run(words, capture_output=True, text=True, check=True, env=os.environ)
    assert found.stderr == "[]\n"


@pytest.mark.parametrize("verb", ["run", "sweep", "compare", "validate", "show", "data", "ui"])
def test_help_of_every_verb(verb, capsys):
    with pytest.raises(SystemExit) as end:
        main([verb, "--help"])
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: hierbench {verb} ")
