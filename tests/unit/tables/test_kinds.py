from pathlib import Path

import pytest

from hierbench.errors import DataError
from hierbench.tables.kinds import Kind, check_name, kind_of
from tests.unit.tables.written import WRITERS


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.csv", Kind.CSV),
        ("A.CSV", Kind.CSV),
        ("a.txt", Kind.CSV),
        ("a", Kind.PARQUET),
        ("a.json.zip", Kind.JSON),
        ("a.csv.gz", Kind.CSV),
        ("a.zip", Kind.JSON),
        ("a.nc", Kind.NETCDF),
        ("a.pq", Kind.PARQUET),
    ],
)
def test_name_that_agrees(name, kind):
    check_name(Path(name), kind)


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("name", ["csv", "parquet", "json", "nc"])
def test_wrong_name_is_one_sentence(tmp_path, fault_of, kind, name):
    if kind.split(".")[0] == name:
        return
    path = WRITERS[kind](tmp_path / f"x.{kind}", {"a": [1, 2]}).rename(tmp_path / f"table.{name}")
    message = fault_of(path)
    assert message.startswith("FILE is named as ")
    assert "; name and content must agree; rename it to end in ." in message


@pytest.mark.parametrize("data", [b"CDF\x01", b"CDF\x02", b"CDF\x05"])
def test_netcdf_3_is_refused_with_the_way_out(data):
    with pytest.raises(DataError, match="is netCDF-3; netCDF-4 is read; write it again"):
        kind_of(Path("a.nc"), data)
