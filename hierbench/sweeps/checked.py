"""Whether the forms of users' models are rivals, asked before the first fit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING

from rich.console import Console

from hierbench.cell import PlannedCell
from hierbench.config.compose import compose_cell, composer, to_config
from hierbench.dataset import Dataset
from hierbench.errors import NotRivalsError
from hierbench.models import Form, Model, model_of
from hierbench.models.data import load
from hierbench.models.recalled import remember_model
from hierbench.models.registry import has_passed, remember_passed
from hierbench.provenance import code_sha256
from hierbench.sweeps.omitted import with_own

if TYPE_CHECKING:
    from hierbench.models.rivals import Finding

__all__ = ["Report", "check_rivals_of", "check_typed"]


@dataclass(frozen=True)
class Report:
    """What the checks found of one model.

    Attributes
    ----------
    model : str
        Its name.
    forms : tuple of str
        Those that were checked.
    findings : tuple of Finding
        One for each check of each form.
    """

    model: str
    forms: tuple[str, ...]
    findings: "tuple[Finding, ...]"

    @property
    def failed(self) -> "tuple[Finding, ...]":
        """What does not hold."""
        return tuple(one for one in self.findings if one.passed is False)

    @property
    def good(self) -> bool:
        """Whether nothing was found against its forms."""
        return not self.failed


def check_typed(overrides: Sequence[str], *, quick: bool = False) -> Report:
    """Check all forms of the model that overrides name, on the data that they name.

    Raises
    ------
    HierbenchError
        If an override is wrong, or the data cannot be read.
    """
    with composer() as hydra:
        config = to_config(compose_cell(hydra, with_own(overrides)))
    model = model_of(config.model)
    dataset = load(config)
    remember_model(model.source)
    return checked(model, dataset, tuple(model.forms), quick=quick)


def check_rivals_of(
    cells: Sequence[PlannedCell], console: Console, *, everything: bool = False
) -> None:
    """Check the forms among `cells` before the first fit.

    Parameters
    ----------
    everything : bool
        Shipped models too, and with all draws; else users' models alone, quickly, and only where
        this machine has not checked them yet.

    Raises
    ------
    NotRivalsError
        If two forms are not one posterior; it says which, and what differs.
    """
    asked: dict[tuple[str, str], tuple[Model, Dataset, dict[str, Form]]] = {}
    for cell in cells:
        if everything or cell.source is not None:
            key = (cell.config.model, cell.dataset.arrays_sha256)
            asked.setdefault(key, (cell.model, cell.dataset, {}))[2][cell.form.name] = cell.form
    for model, dataset, forms in asked.values():
        passed = (has_passed(key_of(model, of)) for of in (forms, model.forms))
        if not everything and any(passed):
            continue
        with console.status(f"checking that the forms of {model.name} are one posterior"):
            fitted = replace(model, forms={**model.forms, **forms})
            report = checked(fitted, dataset, tuple(forms), quick=not everything)
        if not report.good:
            raise NotRivalsError(
                f"model={model.name}: nothing was fitted: "
                f"{'; '.join(one.text for one in report.failed)}; mend the form, or name those "
                "that are meant to differ in VARIANTS"
            )


def checked(model: Model, dataset: Dataset, forms: tuple[str, ...], *, quick: bool) -> Report:
    """Check forms, and remember those of a model in which nothing was found."""
    from hierbench.models.rivals import check_rivals  # it imports PyMC

    report = Report(model.name, forms, check_rivals(model, dataset, forms, quick=quick))
    if report.good:
        remember_passed(key_of(model, forms))
    return report


def key_of(model: Model, forms: Iterable[str]) -> str:
    """Return what a passed check is remembered by: model, forms, and what checked it."""
    versions = (version("pymc"), version("pytensor"), code_sha256())
    return sha256(" ".join((model.source_sha256, *sorted(forms), *versions)).encode()).hexdigest()
