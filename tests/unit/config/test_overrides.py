"""What overrides give, and how the wrong ones are refused.

A refusal is one sentence: the value got, what is allowed, what to do.
"""

import shlex
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hydra import compose
from hydra._internal.hydra import Hydra
from hydra.core.global_hydra import GlobalHydra

from hierbench.config.compose import compose_cell, composer, to_config
from hierbench.config.flat import flat
from hierbench.config.overrides import check_overrides
from hierbench.config.schema import Config
from hierbench.errors import ConfigError

DATA = (
    "ames, berlin_like, berlin_prices, berlin_rents, csv, eight_schools, own, prior_draw, radon, "
    "sacramento, table"
)
POSITIVE = "allowed are finite numbers above 0; choose one, such as 1"
HALFNORMAL = ("mu_alpha", "mu_beta", "sigma_alpha", "sigma_beta", "sigma")


def each_once(keys: Sequence[str], values: Sequence[str]) -> list[Any]:
    """Return all pairs as parameters; slow are those whose key and value others have."""
    return [
        pytest.param(key, value, marks=() if 0 in (i, j) else pytest.mark.slow)
        for (i, key), (j, value) in product(enumerate(keys), enumerate(values))
    ]


@pytest.fixture(scope="module")
def hydra() -> Iterator[Hydra]:
    """Return Hydra, started; there is one at a time in a process."""
    with composer() as found:
        yield found


@pytest.fixture(scope="module")
def configure(hydra) -> Callable[..., Config]:
    """Return a function from overrides to the checked configuration."""
    return lambda *overrides: to_config(compose_cell(hydra, overrides))


@pytest.fixture(scope="module")
def refused(configure) -> Callable[..., str]:
    """Return a function from wrong overrides to the sentence that refuses them."""

    def refuse(*overrides: str) -> str:
        with pytest.raises(ConfigError) as caught:
            configure(*overrides)
        return str(caught.value)

    return refuse


def test_unknown_key_lists_the_known(refused):
    assert refused("nope=1").startswith(
        "nope: no such key; known here are model, data, parameterization, likelihood, prior, "
        "sampler, seed"
    )


@pytest.mark.parametrize("key", ["seed.plots", "sampler.draws.x", "nope.nope"])
def test_unknown_key_below_a_value_lists_the_known(key, refused):
    assert refused(f"{key}=1").startswith(f"{key}: no such key; known here are ")


def test_unknown_key_of_a_group_lists_the_groups_keys(refused):
    assert refused("sampler.nope=1").startswith(
        "sampler.nope: no such key; known here are sampler.name, sampler.draws, sampler.tune, "
        "sampler.chains, sampler.target_accept, sampler.max_treedepth"
    )


@pytest.mark.parametrize(
    ("override", "near"),
    [
        ("sampler.dras=5", "sampler.draws"),
        ("target_acept=0.9", "sampler.target_accept"),
        ("sed=2", "seed"),
        ("prior_scale=2", "prior.scale"),
        ("data.pth=homes.csv", "data.path"),
    ],
)
def test_unknown_key_names_the_nearest(override, near, refused):
    assert refused(override).endswith(f"did you mean {near}?")


@pytest.mark.parametrize(
    ("override", "known"),
    [
        ("data=nope", DATA),
        ("prior=nope", "formula, halfnormal, notebook, own"),
        ("sampler=nope", "blackjax, numpyro, nutpie, pymc, stan"),
        ("gate=nope", "default, none"),
        ("plots=nope", "all, auto, failed, none"),
        ("experiments=nope", "notebook, parameterization, quickstart"),
        ("likelihood=nope", "rowwise, sufficient"),
        ("artifacts=nope", "minimal, default, full"),
    ],
)
def test_unknown_option_lists_the_known(override, known, refused):
    assert refused(override) == f"{override}: known are {known}; choose one of them"


@pytest.mark.parametrize("group", ["data", "prior", "sampler", "gate", "plots", "experiments"])
def test_null_is_no_option(group, refused):
    assert refused(f"{group}=null").startswith(f"{group}=null: known are ")


@pytest.mark.parametrize(
    ("override", "word"),
    [
        ("sampler.draws=abc", "Integer"),
        ("sampler.draws=1.5", "Integer"),
        ("sampler.draws=true", "Integer"),
        ("sampler.target_accept=high", "Float"),
        ("prior.scale=wide", "Float"),
        ("prior.scale=.inf", "Float"),
        ("seed=1.5", "Integer"),
        ("data.standardize=maybe", "bool"),
        ("plots.groups=a", "list"),
        ("data.path=[a]", "string"),
        ("prior.scale=null", "not Optional"),
    ],
)
def test_wrong_type_names_the_key_and_the_type(override, word, refused):
    sentence = refused(override)
    assert sentence.startswith(override.partition("=")[0] + ": ")
    assert word in sentence


@pytest.mark.parametrize("key", ["predictive.max_mib", "prior.sigma", "data.y_scale"])
def test_integer_beyond_every_float_is_refused(key, refused):
    assert "too large" in refused(f"{key}=1{'0' * 400}")


@pytest.mark.parametrize("value", ["0", "1", "-0.1", "1.2", "nan", "inf"])
def test_target_accept_outside_0_to_1(value, refused):
    assert refused(f"sampler.target_accept={value}") == (
        f"sampler.target_accept={float(value)}: allowed are numbers strictly between 0 and 1; "
        "choose one, such as 0.8"
    )


@pytest.mark.parametrize(
    ("key", "value"),
    each_once(
        ["prior.scale", "data.y_scale", "predictive.max_mib"],
        ["0", "-1", "nan", "inf", "-inf", "1e400"],
    ),
)
def test_scale_not_finite_and_positive(key, value, refused):
    assert refused(f"{key}={value}") == f"{key}={float(value)}: {POSITIVE}"


@pytest.mark.parametrize(("key", "value"), each_once(HALFNORMAL, ["0", "-1", "nan", "inf"]))
def test_halfnormal_scale_not_finite_and_positive(key, value, refused):
    sentence = refused("prior=halfnormal", f"prior.{key}={value}")
    assert sentence == f"prior.{key}={float(value)}: {POSITIVE}"


@pytest.mark.parametrize(
    ("override", "least"),
    [
        ("sampler.draws=0", 1),
        ("sampler.tune=0", 1),
        ("sampler.chains=0", 1),
        ("sampler.chains=-4", 1),
        ("sampler.max_treedepth=0", 1),
        ("predictive.draws=0", 1),
        ("workers=0", 1),
        ("seed=-1", 0),
        ("data.seed=-1", 0),
        ("data.groups=1", 2),
        ("data.rows=5", 6),
        ("gate.divergences=-1", 0),
    ],
)
def test_count_below_the_least(override, least, refused):
    assert refused(override) == f"{override}: the least allowed is {least}; choose that or more"


def test_rows_below_three_of_each_group(refused):
    assert refused("data=berlin_like", "data.rows=656") == (
        "data.rows=656: the least allowed is 657; choose that or more"
    )


def test_seed_too_large(refused):
    assert refused("seed=2147483648") == (
        "seed=2147483648: allowed are 0 to 2147483647; choose a smaller one"
    )


def test_max_treedepth_too_large(refused):
    assert refused("sampler.max_treedepth=21").startswith(
        "sampler.max_treedepth=21: allowed are 1 to 20"
    )


@pytest.mark.parametrize("share", ["-0.1", "1.5", "nan", "inf"])
def test_share_outside_0_to_1(share, refused):
    assert refused(f"gate.treedepth_hits_share_max={share}") == (
        f"gate.treedepth_hits_share_max={share}: allowed are shares of the draws from 0 to 1; "
        "choose one, such as 0.01"
    )


def test_adaptation_low_rank(configure):
    assert configure("sampler.adaptation=low_rank").sampler.adaptation == "low_rank"


@pytest.mark.parametrize(
    "key",
    [
        "gate.r_hat_max",
        "gate.ess_bulk_min_per_chain",
        "gate.ess_tail_min_per_chain",
        "gate.ebfmi_min",
        "limits.cell_seconds",
        "limits.cell_mib",
    ],
)
@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf"])
def test_optional_bound_not_finite_and_positive(key, value, refused):
    assert refused(f"{key}={value}") == f"{key}={float(value)}: {POSITIVE}"


@pytest.mark.parametrize(
    ("override", "known"),
    [("data.effects=x", "correlated, independent"), ("data.residuals=x", "normal, student_t")],
)
def test_unknown_word_lists_the_known(override, known, refused):
    assert refused(override) == f"{override}: known are {known}; choose one of them"


@pytest.mark.parametrize("text", ["seed", "=3", "a b", "seed=[1", "=", ""])
def test_no_override_says_how_to_write_one(text, refused):
    assert refused(text) == f"{text}: not an override; write key=value, or key=a,b,c in a sweep"


@pytest.mark.parametrize("override", ["+foo=1", "~foo", "~data=ames", "prior@x=notebook"])
def test_other_overrides_of_hydra_name_themselves(override, refused):
    assert override.strip("+~").partition("=")[0] in refused(override)


@pytest.mark.parametrize(
    "override", ["seed=1,2", "seed=range(3)", "data=glob(*)", "data=ames,radon"]
)
def test_several_values_are_no_cell(override, refused):
    assert override in refused(override)


@pytest.mark.parametrize("override", ["nope=1", "data=nope", "seed=abc", "seed=-1", "+foo=1"])
def test_sentence_is_one_line(override, refused):
    assert "\n" not in refused(override)


@pytest.mark.parametrize(
    ("override", "value"),
    [
        ("seed=0", 0),
        ("seed=2147483647", 2147483647),
        ("sampler.draws=1", 1),
        ("sampler.tune=1", 1),
        ("sampler.chains=1", 1),
        ("sampler.max_treedepth=1", 1),
        ("sampler.max_treedepth=20", 20),
        ("sampler.target_accept=0.999999", 0.999999),
        ("prior.scale=1e-300", 1e-300),
        ("prior.scale=4", 4.0),
        ("predictive.draws=1", 1),
        ("data.rows=657", 657),
        ("workers=1", 1),
        ("gate.divergences=0", 0),
        ("gate.treedepth_hits_share_max=0", 0.0),
        ("gate.treedepth_hits_share_max=1", 1.0),
        ("limits.cell_seconds=0.5", 0.5),
        ("data.path=/tmp/homes.csv", "/tmp/homes.csv"),
    ],
)
def test_edge_is_allowed(override, value, configure):
    assert flat(configure(override))[override.partition("=")[0]] == value


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("data", "sacramento"),
        ("parameterization", "noncentered"),
        ("likelihood", "rowwise"),
        ("prior", "notebook"),
        ("prior.scale", 1.0),
        ("sampler", "nutpie"),
        ("sampler.draws", 1000),
        ("sampler.tune", 1000),
        ("sampler.chains", 4),
        ("sampler.target_accept", 0.8),
        ("sampler.max_treedepth", 10),
        ("sampler.adaptation", "diag"),
        ("seed", 1),
        ("gate", "default"),
        ("artifacts", "default"),
        ("plots", "auto"),
        ("predictive.draws", 100),
        ("workers", 1),
    ],
)
def test_default(key, value, configure):
    assert flat(configure())[key] == value


@pytest.mark.parametrize("key", ["limits.cell_seconds", "limits.cell_mib", "tracking.uri"])
def test_default_is_none(key, configure):
    assert key not in flat(configure())


@pytest.mark.parametrize(
    ("override", "found", "word"),
    [
        (
            "tracking.uri=sqlite:///x.db?timeout=60",
            "=",
            "\"tracking.uri='sqlite:///x.db?timeout=60'\"",
        ),
        ("data.path=~/homes.csv", "~", None),
        ("data.path=my homes (1).csv", "( and )", None),
        ("data.y=price#2", "#", None),
        ("data.path=a(b.csv", "(", None),
        ("data.path=a!&;b", "!, & and ;", None),
    ],
)
def test_value_that_must_be_quoted_is_printed_quoted(override, found, word, refused, configure):
    sentence = refused(override)
    key, _, value = override.partition("=")
    begin, _, typed = sentence.partition("; type ")
    assert begin == (
        f"{override}: {found} in a value must be quoted for Hydra, and the quotes for the shell"
    )
    assert word in (None, typed)
    (again,) = shlex.split(typed)
    config = to_values_of(again)
    assert config == (str(Path(value).expanduser().absolute()) if key == "data.path" else value)


def to_values_of(override):
    """Return the value that an override gives, as the cells have it."""
    with composer() as hydra:
        config = to_config(compose_cell(hydra, [override]))
    group, _, key = override.partition("=")[0].partition(".")
    return getattr(getattr(config, group), key)


def test_value_that_no_quotes_help_is_not_quoted(refused):
    assert "quote" not in refused("seed=[1")


def test_tilde_is_the_home_folder(configure, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert configure("data.path='~/homes.csv'").data.path == str(tmp_path / "homes.csv")


def test_tilde_of_nobody_is_refused(refused):
    assert refused("data.path='~no-such-user/homes.csv'").startswith(
        "data.path=~no-such-user/homes.csv: ~ stands for a home folder, and there is none"
    )


def test_relative_data_path_is_made_absolute(configure, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert configure("data.path=homes.csv").data.path == str(tmp_path / "homes.csv")


def test_search_path_of_one_composition_is_not_that_of_the_next(hydra, tmp_path):
    paths = [source.path for source in hydra.config_loader.get_sources()]
    asked = f"hydra.searchpath=[file://{tmp_path}]"
    found = compose(config_name="config", overrides=[asked], return_hydra_config=True)
    assert str(tmp_path) in [source.path for source in found.hydra.runtime.config_sources]
    assert [source.path for source in hydra.config_loader.get_sources()] == paths


@pytest.mark.parametrize(
    "text",
    [
        "data.y_scale=glob(*)",
        "parameterization=glob(*)",
        "data=glob(zz*)",
        "experiments=glob(zz*)",
        "seed=range(3,1)",
        "seed=range(1,1)",
    ],
)
def test_sweep_of_no_values_is_refused(hydra, text):
    with pytest.raises(ConfigError) as caught:
        check_overrides(hydra, [text])
    assert str(caught.value).startswith(f"{text}: no value, so no cell; write key=a,b,c")


@pytest.mark.parametrize("text", ["data=glob(ber*)", "seed=range(3,1,-1)", "seed=1"])
def test_sweep_of_some_values_is_taken(hydra, text):
    (override,) = check_overrides(hydra, [text])
    assert override.input_line == text


def test_hydra_of_the_caller_is_there_again():
    mine = object()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(GlobalHydra.instance(), "hydra", mine)
        with composer():
            assert GlobalHydra.instance().hydra is not mine
        assert GlobalHydra.instance().hydra is mine
