"""Draws out of a posterior.nc that is not trusted: bounded, whole, and nothing but its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]

from hierbench.datatree import read_groups
from hierbench.errors import StoreError
from hierbench.provenance import printable
from hierbench.records import Arrays

__all__ = ["read_draws"]

GROUPS = ("posterior", "sample_stats")
MAX_BYTES = 2**32
KINDS = "biuf"


def read_draws(path: Path, run_id: str) -> tuple[Arrays, Arrays]:
    """Return the posterior and the sample statistics of a netCDF file.

    Raises
    ------
    StoreError
        If the file cannot be read as such, or is not what hierbench writes.
    """
    try:
        refuse_foreign(path)
        posterior, sample_stats = read_groups(path, GROUPS)
        refuse_shapes(posterior)
    except Exception as err:  # whatever a damaged file makes its readers raise
        first = (str(err).strip() or type(err).__name__).splitlines()[0]
        raise StoreError(
            f"{run_id}: its {path.name} is altered or damaged ({printable(first)}); the run "
            "cannot be reproduced"
        ) from err
    return posterior, sample_stats


def refuse_foreign(path: Path) -> None:
    """Raise ValueError for links, data kept elsewhere, or more bytes than a fit can have.

    A sparse or compressed array is small on disk whatever it holds; here its size in memory
    counts.
    """
    total = 0
    with h5py.File(path, "r") as file:
        for name in GROUPS:
            for dataset in datasets(file, name):
                total += dataset.size * max(dataset.dtype.itemsize, 1)
                if total > MAX_BYTES:
                    raise ValueError(f"{name} has over {MAX_BYTES >> 20} MiB")


def datasets(file: Any, name: str) -> Iterator[Any]:
    """Yield the arrays of a group, each of which lies in the file itself."""
    if not isinstance(file.get(name, getlink=True), h5py.HardLink):
        raise ValueError(f"{name} is no group of the file itself")
    group = file[name]
    for key in group:
        if not isinstance(group.get(key, getlink=True), h5py.HardLink):
            raise ValueError(f"{name}/{key} is a link")
        dataset = group[key]
        if not isinstance(dataset, h5py.Dataset):
            raise ValueError(f"{name}/{key} is no array")
        if dataset.external is not None or dataset.is_virtual:
            raise ValueError(f"{name}/{key} lies in another file")
        yield dataset


def refuse_shapes(posterior: Arrays) -> None:
    """Raise ValueError unless all variables are numbers of the same chains and draws."""
    if not posterior:
        raise ValueError("no posterior variables")
    for name, value in posterior.items():
        if value.ndim not in (2, 3) or value.dtype.kind not in KINDS:
            raise ValueError(f"{name} is {value.dtype}, {value.ndim} dims")
    if len({value.shape[:2] for value in posterior.values()}) > 1:
        raise ValueError("variables of different chains and draws")
