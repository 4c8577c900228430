"""conf/data holds one file for each data set."""

from pathlib import Path

import pytest
import yaml

from hierbench.config.schema import DataConfig
from hierbench.models import MODELS
from hierbench.models.written import OWN

FILES = sorted((Path(__file__).parents[5] / "conf" / "data").glob("*.yaml"))


def test_every_data_set_has_a_file():
    shipped = {name for model in MODELS.values() for name in model.data}
    assert {path.stem for path in FILES} == {*shipped, OWN}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_names_its_data_set(path):
    assert DataConfig(**yaml.safe_load(path.read_text())).name == path.stem


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_says_first_what_it_is(path):
    assert path.read_text().startswith("# ")
