"""The forms as Stan programs, beside their PyMC models; a test holds their densities equal."""

from pathlib import Path

from hierbench.models.contract import Trait
from hierbench.models.homes.forms import Regression
from hierbench.models.homes.rows import Rows
from hierbench.records import Hyperprior

__all__ = ["FOLDER", "stan_constants", "stan_program"]

FOLDER = Path(__file__).parent / "stan"


def stan_program(form: Regression) -> str | None:
    """Return the Stan program of `form`, rowwise; None where there is none.

    Its data are the values of the model's `pm.Data`, and those of `stan_constants`.
    """
    return (FOLDER / f"{form.name}.stan").read_text() if Trait.STAN in form.traits else None


def stan_constants(dataset: Rows, prior: Hyperprior) -> dict[str, int]:
    """Return the data of a Stan program that are no `pm.Data`: sizes, and the prior's family."""
    return {
        "rows": len(dataset.y),
        "groups": len(dataset.labels),
        "halfnormal": int(prior.family == "halfnormal"),
    }
