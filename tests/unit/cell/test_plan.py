"""A cell's key changes with each asked part and with nothing else."""

from dataclasses import replace

import numpy as np
import pytest
import yaml

from hierbench import samplers
from hierbench.cell import plan, plan_cell
from hierbench.config.compose import to_yaml
from hierbench.config.plain import from_plain
from hierbench.errors import ConfigError
from hierbench.models import Trait
from hierbench.models.columns import Columns, Outcome
from hierbench.models.homes.forms import FORMS
from hierbench.models.homes.rows import Generator, Rows
from hierbench.records import Hyperprior

BASE = {
    "parameterization": "centered",
    "prior": {"name": "notebook", "scale": 1.0},
    "sampler": {"name": "nutpie", "draws": 100, "tune": 100, "chains": 2},
    "seed": 1,
}
TABLE = Rows(
    name="homes",
    x=np.array([-1.0, 0.0, 1.0, 2.0]),
    y=np.array([1.0, 2.0, 3.0, 5.0]),
    group=np.array([0, 0, 1, 1]),
    labels=("a", "b"),
    x_name="area [m2]",
    y_name="price [EUR]",
)


def planned(table=TABLE, swept=(), **changes):
    """Plan the base cell with other values; a group's values are merged into it."""
    plain = dict(BASE)
    for key, value in changes.items():
        plain[key] = {**plain.get(key, {}), **value} if isinstance(value, dict) else value
    return plan_cell(from_plain(plain), table, swept=swept)


@pytest.mark.parametrize(
    "asked",
    [
        {"parameterization": "noncentered"},
        {"parameterization": "correlated"},
        {"parameterization": "varying_sigma"},
        {"prior": {"name": "formula"}},
        {"prior": {"scale": 2.0}},
        {"sampler": {"name": "pymc"}},
        {"sampler": {"draws": 101}},
        {"sampler": {"tune": 101}},
        {"sampler": {"chains": 3}},
        {"sampler": {"target_accept": 0.9}},
        {"sampler": {"max_treedepth": 11}},
        {"sampler": {"adaptation": "low_rank"}},
        {"seed": 2},
    ],
    ids=str,
)
def test_cell_key_changes_with_what_is_asked(asked):
    assert planned(**asked).cell_key != planned().cell_key


@pytest.mark.parametrize(
    "asked",
    [
        {"workers": 2},
        {"artifacts": "full"},
        {"plots": {"which": "all"}},
        {"plots": {"groups": ["a"]}},
        {"gate": {"name": "none", "r_hat_max": 1.5}},
        {"predictive": {"draws": 7}},
        {"limits": {"cell_seconds": 60.0}},
        {"tracking": {"uri": "http://127.0.0.1:1"}},
    ],
    ids=str,
)
def test_cell_key_changes_with_nothing_else(asked):
    assert planned(**asked).cell_key == planned().cell_key


@pytest.mark.parametrize("name", ["x", "y"])
def test_cell_key_changes_with_one_number_of_the_data(name):
    array = getattr(TABLE, name).copy()
    array[0] = np.nextafter(array[0], 0.0)
    assert planned(replace(TABLE, **{name: array})).cell_key != planned().cell_key


def test_cell_key_changes_with_the_groups():
    table = replace(TABLE, group=np.array([0, 1, 1, 1]))
    assert planned(table).cell_key != planned().cell_key


def test_cell_key_changes_with_the_labels():
    assert planned(replace(TABLE, labels=("a", "c"))).cell_key != planned().cell_key


@pytest.mark.parametrize(
    "told", [{"name": "mine"}, {"x_name": "size"}, {"file_sha256": "0" * 64}, {"notes": ("n",)}]
)
def test_cell_key_does_not_change_with_what_is_told_of_the_data(told):
    assert planned(replace(TABLE, **told)).cell_key == planned().cell_key


def test_cell_key_is_the_same_in_every_process():
    assert planned().cell_key == planned().cell_key
    assert len(planned().cell_key) == 32


def test_posterior_is_shared_by_the_forms_of_a_model():
    posteriors = {form: planned(parameterization=form).posterior for form in FORMS}
    assert posteriors["centered"] == posteriors["noncentered"]


def test_posterior_differs_between_models():
    models = {FORMS[form].variant for form in FORMS}
    assert len({planned(parameterization=form).posterior for form in FORMS}) == len(models)


@pytest.mark.parametrize(
    "asked",
    [{"sampler": {"name": "pymc"}}, {"sampler": {"target_accept": 0.9}}, {"seed": 2}],
    ids=str,
)
def test_posterior_is_shared_by_samplers_and_seeds(asked):
    assert planned(**asked).posterior == planned().posterior


@pytest.mark.parametrize("asked", [{"prior": {"scale": 2.0}}, {"prior": {"name": "formula"}}])
def test_posterior_changes_with_the_prior(asked):
    assert planned(**asked).posterior != planned().posterior


def test_posterior_changes_with_the_data():
    assert planned(replace(TABLE, y=TABLE.y + 1)).posterior != planned().posterior


def test_posterior_speaks():
    assert planned().posterior.startswith("homes · independent · notebook · scale 1 · ")


def test_name_speaks():
    assert planned().name == "centered · scale 1 · accept 0.8 · seed 1"


def test_name_shows_what_is_swept():
    assert planned(swept=["seed", "sampler", "sampler.draws"]).name.endswith(
        "seed 1 · nutpie · draws 100"
    )


@pytest.mark.parametrize(
    ("form", "variant"), [("noncentered", "independent"), ("marginal_correlated", "correlated")]
)
def test_params_hold_the_model_and_the_forms_variant_of_it(form, variant):
    params = planned(parameterization=form).params
    assert (params["model"], params["variant"]) == ("homes", variant)


def test_model_that_is_not_there_lists_the_known():
    with pytest.raises(ConfigError, match=r"^model=none: known are homes.*; choose one of them"):
        planned(model="none")


def test_params_are_plain():
    params = planned().params
    assert (params["prior.scale"], params["sampler.target_accept"]) == ("1", "0.8")


def test_params_leave_out_what_is_not_set():
    assert "limits.cell_seconds" not in planned().params


BERLIN_LIKE = {"rows": 60, "groups": 6, "effects": "independent", "seed": 3}


def test_params_and_config_leave_out_what_the_data_do_not_read():
    cell = planned(data={"name": "sacramento", "y_scale": 100000.0})
    simulated = {f"data.{key}" for key in BERLIN_LIKE}
    assert not simulated & set(cell.params)
    assert not set(BERLIN_LIKE) & set(yaml.safe_load(to_yaml(cell.config))["data"])


def test_params_have_what_the_data_read():
    params = planned(data={"name": "berlin_like", **BERLIN_LIKE}).params
    assert (params["data.rows"], params["data.effects"]) == ("60", "independent")


@pytest.mark.parametrize("key", BERLIN_LIKE)
def test_key_that_the_data_do_not_read_is_refused(key):
    with pytest.raises(ConfigError) as caught:
        planned(data={"name": "sacramento", key: BERLIN_LIKE[key]})
    sentence = str(caught.value)
    assert sentence.startswith(f"data.{key}={BERLIN_LIKE[key]}: data=sacramento does not read it;")
    assert "berlin_like" in sentence


def test_params_name_scales_as_they_are_typed():
    params = planned(DRAWN, prior=DRAWN_PRIOR).params
    assert params["prior.sigma_beta"] == "4"
    assert not [name for name in params if "scales" in name]


def test_group_to_plot_that_does_not_exist():
    with pytest.raises(ConfigError, match=r"^plots\.groups=z: homes has no such group"):
        planned(plots={"groups": ["a", "z"]})


def test_sampler_that_does_not_exist_lists_what_goes_together():
    with pytest.raises(ConfigError, match="centered \\+ rowwise with nutpie"):
        planned(sampler={"name": "emcee"})


def test_default_adaptation_is_no_part_of_what_is_asked():
    """Cells fitted before there was a choice keep their key."""
    assert "adaptation" not in planned(sampler={"adaptation": "diag"}).asked["sampler"]


def test_stan_without_a_program_lists_what_goes_together():
    form = "partially_centered"
    with pytest.raises(ConfigError, match=rf"{form} .*sampler=stan: not supported together") as of:
        planned(parameterization=form, sampler={"name": "stan"})
    listed = str(of.value).partition("choose one of ")[2].split("; ")
    assert f"{form} + rowwise with nutpie|pymc" in [row.split("|numpyro")[0] for row in listed]
    assert all(("|stan" in row) == with_program(*row.split(" ")[0:3:2]) for row in listed)


def with_program(form, likelihood):
    return Trait.STAN in FORMS[form].traits and likelihood == "rowwise"


def test_stan_is_supported_where_there_is_a_program():
    with_stan = {
        name
        for name, form in FORMS.items()
        for likelihood in form.likelihoods
        if "stan" in plan.samplers_of(form, likelihood)
    }
    assert with_stan == {name for name, form in FORMS.items() if Trait.STAN in form.traits}


def test_form_that_is_not_there_lists_the_known():
    with pytest.raises(ConfigError) as raised:
        planned(parameterization="nope")
    known = ", ".join(FORMS)
    assert str(raised.value) == f"parameterization=nope: known are {known}; choose one of them"


@pytest.mark.parametrize(
    ("sampler", "adaptation", "sentence"),
    [
        (
            "pymc",
            "low_rank",
            "sampler.adaptation=low_rank: sampler=pymc has diag; choose one of them, or "
            "sampler=nutpie",
        ),
        (
            "nutpie",
            "flow",
            "sampler.adaptation=flow: sampler=nutpie has diag and low_rank; choose one of them",
        ),
    ],
)
def test_adaptation_of_another_sampler(sampler, adaptation, sentence):
    with pytest.raises(ConfigError) as raised:
        planned(sampler={"name": sampler, "adaptation": adaptation})
    assert str(raised.value) == sentence


@pytest.mark.parametrize(
    ("sampler", "missing", "extra"),
    [("numpyro", "jax", "jax"), ("blackjax", "blackjax", "jax"), ("stan", "stanli", "stan")],
)
def test_sampler_whose_extra_is_missing(sampler, missing, extra, monkeypatch):
    monkeypatch.setattr(samplers, "find_spec", lambda name: None if name == missing else name)
    with pytest.raises(ConfigError) as error:
        planned(sampler={"name": sampler})
    assert str(error.value) == (
        f"sampler={sampler}: unavailable, {missing} not installed; install hierbench[{extra}], "
        "or choose sampler=nutpie or sampler=pymc"
    )


DRAWN = replace(
    TABLE,
    name="prior_draw",
    drawn_from=Generator(
        "independent",
        Hyperprior(
            "halfnormal",
            {"mu_alpha": 1, "mu_beta": 2, "sigma_alpha": 3, "sigma_beta": 4, "sigma": 5},
        ),
    ),
)
DRAWN_SCALES = dict(DRAWN.drawn_from.hyperprior.scales)
DRAWN_PRIOR = {"name": "halfnormal", "scale": 1.0, "scales": DRAWN_SCALES}


def test_plan_fits_the_prior_that_a_truth_was_drawn_from():
    assert planned(DRAWN, prior=DRAWN_PRIOR).form.name == "centered"


@pytest.mark.parametrize(
    "change",
    [
        {"scale": 2.0},
        {"scales": {**DRAWN_SCALES, "sigma_beta": 3.0}},
        {"scales": {**DRAWN_SCALES, "mu_alpha": 2.0}},
    ],
    ids=str,
)
def test_plan_refuses_another_prior_than_a_truth_was_drawn_from(change):
    with pytest.raises(ConfigError, match=r"^data=prior_draw: its truth was drawn from halfnormal"):
        planned(DRAWN, prior={**DRAWN_PRIOR, **change})


def test_plan_refuses_another_family_than_a_truth_was_drawn_from():
    with pytest.raises(ConfigError, match=r"and the cell fits exponential\(mu_alpha 20, "):
        planned(DRAWN)


def test_plan_refuses_another_model_than_a_truth_was_drawn_from():
    with pytest.raises(
        ConfigError, match=r"fits the variant correlated; set data.model=correlated$"
    ):
        planned(DRAWN, prior=DRAWN_PRIOR, parameterization="correlated")


def test_loo_of_a_model_that_observes_no_rows_is_refused():
    nothing = Columns("eight_schools", {"y": np.ones(3)}, {}, {}, Outcome("", "", ""))
    with pytest.raises(
        ConfigError, match=r"^predictive\.loo=true: model=eight_schools has not one"
    ):
        planned(
            nothing,
            model="eight_schools",
            data={"name": "eight_schools"},
            prior={"name": "own"},
            predictive={"loo": True},
        )
