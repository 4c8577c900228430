"""The data of the models, whatever they are: loaded by name, prepared and listed."""

import pytest

from hierbench.config.schema import Config, DataConfig
from hierbench.errors import ConfigError
from hierbench.models import MODELS
from hierbench.models.data import describe, load, prepare

UNKNOWN = "choose one of them"


def test_load_takes_the_data_of_the_model_that_is_asked_for():
    assert load(Config()).name == Config().data.name


def test_load_lists_the_models_where_none_is_of_that_name():
    with pytest.raises(ConfigError, match=rf"^model=none: known are homes.*; {UNKNOWN}"):
        load(Config(model="none"))


def test_load_lists_the_data_where_none_are_of_that_name():
    with pytest.raises(ConfigError, match=rf"^data=none: known are sacramento, .*; {UNKNOWN}"):
        load(Config(data=DataConfig("none")))


def test_load_refuses_a_key_that_the_data_do_not_read():
    with pytest.raises(
        ConfigError, match=r"^data.group=zip: data=sacramento does not read it; .*: csv"
    ):
        load(Config(data=DataConfig("sacramento", group="zip")))


def test_prepare_lists_what_can_be_prepared():
    with pytest.raises(ConfigError, match=rf"^data prepare=ames: known are .*berlin_.*; {UNKNOWN}"):
        prepare("ames", "raw.csv")


def test_describe_has_every_data_set_of_every_model_with_its_origin():
    found = describe()
    every = [(model.name, name) for model in MODELS.values() for name in model.data]
    assert [(of.model, of.name) for of in found] == every
    assert all(of.origin == MODELS[of.model].data[of.name].origin for of in found)


def test_describe_has_the_sizes_of_what_is_there_without_a_file():
    sizes = {(of.model, of.name): of.sizes for of in describe()}
    assert list(sizes["homes", "sacramento"].values()) == [932, 68, 1, 10, 61]
    assert sizes["homes", "csv"] == {}
    asked_for = {"path", "scales"}
    for (model, name), of in sizes.items():
        runs = MODELS[model].source_sha256 != ""  # a file of its own is not run for a listing
        assert bool(of) != (runs or bool(asked_for & {*MODELS[model].data[name].keys}))
