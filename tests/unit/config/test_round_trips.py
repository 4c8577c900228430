"""A configuration read back from what was kept of it is the same configuration."""

from dataclasses import fields, is_dataclass

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hierbench.config.compose import compose_cell, composer, to_config, to_yaml
from hierbench.config.flat import flat
from hierbench.config.plain import from_plain
from hierbench.config.scales import is_scale
from hierbench.config.schema import (
    ARTIFACTS,
    MOST_CHAINS,
    MOST_WORKERS,
    PLOTS,
    Config,
    DataConfig,
    GateConfig,
    LimitsConfig,
    PlotsConfig,
    PredictiveConfig,
    PriorConfig,
    SamplerConfig,
    TrackingConfig,
)
from hierbench.models.homes.forms import FORMS

positive = st.floats(1e-6, 1e9)
word = st.text("abc XYZ019_-.,:=()[]{}#%&*!~äß", min_size=1).map(str.strip).filter(bool)
label = st.text("abc XYZ019_-.:=()#%&ä", min_size=1).map(str.strip).filter(bool)
SCALES = ("mu_alpha", "mu_beta", "sigma_alpha", "sigma_beta", "sigma")
scales = st.dictionaries(st.sampled_from(["tau", "mu", "sigma_beta"]), positive)
count = st.integers(1, 10**6)


def optional(strategy):
    return st.none() | strategy


@st.composite
def data_configs(draw):
    groups = draw(st.integers(2, 300))
    return DataConfig(
        name=draw(st.sampled_from(["sacramento", "ames", "csv", "berlin_like"])),
        path=draw(
            optional(st.from_regex(r"/[a-z]{1,5}(/[a-zA-Z0-9 ,=]{1,5}x)?\.csv", fullmatch=True))
        ),
        group=draw(optional(word)),
        x=draw(optional(word)),
        y=draw(optional(word)),
        y_scale=draw(optional(positive)),
        standardize=draw(optional(st.booleans())),
        seed=draw(optional(st.integers(0, 2**31))),
        rows=draw(optional(st.integers(3 * groups, 10**6))),
        groups=draw(optional(st.just(groups))),
        effects=draw(optional(st.sampled_from(["correlated", "independent"]))),
        residuals=draw(optional(st.sampled_from(["normal", "student_t"]))),
        model=draw(optional(st.sampled_from(["independent", "correlated", "varying_sigma"]))),
        scales=draw(scales),
    )


priors = st.builds(
    PriorConfig, st.sampled_from(["notebook", "formula", "own"]), positive, scales
) | st.builds(
    PriorConfig,
    st.just("halfnormal"),
    positive,
    st.fixed_dictionaries(dict.fromkeys(SCALES, positive), optional={"tau": positive}),
)
samplers = st.builds(
    SamplerConfig,
    name=st.sampled_from(["nutpie", "pymc"]),
    draws=count,
    tune=count,
    chains=st.integers(1, MOST_CHAINS),
    target_accept=st.floats(0, 1, exclude_min=True, exclude_max=True),
    max_treedepth=st.integers(1, 20),
)
gates = st.builds(
    GateConfig,
    st.sampled_from(["default", "none"]),
    *[optional(positive)] * 3,
    optional(st.integers(0, 10**6)),
    optional(positive),
    optional(st.floats(0, 1)),
)
configs = st.builds(
    Config,
    data=data_configs(),
    parameterization=st.sampled_from(list(FORMS)),
    prior=priors,
    sampler=samplers,
    seed=st.integers(0, 2**31 - 1),
    gate=gates,
    artifacts=st.sampled_from(ARTIFACTS),
    plots=st.builds(PlotsConfig, st.sampled_from(PLOTS), st.lists(label, max_size=3)),
    predictive=st.builds(PredictiveConfig, count, positive, st.booleans()),
    limits=st.builds(LimitsConfig, optional(positive), optional(positive)),
    tracking=st.builds(TrackingConfig, optional(word)),
    workers=st.integers(1, MOST_WORKERS),
)


def keys(node=Config, prefix=""):
    """Yield every key of the schema, groups' names by their group."""
    for field in fields(node):
        name = prefix if field.name in ("name", "which") else f"{prefix}.{field.name}".lstrip(".")
        yield from keys(field.type, name) if is_dataclass(field.type) else [name]


def override(key, value):
    """Return `key=value` in Hydra's grammar; a key that `flat` leaves out is null."""
    if key == "plots.groups":
        return f"{key}=[{','.join(map(quoted, value.split(',') if value else []))}]"
    plain = value is None or isinstance(value, bool | int | float)
    return f"{key}={'null' if value is None else value if plain else quoted(value)}"


def quoted(text):
    return text if text.isascii() and text.isidentifier() else f"'{text}'"


@pytest.fixture(scope="module")
def hydra():
    with composer() as started:
        yield started


@given(config=configs)
@settings(max_examples=6)  # ~0.4 s each: Hydra composes 36 overrides
def test_flat_composes_to_the_same_config(config, hydra):
    plain = flat(config)
    typed = {key: plain.get(key) for key in keys() if not key.endswith(".scales")} | plain
    again = compose_cell(hydra, [override(key, value) for key, value in typed.items()])
    assert to_config(again) == config


@given(config=configs)
@settings(max_examples=50)
def test_yaml_parses_to_the_same_config(config):
    assert from_plain(yaml.safe_load(to_yaml(config))) == config


@given(config=configs)
@settings(max_examples=50)
def test_flat_keys_are_the_schemas(config):
    assert {key for key in flat(config) if not is_scale(key)} <= set(keys())


def test_stored_gate_without_later_keys_does_not_check_them():
    stored = {"gate": {"name": "default", "r_hat_max": 1.01, "divergences": 0}}
    gate = from_plain(stored).gate
    assert (gate.r_hat_max, gate.ebfmi_min, gate.treedepth_hits_share_max) == (1.01, None, None)


def test_flat_of_the_default_has_one_value_per_key():
    assert all(isinstance(value, str | bool | int | float) for value in flat(Config()).values())
