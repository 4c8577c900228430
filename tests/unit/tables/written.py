"""The same columns written in each of the formats."""

import gzip
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pandas as pd
import xarray as xr

Plain = Mapping[str, Sequence[int | float | str]]


def as_csv(path: Path, columns: Plain) -> Path:
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def as_parquet(path: Path, columns: Plain) -> Path:
    pd.DataFrame(columns).to_parquet(path, index=False)
    return path


def as_json(path: Path, columns: Plain) -> Path:
    path.write_text(json.dumps(columns))
    return path


def as_records(path: Path, columns: Plain) -> Path:
    pd.DataFrame(columns).to_json(path, orient="records", double_precision=15)
    return path


def as_zip(path: Path, columns: Plain) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(columns))
    return path


def as_gzip(path: Path, columns: Plain) -> Path:
    path.write_bytes(gzip.compress(json.dumps(columns).encode()))
    return path


def as_netcdf(path: Path, columns: Plain) -> Path:
    arrays = {name: ("row", list(values)) for name, values in columns.items()}
    xr.Dataset(arrays).to_netcdf(path, engine="h5netcdf")
    return path


WRITERS: Mapping[str, Callable[[Path, Plain], Path]] = {
    "csv": as_csv,
    "parquet": as_parquet,
    "json": as_json,
    "json.zip": as_zip,
    "json.gz": as_gzip,
    "nc": as_netcdf,
}
"""By the end of the file's name."""


@contextmanager
def piped(text: str) -> Iterator[str]:
    """Give the path of a pipe that holds `text` and is closed at its other end."""
    out, into = os.pipe()

    def fill() -> None:
        with os.fdopen(into, "wb") as file:
            file.write(text.encode())

    writer = Thread(target=fill)
    writer.start()
    try:
        yield f"/dev/fd/{out}"
    finally:
        os.close(out)
        writer.join()
