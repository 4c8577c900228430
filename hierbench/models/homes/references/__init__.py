"""Posteriors known to high precision from elsewhere than NUTS, and the way to them.

A reference is computed once (`python -m tests.benchmarks.references`), shipped as a file and
looked up by what makes a posterior: data, model and hyperprior. Knows no sampler.
"""

from functools import cache

from hierbench.models.homes.references.files import Shipped, folder, read
from hierbench.models.homes.rows import Rows
from hierbench.records import Hyperprior, Reference

__all__ = ["reference_of", "shipped"]


def reference_of(dataset: Rows, model: str, prior: Hyperprior) -> Reference | None:
    """Return the shipped reference of a posterior; None where there is none.

    `prior` is with `prior.scale` multiplied in. Only equal arrays and labels are the same data.

    Raises
    ------
    DataError
        A shipped file is damaged.
    """
    found = (known.reference for known in shipped() if known.is_of(dataset, model, prior))
    return next(found, None)


@cache
def shipped() -> tuple[Shipped, ...]:
    """Return every shipped reference posterior; the files are read once in a process."""
    return tuple(read(path) for path in sorted(folder().glob("*.json")))
