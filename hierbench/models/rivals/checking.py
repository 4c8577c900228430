"""All checks of the forms of a model, in the order in which one may rest on another."""

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from pytensor.configdefaults import config

from hierbench.models.contract import Form, Model
from hierbench.models.rivals.building import built_twice
from hierbench.models.rivals.completed import completed_compared
from hierbench.models.rivals.density import density_compared
from hierbench.models.rivals.dims import completed_dims, same_dims
from hierbench.models.rivals.finding import (
    CHECKS,
    Answer,
    Finding,
    NotAskedError,
    RefusedError,
    asked,
)
from hierbench.models.rivals.forward import Drawn, Forward
from hierbench.models.rivals.given import Given, compared
from hierbench.models.rivals.graph import constants_fixed, free_variables, reaching
from hierbench.models.rivals.points import points_of
from hierbench.models.rivals.prior import prior_compared
from hierbench.models.rivals.setting import SCALES, Built, Setting
from hierbench.models.rivals.start import scales_reach, starting

__all__ = ["findings"]

DRAWS, QUICK_DRAWS = 1_000, 250


def findings(
    model: Model, dataset: Any, forms: tuple[str, ...], *, quick: bool, seed: int
) -> tuple[Finding, ...]:
    """Return what `check_rivals` does."""
    abilities = model.load()
    draws = QUICK_DRAWS if quick else DRAWS
    found: list[Finding] = []
    # PyTensor would compile C for what lies inside an OpFromGraph, for each Op a second.
    with warnings.catch_warnings(), np.errstate(all="ignore"), config.change_flags(cxx=""):
        warnings.simplefilter("ignore")
        for variant in dict.fromkeys(model.forms[form].variant for form in forms):
            setting = Setting(model, abilities, dataset, variant, draws, seed)
            asked_for = [form for form in forms if model.forms[form].variant == variant]
            found += of_variant(setting, asked_for)
    order = list(forms)
    return tuple(sorted(found, key=lambda one: order.index(one.form)))


def of_variant(setting: Setting, forms: list[str]) -> list[Finding]:
    """Return what is found of the forms of one variant."""
    every = [form for form in setting.model.forms.values() if form.variant == setting.variant]
    first = next((form for form in every if not form.integrated), None)
    reference = None if first is None else Checked(setting, first)
    found: list[Finding] = []
    for name in forms:
        if reference is not None and first is not None and name == first.name:
            found += reference.findings(None)
        else:
            found += Checked(setting, setting.model.forms[name]).findings(reference)
    return found


class Checked:
    """One form and what was found of it so far.

    Parameters
    ----------
    setting : Setting
        What the forms of a variant have in common.
    form : Form
        The record of the form.
    """

    def __init__(self, setting: Setting, form: Form) -> None:
        self.setting, self.form = setting, form
        self.built: Built | None = None
        self.builds = asked(form.name, "builds", self._build)
        self.free = asked(form.name, "free", lambda: free_variables(self.ready()))
        self._drawn: Drawn | None = None

    def _build(self) -> Answer:
        self.built, answer = built_twice(self.setting, self.form)
        self.forward, self.given = Forward(self.built), Given(self.built)
        return answer

    def ready(self) -> Built:
        """Return the form as it was built; raises NotAskedError where it could not be."""
        if self.built is None:
            raise NotAskedError(f"{self.form.name} cannot be built")
        return self.built

    def usable(self) -> Built:
        """Return the form if its free variables are such that it can be looked at further."""
        built = self.ready()
        if self.free.passed is False:
            raise NotAskedError(f"left out: {self.free.text}")
        return built

    def drawn(self) -> Drawn:
        """Return joint draws of the form, made once."""
        built = self.usable()
        if built.undrawable:
            raise RefusedError(
                f"{built.undrawable}; here draws are needed: use a proper prior, such as pm.Normal "
                "with a large scale"
            )
        if self._drawn is None:
            setting = self.setting
            rng = setting.rng("joint", self.form.name)
            self._drawn = self.forward.joint(setting.prior(), setting.draws, rng)
            built.at(setting.prior())
        return self._drawn

    def findings(self, other: "Checked | None") -> Iterator[Finding]:
        """Yield what every check finds; `other` is the form that this one is compared with."""
        name = self.form.name
        answers = {
            "reach": lambda: reaching(self.usable()),
            "start": lambda: starting(self.usable(), self.forward),
            "constants": lambda: constants_fixed(self.usable()),
            "dims": lambda: self._dims(other),
            "scale": lambda: self._scale(),
            "likelihood": lambda: self._likelihood(other),
            "prior": lambda: self._prior(other),
            "completed": lambda: self._completed(other),
            "density": lambda: self._density(other),
        }
        yield self.builds
        yield self.free
        for check in CHECKS:
            if check in answers:
                yield asked(name, check, answers[check])

    def _estimands(self, other: "Checked | None") -> tuple[str, ...]:
        """Return those that the form must have: with several variants, its own may lack some."""
        model = self.setting.model
        if len({form.variant for form in model.forms.values()}) == 1:
            return model.estimands
        source = self.ready() if other is None else other.ready()
        return source.estimands

    def _dims(self, other: "Checked | None") -> Answer:
        built = self.usable()
        reference = None if other is None else other.usable()
        answer = same_dims(built, reference, self._estimands(other))
        if answer[0] and built.form.integrated and other is not None:
            return completed_dims(built, other.usable(), other.drawn())
        return answer

    def _scale(self) -> Answer:
        return scales_reach(self.usable(), self.forward, self.given)

    def _with(self, other: "Checked | None", integrated: bool) -> "Checked":
        """Return the form to compare with; raises NotAskedError where there is none to compare."""
        self.usable()
        if integrated and not self.form.integrated:
            raise NotAskedError(f"{self.form.name} integrates nothing out")
        if other is None and self.form.integrated:
            raise NotAskedError(
                f"no form of {self.setting.variant} has all estimands: there is nothing to "
                f"compare {self.form.name} with"
            )
        if other is None:
            raise NotAskedError(f"the other forms are compared with {self.form.name}")
        other.usable()
        return other

    def _likelihood(self, other: "Checked | None") -> Answer:
        built = self.usable()
        if built.form.integrated:
            raise NotAskedError(f"{self.form.name} integrates estimands out: see density")
        if other is None:
            if self.given.left:
                return compared(self.given, self.given, [])
            return True, f"{self.form.name}: y depends on the estimands alone"
        reference = self._with(other, False)
        first = reference.usable()
        source = reference if not first.undrawable or built.undrawable else self
        at = []
        for scale in SCALES:
            prior = self.setting.prior(scale)
            points = points_of(source.usable(), source.forward, prior)
            at += [(prior, estimands) for _, estimands in points]
        missing = [name for name in first.estimands if name not in built.estimands]
        if missing:
            raise NotAskedError(f"{self.form.name} has no {', '.join(missing)}: see dims")
        return compared(reference.given, self.given, at)

    def _prior(self, other: "Checked | None") -> Answer:
        reference = self._with(other, False)
        ways = (reference.forward, self.forward)
        return prior_compared(reference.usable(), self.usable(), ways)

    def _completed(self, other: "Checked | None") -> Answer:
        reference = self._with(other, True)
        return completed_compared(reference.usable(), self.usable(), reference.drawn())

    def _density(self, other: "Checked | None") -> Answer:
        reference = self._with(other, True)
        answer = density_compared(reference.usable(), self.usable(), reference.drawn())
        reference.usable().at(self.setting.prior())
        return answer
