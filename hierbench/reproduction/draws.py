"""Draws out of a posterior.nc that is not trusted, or one sentence that says why not."""

from pathlib import Path

from hierbench.datatree import read_untrusted
from hierbench.errors import StoreError
from hierbench.records import Arrays
from hierbench.shown import printable

__all__ = ["read_draws"]


def read_draws(path: Path, run_id: str) -> tuple[Arrays, Arrays]:
    """Return the posterior and the sample statistics of a netCDF file.

    Raises
    ------
    StoreError
        If the file cannot be read as such, or is not what hierbench writes.
    """
    try:
        return read_untrusted(path)
    except Exception as err:  # whatever a damaged file makes its readers raise
        first = (str(err).strip() or type(err).__name__).splitlines()[0]
        raise StoreError(
            f"{run_id}: its {path.name} is altered or damaged ({printable(first)}); the run "
            "cannot be reproduced"
        ) from err
