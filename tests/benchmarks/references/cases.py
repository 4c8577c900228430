"""The posteriors that ship with a reference."""

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Case", "cases"]


@dataclass(frozen=True)
class Case:
    """A posterior that has a reference: a name, data and prior, and a model."""

    name: str
    model: str
    overrides: tuple[str, ...]


def cases() -> Iterator[Case]:
    """Yield every posterior that ships with a reference."""
    small = ("data=berlin_like", "data.rows=500", "data.groups=30")
    tables = {
        "sacramento": ("data=sacramento",),
        "ames": ("data=ames",),
        "berlin_like": ("data=berlin_like",),
        "berlin_like_small": small,
    }
    for model in ("independent", "correlated"):
        for name, overrides in tables.items():
            for scale in ("1", "0.5", "2", "4") if name == "sacramento" else ("1",):
                prior = ("prior=notebook", f"prior.scale={scale}")
                yield Case(f"{name}-{model}-notebook-{scale}", model, overrides + prior)
        radon = ("data=radon", "prior=halfnormal", "prior.scale=1")
        yield Case(f"radon-{model}-halfnormal-1", model, radon)
