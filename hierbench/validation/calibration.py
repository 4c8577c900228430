"""Simulation-based calibration: truths drawn from the prior, ranked among the draws of their fit.

One simulation of one form is one cell of an ordinary sweep (Talts et al. 2018; Modrák et al.
2023). Every cell that finished counts, whether or not it passed the gate: a fit passes more easily
where its truth is easy, so that leaving the others out would itself make the ranks uneven.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hierbench.config.compose import compose_cell, composer, to_config
from hierbench.config.quoting import word
from hierbench.config.schema import ALL_FORMS, Config
from hierbench.errors import ConfigError
from hierbench.family import holm
from hierbench.models import Model
from hierbench.models.contract import Design
from hierbench.models.data import load
from hierbench.sweeps.omitted import with_own
from hierbench.sweeps.plan import SweepPlan, plan_sweep
from hierbench.validation.designs import FAMILY_WISE_LEVEL, NOT_UNIFORM, UNIFORM, expected
from hierbench.validation.uniformity import p_value

__all__ = ["MAX_SIMULATIONS", "Ranks", "Verdict", "judge", "plan_calibration"]

MAX_SIMULATIONS = 10_000
FIXED = ("data", "prior", "seed", "artifacts", "plots")
"""Keys, and groups of keys, that belong to the design."""


@dataclass(frozen=True)
class Ranks:
    """The truths' ranks in the simulations of one form.

    Attributes
    ----------
    names : tuple of str
        Dims (estimand,), such as ``tau`` and ``theta[A]``.
    ranks : ndarray
        Dims (simulation, estimand), int64, each 0 .. draws.
    draws : int
        That each truth was ranked among.
    gate_failed : int
        Simulations whose fit failed the gate; they count like the others.
    missing : int
        Simulations that were planned and have no rank: their cells have not finished.
    """

    names: tuple[str, ...]
    ranks: NDArray[np.int64]
    draws: int
    gate_failed: int = 0
    missing: int = 0


@dataclass(frozen=True)
class Verdict:
    """What the ranks of one form say.

    Attributes
    ----------
    found, expected : str
        UNIFORM or NOT_UNIFORM.
    p_values : mapping of str to float
        By estimand, adjusted for their number: one below FAMILY_WISE_LEVEL is not uniform.
    reason : str
        Why it is expected to fail; empty where it is not.
    """

    form: str
    found: str
    expected: str
    p_values: Mapping[str, float]
    simulations: int
    gate_failed: int
    missing: int
    reason: str

    @property
    def worst(self) -> str:
        """Name of the estimand whose ranks are least uniform."""
        return min(self.p_values, key=lambda name: self.p_values[name], default="-")

    @property
    def good(self) -> bool:
        """Whether the verdict is the one expected, on every simulation planned."""
        return self.found == self.expected and self.missing == 0


def judge(form: str, of: Ranks, design: Design) -> Verdict:
    """Return the verdict on one form, family-wise over its estimands at FAMILY_WISE_LEVEL."""
    single = np.array([p_value(column, of.draws) for column in of.ranks.T])
    adjusted = dict(zip(of.names, holm(single).tolist(), strict=True))
    uneven = any(value <= FAMILY_WISE_LEVEL for value in adjusted.values())
    return Verdict(
        form=form,
        found=NOT_UNIFORM if uneven else UNIFORM,
        expected=expected(design, form),
        p_values=adjusted,
        simulations=len(of.ranks),
        gate_failed=of.gate_failed,
        missing=of.missing,
        reason=design.reasons.get(form, ""),
    )


def plan_calibration(
    model: Model, design: Design, simulations: int, overrides: Sequence[str]
) -> SweepPlan:
    """Plan a cell for each form and simulation of a `design` of `model`.

    Simulation n has ``data.seed=n`` and ``seed=n``. All forms of a model meet the same data.

    Raises
    ------
    ConfigError
        If the number of simulations is out of range, an override changes the design, or asks
        for a form that the design does not have.
    """
    if not 1 <= simulations <= MAX_SIMULATIONS:
        raise ConfigError(
            f"--calibration {simulations}: allowed are 1 to {MAX_SIMULATIONS} simulations; "
            "200 find the faults of docs/calibrating.md"
        )
    forms, others = forms_of(design, overrides)
    asked = [*design.overrides, *others]
    configs = list(cells_of_forms(model, asked, forms, simulations))
    swept = [f"parameterization={','.join(forms)}", f"data.seed=range(1,{simulations + 1})"]
    return plan_sweep(configs, load, [*asked, *swept], "local")


def forms_of(design: Design, overrides: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the forms that are asked for, and the overrides that do not choose them."""
    forms, others = list(design.expected), []
    for text in overrides:
        key, _, value = text.partition("=")
        if key == "model":
            continue
        if key == "parameterization":
            names = value.split(",")
            forms = list(design.expected) if ALL_FORMS in names else names
        elif key.lstrip("+~").partition(".")[0] in FIXED:
            raise ConfigError(
                f"{text}: the design of a calibration fixes it; leave it out, or choose another "
                "--design"
            )
        else:
            others.append(text)
    for form in forms:
        if form not in design.expected:
            raise ConfigError(
                f"parameterization={form}: this design calibrates {', '.join(design.expected)}; "
                "choose among them"
            )
    return forms, others


def typed_name(model: Model) -> str:
    """Return what names a model on a command line: the path of a file of the user's."""
    in_file = model.source is not None and not model.source.package
    return word(model.source.path) if in_file and model.source else model.name


def cells_of_forms(
    model: Model, overrides: Sequence[str], forms: Sequence[str], simulations: int
) -> Iterator[Config]:
    """Give the configuration of every simulation of every form."""
    with composer() as hydra:
        for form in forms:
            of_form = [f"model={typed_name(model)}", f"parameterization={form}"]
            if "model" in model.data["prior_draw"].keys:
                of_form.append(f"data.model={model.forms[form].variant}")
            config = to_config(compose_cell(hydra, with_own([*overrides, *of_form])))
            for number in range(1, simulations + 1):
                yield replace(config, data=replace(config.data, seed=number), seed=number)
