"""Whether the forms of a model share one posterior, checked before anything is sampled."""

from collections.abc import Sequence

from hierbench.dataset import Dataset
from hierbench.models.contract import Model
from hierbench.models.rivals.finding import CHECKS, Finding

__all__ = ["CHECKS", "Finding", "check_rivals"]


def check_rivals(
    model: Model, dataset: Dataset, forms: Sequence[str], *, quick: bool = False, seed: int = 1
) -> tuple[Finding, ...]:
    """Return what each check of `CHECKS` finds for each form; imports PyMC.

    Each form is compared with the first form of its variant that integrates nothing out. Forms of
    different variants are not compared.

    Parameters
    ----------
    model : Model
        Shipped, installed, or in a file of the user's.
    dataset : Dataset
        What the forms are built on.
    forms : sequence of str
        Names of the forms to check.
    quick : bool
        Fewer draws for the checks that need draws; the others are exact either way.
    seed : int
        Of all random draws.

    Returns
    -------
    tuple of Finding
        Form by form, each in the order of `CHECKS`.
    """
    from hierbench.models.rivals.checking import findings  # it imports PyMC

    return findings(model, dataset, tuple(forms), quick=quick, seed=seed)
