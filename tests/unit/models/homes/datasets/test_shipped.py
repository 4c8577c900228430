import re

import pytest

from hierbench.config.schema import DataConfig
from hierbench.models.homes.datasets.shipped import data_directory, load_shipped
from hierbench.models.homes.datasets.table import Columns, file_sha256

SOURCES = (data_directory() / "SOURCES.md").read_text(encoding="utf-8")
CHECKSUMS = dict(re.findall(r"^\| `(\w+\.csv)` .*`([0-9a-f]{64})` \|$", SOURCES, re.MULTILINE))


def test_sources_name_every_table():
    assert set(CHECKSUMS) == {path.name for path in data_directory().glob("*.csv")}


@pytest.mark.parametrize("name", sorted(CHECKSUMS))
def test_sources_hold_the_checksum(name):
    assert file_sha256(data_directory() / name) == CHECKSUMS[name]


def test_sources_keep_the_notice_of_modeldata():
    assert "Copyright (c) 2023 modeldata authors" in SOURCES
    assert "The above copyright notice and this permission notice shall be included" in SOURCES


def test_load_shipped_keeps_the_checksum():
    columns = Columns(group="zip", x="sqft", y="price", x_name="area", y_name="price")
    data = load_shipped(DataConfig(), "sacramento.csv", columns)
    assert data.file_sha256 == CHECKSUMS["sacramento.csv"]
