"""What a file holds, by its first bytes, and whether its name says the same."""

from enum import StrEnum
from pathlib import Path

from hierbench.errors import DataError

__all__ = ["Kind", "check_name", "kind_of"]


class Kind(StrEnum):
    """How a table is written, in the words of messages."""

    CSV = "CSV"
    PARQUET = "Parquet"
    JSON = "JSON"
    NETCDF = "netCDF"


BOM = b"\xef\xbb\xbf"
NETCDF_3 = (b"CDF\x01", b"CDF\x02", b"CDF\x05")
STARTS = {b"PAR1": Kind.PARQUET, b"\x89HDF\r\n\x1a\n": Kind.NETCDF}

SUFFIXES = {
    ".csv": Kind.CSV,
    ".parquet": Kind.PARQUET,
    ".pq": Kind.PARQUET,
    ".json": Kind.JSON,
    ".nc": Kind.NETCDF,
    ".nc4": Kind.NETCDF,
    ".netcdf": Kind.NETCDF,
}
ARCHIVES = (".zip", ".gz")


def kind_of(path: Path, data: bytes) -> Kind:
    """Return how `data` is written; text that is not JSON is taken for CSV.

    Raises
    ------
    DataError
        It is netCDF-3, which has another format than netCDF-4.

    >>> kind_of(Path("x"), b' {"y": [1]}'), kind_of(Path("x"), b"a,b")
    (<Kind.JSON: 'JSON'>, <Kind.CSV: 'CSV'>)
    """
    if data.startswith(NETCDF_3):
        raise DataError(
            f"{path} is netCDF-3; netCDF-4 is read; write it again with "
            "xarray.load_dataset(path).to_netcdf(new_path, engine='h5netcdf')"
        )
    for start, kind in STARTS.items():
        if data.startswith(start):
            return kind
    text = data[: 2**16].removeprefix(BOM).lstrip()
    return Kind.JSON if text.startswith((b"{", b"[")) else Kind.CSV


def check_name(path: Path, kind: Kind) -> None:
    """Raise DataError if the file's name says another kind; a name may say none."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    while suffixes and suffixes[-1] in ARCHIVES:
        suffixes.pop()
    named = SUFFIXES.get(suffixes[-1]) if suffixes else None
    if named in (None, kind):
        return
    allowed = next(suffix for suffix, one in SUFFIXES.items() if one is kind)
    raise DataError(
        f"{path} is named as {named} and holds {kind}; name and content must agree; rename it to "
        f"end in {allowed}, or give the file that was meant"
    )
