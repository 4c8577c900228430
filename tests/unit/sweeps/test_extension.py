"""Typed values over stored cells give what the sweep's overrides would have given with them."""

from dataclasses import replace

import pytest

from hierbench.config.schema import Config
from hierbench.errors import ConfigError
from hierbench.models.homes.forms import FORMS
from hierbench.sweeps.extension import extension
from hierbench.sweeps.typed import multirun, replaced, typed_values

CASES = {
    "more seeds": (["seed=1,2", "prior.scale=1,4"], ["seed=3,4"]),
    "another axis": (["seed=1,2"], ["prior.scale=0.5,2"]),
    "form": (["parameterization=centered,noncentered", "seed=1,2"], ["parameterization=marginal"]),
    "form of integrated ones": (["parameterization=marginal"], ["parameterization=centered"]),
    "form of both": (
        ["parameterization=centered,marginal", "likelihood=sufficient"],
        ["parameterization=noncentered"],
    ),
    "sampler keeps draws": (["sampler=pymc", "sampler.draws=50,60"], ["sampler=nutpie"]),
    "sampler and its key": (["sampler.draws=50"], ["sampler=pymc", "sampler.draws=70,80"]),
    "data keeps scale set by hand": (["data=berlin_like", "data.y_scale=7"], ["data=ames"]),
    "data takes its own scale": (["data=berlin_like"], ["data=radon", "prior=halfnormal"]),
    "prior keeps no scales": (["prior=halfnormal"], ["prior=notebook"]),
    "key that needs the sweep's prior": (["prior=halfnormal"], ["prior.mu_alpha=3,5"]),
    "rows that need the sweep's groups": (
        ["data=berlin_like", "data.rows=60", "data.groups=6"],
        ["data.rows=30"],
    ),
    "data that follow the prior": (
        ["data=prior_draw", "prior=halfnormal", "prior.sigma=2"],
        ["prior.mu_alpha=3"],
    ),
    "data that come to follow the prior": (
        ["data=berlin_like", "prior=halfnormal", "prior.sigma=2"],
        ["data=prior_draw"],
    ),
    "gate": (["gate.r_hat_max=1.05"], ["gate=none"]),
    "text that is a number": (["data=csv", "data.path=a.csv"], ["data.group=1", "seed=2"]),
    "labels": (["plots.groups=[a]"], ["plots.groups=[1067,'b c']", "plots=none"]),
    "mapping": (["limits.cell_mib=9"], ["limits={cell_seconds:5}"]),
    "forced": (["seed=1"], ["++seed=2"]),
    "null": (["limits.cell_mib=9"], ["limits.cell_mib=null"]),
    "workers": (["workers=1"], ["workers=2", "seed=2"]),
}


def stored_of(overrides: list[str]) -> list[Config]:
    """Return the cells as a plan stores them: an integrated form's likelihood is the one it has."""

    def kept(config: Config) -> Config:
        integrated = FORMS[config.parameterization].integrated
        return replace(config, likelihood="sufficient") if integrated else config

    return [kept(config) for config in multirun(overrides).configs()]


def keys_of(configs: list[Config]) -> set[str]:
    """Return what tells the cells apart."""
    return {repr(config) for config in configs}


SLOW = (
    "form",
    "sampler and its key",
    "data takes its own scale",
    "prior keeps no scales",
    "rows that need the sweep's groups",
    "data that come to follow the prior",
    "gate",
    "workers",
)
"""What others of the cases show in part: each takes Hydra some twenty compositions."""


@pytest.mark.parametrize(
    "case", [pytest.param(of, marks=pytest.mark.slow if of in SLOW else ()) for of in CASES]
)
def test_extension_is_what_hydra_composes_of_both(case):
    old, new = CASES[case]
    found = keys_of(extension(stored_of(old), typed_values(new)))
    if case == "forced":  # hydra would take both
        old = []
    assert found == keys_of(list(multirun(replaced(old, new)).configs()))


def test_extension_of_a_sweep_that_was_extended_has_all_its_cells():
    stored = stored_of(["seed=1,2"]) + stored_of(["seed=3"])
    found = extension(stored, typed_values(["prior.scale=2"]))
    assert [config.seed for config in found] == [1, 2, 3]


@pytest.mark.parametrize(("new", "mode"), [(["seed=2"], None), (["hydra/launcher=basic"], "basic")])
def test_launcher_is_the_typed_one_alone(new, mode):
    assert typed_values(new).mode == mode


@pytest.mark.parametrize(
    "text", ["experiments=quickstart", "+seed=2", "~data.path", "data.seed=${seed}"]
)
def test_extension_takes_plain_values_alone(text):
    with pytest.raises(ConfigError, match="a sweep is extended by key=value or key=a,b,c alone"):
        typed_values([text])


def test_extension_out_of_range_is_refused():
    with pytest.raises(ConfigError, match=r"prior\.scale=-1"):
        extension(stored_of(["seed=1"]), typed_values(["prior.scale=-1"]))
