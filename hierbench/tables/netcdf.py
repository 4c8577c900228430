"""The arrays at the root of a netCDF-4 file."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hierbench.errors import DataError
from hierbench.hdf5 import own_arrays
from hierbench.tables.column import Column, values_of
from hierbench.tables.content import BYTES_PER_MIB, MOST_BYTES
from hierbench.tables.found import Found, named_columns

__all__ = ["netcdf_columns"]

ROWS_AT_ONCE = 1000


def netcdf_columns(path: Path, data: bytes) -> Found:
    """Return variables and coordinates of a netCDF-4 file by name, dims in the file's order.

    Raises
    ------
    DataError
        It is damaged, too large in memory, has groups, links, or data in other files.
    """
    try:
        refuse_foreign(data)
        arrays = arrays_of(data)
    except DataError as err:
        raise DataError(f"{path} {err}") from err
    except Exception as err:  # a damaged file makes its readers raise anything
        reason = str(err).splitlines()[0] if str(err) else type(err).__name__
        raise DataError(
            f"{path} is no netCDF file that can be read ({reason}); write it anew with "
            "xarray's to_netcdf"
        ) from err
    names = list(arrays)
    if not names:
        raise DataError(f"{path} has no variables; a table has one for each column; add them")

    def column_of(where: str, at: int) -> Column:
        return values_of(where, arrays[names[at]])

    return named_columns(path, names, range(len(names)), column_of)


def refuse_foreign(data: bytes) -> None:
    """Raise for links, groups, data kept elsewhere, or more bytes than a table can have."""
    import h5py  # type: ignore[import-untyped]  # only this kind of table needs it

    total = 0
    with h5py.File(io.BytesIO(data), "r") as file:
        for array in own_arrays(file):
            total += array.size * max(array.dtype.itemsize, 1)
            total += text_size(array, MOST_BYTES - total)
            if total > MOST_BYTES:
                raise DataError(
                    f"has more than {MOST_BYTES // BYTES_PER_MIB:,} MiB in memory, the most that "
                    "a table may have; keep only what the model uses"
                )


def text_size(array: Any, room: int) -> int:
    """Return how many characters of text an array has, counted until there are over `room`."""
    import h5py

    if h5py.check_string_dtype(array.dtype) is None or array.dtype.kind != "O":
        return 0
    total = 0
    for start in range(0, array.shape[0] if array.ndim else 0, ROWS_AT_ONCE):
        total += sum(len(one) for one in array[start : start + ROWS_AT_ONCE].ravel())
        if total > room:
            break
    return total


def arrays_of(data: bytes) -> dict[str, NDArray[Any]]:
    """Return the arrays, decoded as netCDF's conventions say, but for times."""
    import xarray as xr  # it takes a second, and only this kind of table needs it

    with xr.open_dataset(
        io.BytesIO(data), engine="h5netcdf", decode_times=False, decode_timedelta=False
    ) as found:
        return {str(name): np.asarray(array.values) for name, array in found.variables.items()}
