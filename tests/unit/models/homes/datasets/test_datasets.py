from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hierbench.config.schema import Config, DataConfig
from hierbench.errors import ConfigError
from hierbench.models.data import Description, describe, load, prepare
from hierbench.models.homes.datasets import DATASETS

FROM_USER = ("csv", "berlin_rents", "berlin_prices")
SIMULATED = ("berlin_like", "prior_draw")
SCALES = dict.fromkeys(("mu_alpha", "mu_beta", "sigma_alpha", "sigma_beta", "sigma"), 1.0)
COLUMNS: dict[str, Any] = {"group": "zip", "x": "living_space", "y": "price"}
RENTS = ["regio1,baseRent,totalRent,livingSpace,geo_plz", "Berlin,600,700,60,10115"]
RENTS += ["Berlin,630,700,70,12045", "Berlin,700,900,75,12045"]
PRICES = ["zip,price,living_space", "12045,1,2", "10115,3,4", "12045,2,7"]


@pytest.fixture(params=sorted(DATASETS))
def dataset(request, write_file):
    lines = RENTS if request.param == "berlin_rents" else PRICES
    keys: dict[str, Any] = {"path": str(write_file(*lines))} if request.param in FROM_USER else {}
    keys |= COLUMNS if request.param == "csv" else {}
    keys |= {"model": "correlated", "scales": SCALES} if request.param == "prior_draw" else {}
    return load(Config(data=DataConfig(name=request.param, **keys)))


def test_arrays_have_the_dtypes_of_the_contract(dataset):
    assert (dataset.x.dtype, dataset.y.dtype) == (np.float64, np.float64)
    assert dataset.group.dtype == np.int64


def test_arrays_share_one_dimension(dataset):
    assert dataset.x.shape == dataset.y.shape == dataset.group.shape == (dataset.x.size,)


def test_numbers_are_finite(dataset):
    assert np.isfinite(dataset.x).all()
    assert np.isfinite(dataset.y).all()


def test_labels_are_sorted_distinct_text(dataset):
    assert list(dataset.labels) == sorted(set(dataset.labels))
    assert all(type(label) is str for label in dataset.labels)


def test_every_group_has_a_row(dataset):
    assert len(dataset.group_sizes) == len(dataset.labels)
    assert dataset.group_sizes.min() >= 1


def test_name_is_the_configurations(dataset):
    assert dataset.name in DATASETS


def test_simulated_data_alone_has_a_truth_and_no_file(dataset):
    simulated = dataset.name in SIMULATED
    assert (dataset.truth is not None, dataset.file_sha256 is None) == (simulated, simulated)


def test_load_lists_the_known_names():
    with pytest.raises(ConfigError) as caught:
        load(Config(data=DataConfig(name="sacremento")))
    assert str(caught.value) == (
        "data=sacremento: known are sacramento, ames, radon, berlin_like, prior_draw, csv, "
        "berlin_rents, berlin_prices; choose one of them"
    )


VALUES = {
    "path": "mine",
    "group": "mine",
    "x": "mine",
    "y": "mine",
    "y_scale": 2.0,
    "standardize": True,
    "seed": 2,
    "rows": 700,
    "groups": 3,
    "effects": "independent",
    "residuals": "student_t",
    "model": "correlated",
    "scales": {"sigma": 2.0},
}
UNREAD = [
    (name, key) for name, source in DATASETS.items() for key in VALUES if key not in source.keys
]


class Watched(DataConfig):
    """A configuration that remembers which of its keys were read."""

    def __getattribute__(self, name):
        if name in (*VALUES, "name"):
            self.__dict__.setdefault("seen", set()).add(name)
        return super().__getattribute__(name)


@pytest.mark.parametrize("name", DATASETS)
def test_keys_are_all_that_are_read(name, write_file):
    lines = RENTS if name == "berlin_rents" else PRICES
    values = {"path": str(write_file(*lines)), "scales": SCALES, "model": "correlated", **COLUMNS}
    config = Watched(name, **{key: values[key] for key in DATASETS[name].keys if key in values})
    config.__dict__["seen"] = set()
    DATASETS[name].load(config)
    assert config.__dict__["seen"] - {"name"} == set(DATASETS[name].keys)


def test_values_are_of_every_key():
    assert ["name", *VALUES] == [field.name for field in fields(DataConfig)]


@pytest.mark.parametrize(("name", "key"), UNREAD)
def test_load_refuses_a_key_that_is_not_read(name, key):
    config = DataConfig(name, **{key: VALUES[key]})
    typed = "sigma" if key == "scales" else key
    with pytest.raises(ConfigError, match=rf"^data\.{typed}=\S+: data={name} does not read it; "):
        load(Config(data=config))


@pytest.mark.parametrize("key", ["rowz", "seeds", "y_scal"])
def test_load_names_the_key_that_was_meant(key):
    config = DataConfig("berlin_like", scales={key: 5.0})
    near = {"rowz": "rows", "seeds": "seed", "y_scal": "y_scale"}[key]
    with pytest.raises(ConfigError, match=rf"^data\.{key}=5\.0: .*; did you mean data\.{near}\?$"):
        load(Config(data=config))


def test_describe_counts_what_is_shipped():
    sacramento = describe()[0]
    sizes = {"rows": 932, "groups": 68}
    sizes |= {"smallest group": 1, "median group": 10, "largest group": 61}
    assert sacramento == Description("sacramento", "homes", DATASETS["sacramento"].origin, sizes)


def test_describe_knows_no_sizes_that_are_the_users():
    unknown = [of.name for of in describe() if of.model == "homes" and not of.sizes]
    assert unknown == ["prior_draw", *FROM_USER]


def test_prepare_by_name(write_file):
    assert len(prepare("berlin_prices", write_file(*PRICES))) == 3


def test_prepare_lists_what_it_can():
    with pytest.raises(ConfigError, match="known are berlin_rents, berlin_prices; choose"):
        prepare("sacramento", Path("raw.csv"))
