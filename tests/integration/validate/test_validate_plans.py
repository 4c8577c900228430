"""What validate plans, and what it refuses; nothing is fitted."""

import pytest

from hierbench.cli import main
from hierbench.config.schema import LIKELIHOODS
from hierbench.errors import ConfigError
from hierbench.models.homes.forms import FORMS
from hierbench.validation.plans import plans_of
from hierbench.validation.posteriors import known_posteriors
from tests.integration.sweeps.sweeping import empty_store


@pytest.fixture(scope="module")
def default():
    return plans_of([])


def pairs(plan):
    return [(cell.form.name, cell.config.likelihood) for cell in plan.cells]


def test_plans_are_one_for_each_data_set(default):
    assert [plan.datasets[0].name for plan in default] == ["sacramento", "radon", "berlin_like"]


def test_plans_have_every_form_and_likelihood_once(default):
    marginal = {form for form in FORMS if form.startswith("marginal")}
    expected = {
        (form, likelihood)
        for form in FORMS
        for likelihood in LIKELIHOODS
        if form not in marginal or likelihood == "sufficient"
    }
    for plan in default:
        assert len(plan.cells) == len(expected)
        assert set(pairs(plan)) == expected


def test_plans_have_references_for_all_but_the_negative_control(default):
    for plan in default:
        known = known_posteriors(plan.cells)
        without = {cell.form.name for cell in plan.cells if cell.posterior not in known}
        assert without == {"varying_sigma"}


def test_plans_are_narrowed_by_overrides():
    (plan,) = plans_of(["data=radon", "parameterization=centered,marginal", "sampler.draws=9"])
    assert pairs(plan) == [
        ("centered", "rowwise"),
        ("centered", "sufficient"),
        ("marginal", "sufficient"),
    ]
    assert {cell.settings.draws for cell in plan.cells} == {9}


def test_plans_on_data_without_a_reference_know_none():
    (plan,) = plans_of(["data=radon", "parameterization=centered"])
    assert known_posteriors(plan.cells) == {}


def test_plans_refuse_an_experiment():
    with pytest.raises(ConfigError, match=r"experiments=.*--of SWEEP_ID"):
        plans_of(["experiments=notebook"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["parameterization=centred"], "parameterization"),
        (["--of", "0123456789", "data=radon"], "data=radon: --of judges a sweep as it is"),
        (["--of", "0123456789", "--workers", "2"], "--workers: --of judges a sweep as it is"),
        (["--of", "0123456789"], "0123456789: no run has this id"),
    ],
)
def test_validate_refuses(words, said, tmp_path, monkeypatch, capsys):
    empty_store(tmp_path)
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()  # what MLflow says of its new tables
    assert main(["validate", *words]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert len(err.splitlines()) == 1
