"""What a user leaves out is the model's own, and `all` is every form of it."""

import pytest

from hierbench.config.schema import ALL_FORMS, Config
from hierbench.errors import ConfigError
from hierbench.models import MODELS
from hierbench.models.homes.forms import FORMS
from hierbench.sweeps.extension import extension
from hierbench.sweeps.omitted import every_form, with_own
from hierbench.sweeps.typed import composed, multirun, single_cell, typed_values

OTHERS = [name for name in MODELS if name != Config().model]
OTHER = pytest.mark.parametrize("name", OTHERS)


def own(model):
    """Return the data, prior and form that a model has where nobody chooses."""
    return next(iter(model.data)), model.priors[0], model.own_form


@pytest.mark.parametrize("overrides", [[], ["data=ames"], ["prior.scale=2", "model=homes"]])
def test_default_model_needs_nothing(overrides):
    assert with_own(overrides) == overrides


@OTHER
def test_other_models_have_their_own(name):
    config = single_cell([f"model={name}"]).config
    found = (config.data.name, config.prior.name, config.parameterization)
    assert found == own(MODELS[name])


@OTHER
def test_what_is_typed_is_kept(name):
    data = f"data={next(iter(MODELS[name].data))}"
    assert with_own([f"model={name}", data]) == [
        f"prior={MODELS[name].priors[0]}",
        f"model={name}",
        data,
    ]


def test_what_an_experiment_chose_is_kept():
    chosen = {"model": "homes", "data": "ames", "prior": "formula", "parameterization": "centered"}
    assert with_own(["seed=1"], chosen) == ["seed=1"]


def test_models_of_one_sweep_have_each_their_own():
    names = ",".join(MODELS)
    found = {one.model: one for one in multirun([f"model={names}"]).configs()}
    assert set(found) == set(MODELS)
    for name, config in found.items():
        assert (config.data.name, config.prior.name, config.parameterization) == own(MODELS[name])


def test_model_that_is_not_there_lists_the_known():
    with pytest.raises(ConfigError, match=r"^model=nope: known are homes, .*; choose one of them"):
        composed(["model=nope,homes"])


@pytest.mark.parametrize(
    "forms", ["all", "centered,all", "all,centered", "all,all"], ids=lambda text: text
)
def test_all_forms_are_planned_once(forms):
    found = composed([f"parameterization={forms}"])
    assert sorted(cell.form.name for cell in found.cells) == sorted(FORMS)


def test_all_is_expanded_for_each_model():
    names = ",".join(MODELS)
    found = composed([f"model={names}", f"parameterization={ALL_FORMS}"])
    pairs = {(cell.config.model, cell.form.name) for cell in found.cells}
    assert pairs == {(name, form) for name, model in MODELS.items() for form in model.forms}


def test_all_crosses_the_other_keys():
    found = composed([f"parameterization={ALL_FORMS}", "seed=1,2", "prior.scale=1,2"])
    assert len(found.cells) == 4 * len(FORMS)


def test_all_extends_a_sweep():
    stored = list(multirun(["parameterization=centered"]).configs())
    found = extension(stored, typed_values([f"parameterization={ALL_FORMS}"]))
    assert {config.parameterization for config in found} == set(FORMS)


def test_all_is_no_single_cell():
    with pytest.raises(ConfigError, match=r"^parameterization=all: every form .*hierbench sweep"):
        single_cell([f"parameterization={ALL_FORMS}"])


def test_form_that_is_not_there_is_refused():
    with pytest.raises(ConfigError, match=r"^parameterization=nope: known are centered|varying"):
        list(every_form(Config(parameterization="nope")))


def test_key_that_one_table_of_a_sweep_does_not_read_is_refused():
    with pytest.raises(ConfigError, match=r"^data\.rows=700: data=sacramento does not read it; "):
        composed(["data=sacramento,berlin_like", "data.rows=700,500", "data.groups=9"])


def test_keys_that_come_with_an_option_are_no_axes():
    found = composed(["data=sacramento,berlin_like", "prior=notebook,halfnormal"])
    assert list(found.axes) == ["data", "prior"]
    assert {cell.name for cell in found.cells} == {
        f"noncentered · scale 1 · accept 0.8 · seed 1 · {data} · {prior}"
        for data in ("sacramento", "berlin_like")
        for prior in ("notebook", "halfnormal")
    }


def test_truths_of_several_priors_are_drawn_for_each():
    """Scales that the data take from the prior are part of what the data are."""
    found = composed(["data=prior_draw", "prior=halfnormal", "prior.mu_alpha=3,5"])
    assert len({cell.dataset.arrays_sha256 for cell in found.cells}) == 2
    assert list(found.axes) == ["prior.mu_alpha"]


def test_scales_in_an_experiments_sweep_are_rewritten():
    params = "hydra.sweeper.params={prior:halfnormal,prior.sigma:'1,2',data.sigma:'3'}"
    configs = multirun([params, "data=prior_draw"]).configs()
    found = {(config.prior.scales["sigma"], config.data.scales["sigma"]) for config in configs}
    assert found == {(1.0, 3.0), (2.0, 3.0)}
