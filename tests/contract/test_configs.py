"""Every configuration file that we ship composes."""

from itertools import product
from pathlib import Path

import pytest
import yaml

from hierbench.config.compose import compose_cell, composer, to_config
from hierbench.config.options import config_folder, option_values
from hierbench.config.overrides import check_overrides
from hierbench.config.schema import Config
from hierbench.models import MODELS
from hierbench.models.written import OWN
from hierbench.samplers import SAMPLERS

ROOT = Path(__file__).parents[2]
OPTIONS = sorted(
    path for path in (ROOT / "conf").glob("*/*.yaml") if path.parent.name != "experiments"
)
EXPERIMENTS = sorted((ROOT / "experiments").glob("*.yaml"))
DATA = {OWN, *(name for model in MODELS.values() for name in model.data)}
PRIORS = {name for model in MODELS.values() for name in model.priors}
OPTION = pytest.mark.parametrize(
    "path", OPTIONS, ids=lambda path: f"{path.parent.name}-{path.stem}"
)
EXPERIMENT = pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def hydra():
    with composer() as started:
        yield started


def axes(path):
    """Return the values that an experiment sweeps, by key."""
    params = yaml.safe_load(path.read_text(encoding="utf-8"))["hydra"]["sweeper"]["params"]
    return {key: str(values).split(",") for key, values in params.items()}


def names(group):
    return {path.stem for path in OPTIONS if path.parent.name == group}


@OPTION
def test_option_composes(path, hydra):
    config = to_config(compose_cell(hydra, [f"{path.parent.name}={path.stem}"]))
    chosen = getattr(config, path.parent.name)
    assert getattr(chosen, "name", None) == path.stem or chosen.which == path.stem


def test_defaults_are_the_default_models_own(hydra):
    config, model = to_config(compose_cell(hydra, [])), MODELS[Config().model]
    assert (config.data.name, config.prior.name) == (next(iter(model.data)), model.priors[0])
    assert config.parameterization == model.own_form


@OPTION
def test_option_sets_what_some_model_reads(path, hydra):
    """What no data set of that name reads would be refused of every cell."""
    if path.parent.name == "data":
        sources = [model.data[path.stem] for model in MODELS.values() if path.stem in model.data]
        read = {key for source in sources for key in source.keys}
        assert set(option_values("data", path.stem)) <= {"name", *read}


@OPTION
def test_option_begins_with_what_it_is_for(path):
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# ")
    assert first.endswith((".", ";"))


@pytest.mark.parametrize(
    ("group", "members"), [("data", DATA), ("prior", PRIORS), ("sampler", SAMPLERS)]
)
def test_options_are_the_members(group, members):
    assert names(group) == set(members)


@EXPERIMENT
def test_experiment_begins_with_its_package_and_its_command(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# @package _global_"
    assert lines[1] == f"# hierbench sweep experiments={path.stem}"


@EXPERIMENT
def test_experiment_values_compose(path, hydra):
    """Each value by itself: the cells are too many for Hydra's 0.2 s each."""
    for override in (f"{key}={value}" for key, values in axes(path).items() for value in values):
        to_config(compose_cell(hydra, [f"experiments={path.stem}", override]))


@EXPERIMENT
def test_experiment_is_found(path, hydra):
    check_overrides(hydra, [f"experiments={path.stem}"])
    assert (config_folder() / "experiments" / path.name).samefile(path)


def test_quickstart_has_48_cells():
    values = axes(ROOT / "experiments" / "quickstart.yaml").values()
    assert len(set(product(*values))) == 48
