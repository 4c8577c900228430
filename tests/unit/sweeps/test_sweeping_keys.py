"""Every pair of keys can be swept: planned, or refused in one sentence that names a key."""

from dataclasses import fields, is_dataclass
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hierbench.config.schema import Config
from hierbench.errors import ConfigError
from hierbench.sweeps.typed import composed

VALUES = {
    "model": ("homes", "eight_schools"),
    "data": ("sacramento", "berlin_like"),
    "data.name": ("ames", "radon"),
    "data.path": ("null", "'~/homes.csv'"),
    "data.group": ("null", "zip"),
    "data.x": ("null", "area"),
    "data.y": ("null", "price"),
    "data.y_scale": ("1e5", "null"),
    "data.standardize": ("true", "null"),
    "data.seed": ("1", "null"),
    "data.rows": ("700", "null"),
    "data.groups": ("9", "null"),
    "data.effects": ("independent", "null"),
    "data.residuals": ("student_t", "null"),
    "data.model": ("correlated", "null"),
    "data.scales": ("{}", "{sigma:2}"),
    "data.sigma": ("1", "2"),
    "parameterization": ("all", "centered"),
    "likelihood": ("rowwise", "sufficient"),
    "prior": ("notebook", "halfnormal"),
    "prior.name": ("notebook", "formula"),
    "prior.scale": ("1", "0.5"),
    "prior.scales": ("{}", "{sigma:2}"),
    "prior.sigma": ("1", "2"),
    "sampler": ("nutpie", "pymc"),
    "sampler.name": ("nutpie", "pymc"),
    "sampler.draws": ("500", "600"),
    "sampler.tune": ("500", "600"),
    "sampler.chains": ("2", "4"),
    "sampler.target_accept": ("0.8", "0.9"),
    "sampler.max_treedepth": ("10", "9"),
    "sampler.adaptation": ("diag", "low_rank"),
    "seed": ("1", "2"),
    "gate": ("default", "none"),
    "gate.name": ("default", "none"),
    "gate.r_hat_max": ("1.05", "null"),
    "gate.ess_bulk_min_per_chain": ("50", "null"),
    "gate.ess_tail_min_per_chain": ("50", "null"),
    "gate.divergences": ("3", "null"),
    "gate.ebfmi_min": ("0.2", "null"),
    "gate.treedepth_hits_share_max": ("0.1", "null"),
    "artifacts": ("default", "minimal"),
    "plots": ("auto", "none"),
    "plots.which": ("auto", "none"),
    "plots.groups": ("[95608]", "[]"),
    "predictive.draws": ("50", "60"),
    "predictive.max_mib": ("8", "9"),
    "predictive.loo": ("true", "false"),
    "limits.cell_seconds": ("60", "null"),
    "limits.cell_mib": ("600", "null"),
    "tracking.uri": ("null", "'sqlite:///x.db?timeout=60'"),
    "workers": ("1", "2"),
}
"""Two values of every key and group, and of a scale that is typed by a parameter's name."""

PAIRS = list(combinations(VALUES, 2))


def keys(node=Config, above=""):
    """Yield every key of the schema and every group."""
    for field in fields(node):
        yield f"{above}{field.name}"
        if is_dataclass(field.type):
            yield from keys(field.type, f"{above}{field.name}.")


def planned(*overrides):
    """Return how many cells a dry run plans; 0 where it is refused in one sentence."""
    try:
        return len(composed(overrides).cells)
    except ConfigError as refusal:
        sentence = str(refusal)
        assert "\n" not in sentence
        assert "Error" not in sentence
        keys = [override.partition("=")[0] for override in overrides]
        assert any(key.partition(".")[0] in sentence for key in keys), sentence
        return 0


def swept(*keys):
    return [f"{key}={','.join(VALUES[key])}" for key in keys]


@pytest.fixture(scope="module", autouse=True)
def imported():
    """Let PyTensor, which the data of a model in a file import, set its recursion limit first."""
    planned("model=eight_schools")


def test_values_are_of_every_key():
    named = {field for field in keys() if field not in ("limits", "predictive", "tracking")}
    assert set(VALUES) == {*named, "data.sigma", "prior.sigma"}


@given(pair=st.sampled_from(PAIRS))
@settings(max_examples=12)
def test_pairs_of_keys(pair):
    planned(*swept(*pair))


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_every_pair_of_keys(pair):
    planned(*swept(*pair))


@pytest.mark.parametrize(
    ("overrides", "cells"),
    [
        (["prior=notebook,halfnormal"], 2),
        (["data=sacramento,berlin_like", "sampler=nutpie,pymc"], 4),
        (["data=berlin_like", "data.groups=9,null", "data.rows=700"], 2),
        (["prior=halfnormal", "prior.sigma=1,2"], 2),
        (["prior=halfnormal", "prior={mu_alpha:3}"], 0),
        (["prior=halfnormal", "prior.scales={mu_alpha:3}"], 1),
        (["gate=default,none"], 0),
        (["limits.cell_seconds=60,null"], 0),
        (["parameterization=all", "seed=1,2"], 16),
    ],
    ids=str,
)
def test_cells_of(overrides, cells):
    assert planned(*overrides) == cells
