"""The verb validate, with real draws: right forms agree, a planted fault is named.

4,000 draws of a rich little data set. The fault halves sigma_alpha, which moves its mean by three
posterior sds; with an effective size of 100, the least that the gate here lets through, that is
30 standard errors, and the bound is under 5: the power is 1 to any digit that counts. Right forms
are called wrong in 2 % of seeds, and the seed is fixed.
"""

import json
from contextlib import chdir, redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from unittest.mock import patch

import pytest

import hierbench
from hierbench.cli import main, validating
from hierbench.cli.arguments import Arguments
from hierbench.cli.validating import validate_plans
from hierbench.errors import NotRivalsError
from hierbench.markdown import paragraph
from hierbench.models.data import load
from hierbench.sweeps.plan import plan_sweep
from hierbench.tracking import find_run, list_files, locate, open_store
from tests.integration.sweeps.sweeping import config_of, empty_store
from tests.integration.validate.doubled import doubled
from tests.planted import built_by

DATA = {"name": "berlin_like", "rows": 500, "groups": 30, "y_scale": 100000.0}
SAMPLER = {"draws": 1000, "tune": 500, "chains": 4, "target_accept": 0.9}
GATE = {"ess_bulk_min_per_chain": 25.0, "divergences": 0}


def plan_of(folder):
    """Return a sweep of two forms whose posterior ships with a reference."""
    configs = [
        config_of(
            parameterization=form,
            likelihood="sufficient",
            data=DATA,
            sampler=SAMPLER,
            gate=GATE,
            artifacts="minimal",
            tracking={"uri": f"sqlite:///{folder}/runs/mlflow.db"},
        )
        for form in ("marginal", "noncentered")
    ]
    return plan_sweep(configs, load, ["parameterization=marginal,noncentered"], "basic")


def with_form(plan, parameterization, build):
    """Return `plan` with another model builder for the cells of one form."""

    def changed(cell):
        if cell.form.name != parameterization:
            return cell
        return replace(cell, form=built_by(cell.form, build, build.__name__))

    return replace(plan, cells=tuple(map(changed, plan.cells)))


@dataclass(frozen=True)
class Validated:
    """One call: its exit code, its JSON, and the store's folder."""

    code: int
    found: dict
    folder: object

    def row(self, form):
        """Return the row of one form."""
        (row,) = [row for row in self.found["rows"] if row["name"] == form]
        return row


def validated(folder, build=None):
    empty_store(folder)
    plan = plan_of(folder)
    plan = plan if build is None else with_form(plan, "noncentered", build)
    out = StringIO()
    # What samples finds the fault by itself, too.
    unasked = patch.object(validating, "check_rivals_of", lambda *_, **__: None)
    with chdir(folder), redirect_stdout(out), unasked:
        code = validate_plans([plan], Arguments("validate", json=True))
    return Validated(code, json.loads(out.getvalue()), folder)


@pytest.fixture(scope="module")
def right(tmp_path_factory):
    return validated(tmp_path_factory.mktemp("right"))


@pytest.fixture(scope="module")
def wrong(tmp_path_factory):
    return validated(tmp_path_factory.mktemp("wrong"), doubled)


def called(validated, *words):
    """Return exit code and output of the program in the store's folder."""
    out = StringIO()
    with chdir(validated.folder), redirect_stdout(out):
        return main(list(words)), out.getvalue()


def parent(validated):
    store = open_store(locate(None, validated.folder), create=False)
    return store, find_run(store, validated.found["sweeps"][0])


def test_validate_right_forms_agree(right):
    assert right.code == 0
    assert [row["verdict"] for row in right.found["rows"]] == ["agrees", "agrees"]


def test_validate_holds_them_to_the_reference_and_to_each_other(right):
    for row in right.found["rows"]:
        assert row["reference"]["reference"] == "berlin_like_small-independent-notebook-1"
        assert row["agreement"]["others"] == 1


def test_validate_finds_the_planted_fault(wrong):
    assert wrong.code == 1
    assert wrong.row("noncentered")["verdict"] == "differs"
    assert wrong.row("marginal")["verdict"] == "agrees"


@pytest.mark.slow
def test_validate_finds_the_planted_fault_before_it_samples(tmp_path):
    empty_store(tmp_path)
    plan = with_form(plan_of(tmp_path), "noncentered", doubled)
    with pytest.raises(NotRivalsError, match=r"nothing was fitted: .*doubled.*alpha"):
        validate_plans([plan], Arguments("validate"))


def test_validate_names_the_parameter_of_the_fault(wrong):
    shift = wrong.row("noncentered")["reference"]["shift"]
    assert (shift["parameter"], shift["what"]) == ("sigma_alpha", "mean")
    assert shift["in_sds"] < -2


def test_validate_prints_what_differs(wrong):
    code, out = called(wrong, "validate", "--of", wrong.found["sweeps"][0])
    assert code == 1
    assert "the mean of sigma_alpha is off by" in " ".join(out.split())


def test_validate_of_a_sweep_finds_the_same(right):
    code, out = called(right, "validate", "--of", right.found["sweeps"][0], "--json")
    assert code == 0
    assert json.loads(out) == right.found


def test_validate_from_python_finds_the_same(right, wrong):
    for of, good in ((right, True), (wrong, False)):
        uri = f"sqlite:///{of.folder}/runs/mlflow.db"
        found = hierbench.validate(of=of.found["sweeps"], store=uri)
        assert found.good is good
        assert found.table["verdict"].tolist() == [row["verdict"] for row in of.found["rows"]]
        assert "Prior sensitivity" in repr(found)
        assert found._repr_html_().count("<table>") == 2
    assert found.table.set_index("setting").loc["noncentered", "parameter"] == "sigma_alpha"


def test_validate_looks_at_the_prior_by_the_marginal_form(right):
    (of,) = right.found["sensitivity"]
    assert of["form"] == "marginal"
    assert [row["parameter"] for row in of["rows"]] == [
        "mu_alpha",
        "mu_beta",
        "sigma_alpha",
        "sigma_beta",
        "sigma",
    ]
    assert all(0 <= row["prior"] < row["likelihood"] < 1 for row in of["rows"])


def test_validate_is_tracked_as_a_sweep(right):
    store, run = parent(right)
    assert run.kind == "sweep"
    assert run.tags["command"].startswith("hierbench validate ")
    assert {"plan.json", "comparison.parquet", "report.html"} <= set(list_files(store, run.run_id))


def test_sweep_end_says_that_all_settings_agree(right):
    _, run = parent(right)
    assert run.tags["agreement"].startswith("Agreement: the 2 settings that share one posterior")


def test_sweep_end_says_which_setting_differs(wrong):
    """Of two alone nobody can say which is wrong: both are named."""
    _, run = parent(wrong)
    said = run.tags["agreement"]
    assert said.startswith("Disagreement: 2 of 2 settings differ")
    assert "of sigma_alpha is off by" in said
    assert paragraph(said) in run.tags["mlflow.note.content"]


def test_compare_repeats_what_the_sweeps_end_said(right):
    _, run = parent(right)
    _, out = called(right, "compare", run.run_id)
    assert run.tags["agreement"] in " ".join(out.split())
