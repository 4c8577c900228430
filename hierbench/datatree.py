"""One fit as an xarray DataTree, and its file; knows xarray and no sampler."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from hierbench.dataset import Dataset
from hierbench.disk import write_whole
from hierbench.hdf5 import own_arrays
from hierbench.records import Arrays, Axes, Fit

__all__ = [
    "Labels",
    "Predictive",
    "assemble",
    "axes_of",
    "kept_draws",
    "read_groups",
    "read_tree",
    "read_untrusted",
    "write",
]

BYTES_PER_MIB = 2**20
FIT = ("posterior", "sample_stats")
MAX_BYTES = 2**32
KINDS = "biuf"
MOST_DIMS = 12
OBSERVED = "y"
"""What the observed values are called in every file."""

PACKED = {"zlib": True, "complevel": 1, "shuffle": True}


@dataclass(frozen=True)
class Labels:
    """Names of the dims behind (chain, draw), and the coordinates that go with them.

    Attributes
    ----------
    axes : Axes
        Of the variables.
    row_dim : str
        The dim of the observed values.
    rows : int
        How many there are.
    """

    axes: Axes
    row_dim: str
    rows: int

    def of(self, name: str, value: NDArray[Any]) -> tuple[str, ...]:
        """Return the dims of a variable's draws; a dim that nobody named is numbered."""
        known = (self.row_dim,) if name == OBSERVED else self.axes.dims.get(name, ())
        behind = known if len(known) == value.ndim - 2 else numbered(name, value)
        return ("chain", "draw", *behind)

    def coordinates(self, sizes: Mapping[str, int]) -> dict[str, NDArray[np.generic]]:
        """Return the coordinate of every dim, by its size: its labels, else numbers."""
        found: dict[str, NDArray[np.generic]] = {}
        for dim, size in sizes.items():
            labels = self.axes.coords.get(dim)
            found[dim] = np.arange(size) if labels is None else np.asarray(labels, dtype=object)
        return found


def numbered(name: str, value: NDArray[Any]) -> tuple[str, ...]:
    """Return names for the dims of one draw that has none, as ArviZ gives them."""
    return tuple(f"{name}_dim_{place}" for place in range(value.ndim - 2))


@dataclass(frozen=True)
class Predictive:
    """Draws beside the posterior.

    Attributes
    ----------
    prior : mapping of str to ndarray
        Estimands from the prior, each (draw, *dims).
    prior_predictive : ndarray
        Dims (draw, obs), float32.
    posterior_predictive : ndarray
        Dims (chain, draw, obs), float32.
    log_likelihood : ndarray or None
        Dims (chain, draw, obs).
    attrs : mapping
        How many draws were asked for and kept, and under which cap.
    """

    prior: Arrays
    prior_predictive: NDArray[np.float32]
    posterior_predictive: NDArray[np.float32]
    log_likelihood: NDArray[np.float64] | None
    attrs: Mapping[str, str | int | float]


def kept_draws(asked: int, observations: int, max_mib: float) -> int:
    """Return how many float32 predictions of `observations` rows fit in `max_mib`, at least 1.

    >>> kept_draws(100, 8_000, 16.0), kept_draws(100, 1_000_000, 16.0)
    (100, 4)
    """
    return max(1, min(asked, int(max_mib * BYTES_PER_MIB / (4 * observations))))


def assemble(
    fit: Fit,
    dataset: Dataset,
    labels: Labels,
    *,
    predictive: Predictive | None,
    drop: Iterable[str] = (),
    warmup: bool = False,
    attrs: Mapping[str, str | int | float] | None = None,
) -> xr.DataTree:
    """Return every group of one fit, with named dims and their own labels.

    `drop` names variables that are left out; `warmup` adds the warm-up's groups.
    """
    left_out = set(drop)
    posterior = {name: value for name, value in fit.posterior.items() if name not in left_out}
    groups = {
        "posterior": _group(posterior, labels),
        "sample_stats": _group(fit.sample_stats, labels),
    }
    if predictive is not None:
        groups |= _predictive_groups(predictive, dataset, labels)
    if warmup:
        kept = {name: v for name, v in fit.warmup_posterior.items() if name not in left_out}
        groups["warmup_posterior"] = _group(kept, labels)
        groups["warmup_sample_stats"] = _group(fit.warmup_sample_stats, labels)
    return xr.DataTree.from_dict({"/": xr.Dataset(attrs=dict(attrs or {})), **groups})


def write(tree: xr.DataTree, path: Path) -> None:
    """Write `tree` as netCDF-4, whole or not at all.

    It is made in memory: HDF5 crashes the process when it writes to a disk that is full.

    Integers along the rows are compressed: the numbers of a million rows, once for each group
    of the file that has rows, would be 32 MB and are 0.5.
    """
    encoding = {
        node.path: {name: PACKED for name in ("obs", "group_index") if name in node.variables}
        for node in tree.subtree
    }
    content: Any = tree.to_netcdf(engine="h5netcdf", encoding=encoding)
    write_whole(path, content)


def read_groups(path: Path, names: Iterable[str]) -> tuple[Arrays, ...]:
    """Return the arrays of each group of a netCDF file, in memory, the file closed.

    Raises
    ------
    OSError
        If the file is no netCDF-4.
    KeyError, ValueError
        If a group is missing or is none.
    """
    found = []
    for name in names:
        with xr.open_dataset(path, group=name, engine="h5netcdf") as group:
            arrays = {str(key): np.asarray(value.values) for key, value in group.data_vars.items()}
        found.append(arrays)
    return tuple(found)


def read_untrusted(path: Path) -> tuple[Arrays, Arrays]:
    """Return posterior and sample statistics of a file of anybody's: bounded, whole, its own.

    Raises
    ------
    Exception
        Whatever a damaged file makes its readers raise; ValueError where it is not what `write`
        writes.
    """
    _refuse_foreign(path)
    posterior, sample_stats = read_groups(path, FIT)
    _refuse_shapes(posterior)
    return posterior, sample_stats


def read_tree(path: Path) -> xr.DataTree:
    """Return the draws and statistics of a file of anybody's with their coordinates, in memory.

    Raises
    ------
    Exception
        Whatever a damaged file makes its readers raise; ValueError where it is not what `write`
        writes.
    """
    _refuse_foreign(path)
    groups = {
        name: xr.load_dataset(path, group=name, engine="h5netcdf", decode_times=False)
        for name in FIT
    }
    posterior = groups["posterior"].data_vars.items()
    _refuse_shapes({str(name): draws.values for name, draws in posterior})
    return xr.DataTree.from_dict(groups)


def axes_of(path: Path) -> Axes:
    """Return what the entries are called in a file that `read_untrusted` has read."""
    with xr.open_dataset(path, group="posterior", engine="h5netcdf", decode_times=False) as group:
        dims = {str(name): tuple(map(str, of.dims[2:])) for name, of in group.data_vars.items()}
        coords = {str(dim): tuple(map(str, group[dim].values)) for dim in group.coords}
    return Axes(dims, coords)


def _refuse_foreign(path: Path) -> None:
    """Raise ValueError for links, data kept elsewhere, or more bytes than a fit can have.

    A sparse or compressed array is small on disk whatever it holds; here its size in memory
    counts.
    """
    total = 0
    with h5py.File(path, "r") as file:
        for name in FIT:
            if not isinstance(file.get(name, getlink=True), h5py.HardLink):
                raise ValueError(f"{name} is no group of the file itself")
            for dataset in own_arrays(file[name], name):
                total += dataset.size * max(dataset.dtype.itemsize, 1)
                if total > MAX_BYTES:
                    raise ValueError(f"{name} has over {MAX_BYTES >> 20} MiB")


def _refuse_shapes(posterior: Arrays) -> None:
    """Raise ValueError unless all variables are numbers of the same chains and draws."""
    if not posterior:
        raise ValueError("no posterior variables")
    for name, value in posterior.items():
        if not 2 <= value.ndim <= MOST_DIMS or value.dtype.kind not in KINDS:
            raise ValueError(f"{name} is {value.dtype}, {value.ndim} dims")
    if len({value.shape[:2] for value in posterior.values()}) > 1:
        raise ValueError("variables of different chains and draws")


def _predictive_groups(
    predictive: Predictive, dataset: Dataset, labels: Labels
) -> dict[str, xr.Dataset]:
    one_chain = {name: value[None] for name, value in predictive.prior.items()}
    coords = labels.coordinates({labels.row_dim: labels.rows})
    constants = {name: (labels.row_dim, value) for name, value in dataset.constants.items()}
    groups = {
        "prior": _group(one_chain, labels),
        "prior_predictive": _group({OBSERVED: predictive.prior_predictive[None]}, labels),
        "posterior_predictive": _group({OBSERVED: predictive.posterior_predictive}, labels),
        "observed_data": xr.Dataset({OBSERVED: (labels.row_dim, dataset.observed)}, coords=coords),
        "constant_data": xr.Dataset(constants, coords=coords),
    }
    for name in ("prior_predictive", "posterior_predictive"):
        groups[name].attrs.update(predictive.attrs)
    if predictive.log_likelihood is not None:
        groups["log_likelihood"] = _group({OBSERVED: predictive.log_likelihood}, labels)
    return groups


def _group(arrays: Arrays, labels: Labels) -> xr.Dataset:
    dims = {name: labels.of(name, value) for name, value in arrays.items()}
    sizes = {
        dim: size
        for name, value in arrays.items()
        for dim, size in zip(dims[name], value.shape, strict=True)
    }
    order = ("chain", "draw", *sorted(dim for dim in sizes if dim not in ("chain", "draw")))
    return xr.Dataset(
        {name: (dims[name], value) for name, value in arrays.items()},
        coords=labels.coordinates({dim: sizes[dim] for dim in order}),
    )
