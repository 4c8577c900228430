"""What an HDF5 file of anybody's keeps in itself."""

from collections.abc import Iterator
from typing import Any

__all__ = ["own_arrays"]


def own_arrays(group: Any, name: str = "") -> Iterator[Any]:
    """Yield the arrays of a group, each of which lies in the file itself.

    Parameters
    ----------
    name : str
        Of the group, for messages.

    Raises
    ------
    ValueError
        If a member is a link, is no array, or has its data in another file.
    """
    import h5py  # type: ignore[import-untyped]  # whoever has a group has imported it

    for key in group:
        place = f"{name}/{key}" if name else key
        if not isinstance(group.get(key, getlink=True), h5py.HardLink):
            raise ValueError(f"{place} is a link")
        dataset = group[key]
        if not isinstance(dataset, h5py.Dataset):
            raise ValueError(f"{place} is no array")
        if dataset.external is not None or dataset.is_virtual:
            raise ValueError(f"{place} lies in another file")
        yield dataset
