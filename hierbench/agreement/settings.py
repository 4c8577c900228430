"""Whether all settings that share a posterior agree on it: a wrong one is found, and named."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hierbench.agreement.engine import Figures, Shift, in_errors, words
from hierbench.agreement.pooled import Side, pool
from hierbench.family import bonferroni

__all__ = ["FAMILY_WISE_LEVEL", "Agreement", "Rival", "Standing", "agreement_of", "sentence"]

type Floats = NDArray[np.float64]

FAMILY_WISE_LEVEL = 0.01
"""Chance that any of the settings compared is called different though all are right."""

LEAST_ERROR = 1e-6
"""In posterior sds: no draws tell more, and an estimand that never moved has no error at all."""

SAME = 0.01
"""In standard errors: settings closer than this in everything have the same draws."""

TINY = 1e-100  # its square has an inverse
NAMED = 3


@dataclass(frozen=True)
class Rival:
    """A setting, and the tables of parameters of those of its cells that passed the gate."""

    posterior: str
    name: str
    tables: Side


@dataclass(frozen=True)
class Standing:
    """How one setting stands to the others of its posterior.

    Attributes
    ----------
    others : int
        Settings that it was compared with; 0: none, and `shift` is None.
    shift : Shift or None
        Where it is furthest from them, differing or not.
    """

    posterior: str
    name: str
    others: int = 0
    shift: Shift | None = None

    @property
    def differs(self) -> bool:
        """Whether some mean or sd lies beyond the bound."""
        return self.shift is not None and self.shift.beyond > 0


@dataclass(frozen=True)
class Agreement:
    """How settings stand to each other, in the order in which they were given.

    Attributes
    ----------
    level : float
        Family-wise error rate over all means and sds of all settings compared.
    bound : float
        The absolute z that it allows.
    """

    standings: tuple[Standing, ...]
    level: float
    bound: float

    @property
    def differing(self) -> tuple[Standing, ...]:
        """The settings that differ from the others of their posterior."""
        return tuple(standing for standing in self.standings if standing.differs)


@dataclass(frozen=True)
class Stack:
    """Settings of one posterior, their estimands in one order.

    Attributes
    ----------
    values, errors : ndarray
        Dims (setting, 2, parameter): mean and sd, and their Monte Carlo errors.
    sd : ndarray
        Dims (parameter,): the posterior's, the median over the settings.
    """

    names: list[str]
    values: Floats
    errors: Floats
    sd: Floats

    def copies(self) -> NDArray[np.bool_]:
        """Return which settings have the same draws, dims (setting, setting).

        Two likelihoods of one form with one seed often do, to rounding: they are one witness.
        """
        return np.array(
            [
                (np.abs(self.values - value) <= SAME * np.hypot(self.errors, error)).all((1, 2))
                for value, error in zip(self.values, self.errors, strict=True)
            ]
        )

    def shifts(
        self, inside: NDArray[np.bool_], copies: NDArray[np.bool_], bound: float
    ) -> list[Shift]:
        """Return where each setting is furthest from the others `inside`; without any, nonsense.

        From their mean, weighted by precision; copies share one weight, and a setting is held to
        its own copies only where there are no others.
        """
        others = inside & ~copies
        lonely = ~others.any(axis=1)
        others[lonely] = inside & ~np.eye(len(inside), dtype=bool)[lonely]
        shared = (copies & inside).sum(axis=1).clip(1)
        weights = 1.0 / self.errors**2 / shared[:, None, None]
        centre = np.median(self.values, axis=0)

        def total(of: Floats) -> Floats:
            return (others.astype(np.float64) @ of.reshape(len(of), -1)).reshape(of.shape)

        with np.errstate(divide="ignore", invalid="ignore"):
            mean = centre + total(weights * (self.values - centre)) / total(weights)
            errors = np.sqrt(self.errors**2 + 1.0 / total(weights))
        return [
            in_errors(self.names, *pair, self.sd, bound).furthest()
            for pair in zip(self.values - mean, errors, strict=True)
        ]


def agreement_of(
    rivals: Sequence[Rival],
    *,
    level: float = FAMILY_WISE_LEVEL,
    wrong: Collection[int] = (),
) -> Agreement:
    """Compare every setting with all others of its posterior, estimand by estimand.

    z = (own - others) / sqrt(MCSE_own^2 + 1 / sum_k(1 / MCSE_k^2)), where k goes over the other
    settings. `own` is the mean (or the sd) of an estimand over the setting's draws, all its cells
    together (their seeds are independent); `others` is the average of the other settings',
    weighted by 1 / MCSE_k^2. The bound is corrected by Bonferroni for all means and sds of all
    settings.

    If a |z| is larger than the bound, the setting with the largest |z| is taken out and the rest
    is compared again. The reason: if one setting is wrong, its expected |z| is at least as large
    as that of any right one, whatever their precisions. If only two are left and differ, nothing
    says which is wrong, so that both are said to differ.

    Parameters
    ----------
    rivals : sequence of Rival
        Settings of any posteriors.
    level : float
        Family-wise error rate, in (0, 1).
    wrong : collection of int
        Positions in `rivals` of settings that another check has found wrong. They are compared
        with the others, and no other is compared with them.

    Returns
    -------
    Agreement
        How each of `rivals` stands, in their order.
    """
    posteriors: dict[str, list[int]] = {}
    for place, rival in enumerate(rivals):
        posteriors.setdefault(rival.posterior, []).append(place)
    stacks = {name: stacked(places, rivals) for name, places in posteriors.items()}
    tests = sum(stack.values.size for places, stack in stacks.values() if len(places) > 1)
    bound = bonferroni(level, tests)
    found = {
        place: Standing(rivals[place].posterior, rivals[place].name, others, shift)
        for places, stack in stacks.values()
        if len(places) > 1
        for place, others, shift in standings(places, stack, bound, set(wrong))
    }
    every = [found.get(i, Standing(rival.posterior, rival.name)) for i, rival in enumerate(rivals)]
    return Agreement(tuple(every), level, bound)


def stacked(places: Sequence[int], rivals: Sequence[Rival]) -> tuple[list[int], Stack]:
    """Return the settings that can be compared, and their figures with one order of estimands.

    A setting without cells, with other estimands than the first, or with figures that are not
    finite cannot.
    """
    pooled = {place: pool(rivals[place].tables) for place in places if len(rivals[place].tables)}
    names = sorted(next(iter(pooled.values())).names) if pooled else []
    kept = {p: of for p, of in pooled.items() if sorted(of.names) == names and is_finite(of)}
    order = {place: np.argsort(np.array(of.names)) for place, of in kept.items()}

    shape = (len(kept), 2, len(names))
    values = np.array([of.values[:, order[p]] for p, of in kept.items()]).reshape(shape)
    errors = np.array([of.errors[:, order[p]] for p, of in kept.items()]).reshape(shape)
    sd = np.median(values[:, 1], axis=0) if kept else np.zeros(0)
    return list(kept), Stack(names, values, np.maximum(errors, LEAST_ERROR * sd + TINY), sd)


def is_finite(of: Figures) -> bool:
    """Return whether every figure is a number."""
    return bool(np.isfinite([of.values, of.errors]).all())


def standings(
    places: Sequence[int], stack: Stack, bound: float, wrong: Collection[int]
) -> Iterator[tuple[int, int, Shift | None]]:
    """Yield the place of each setting, how many it was compared with, and where it is furthest."""
    inside = np.array([place not in wrong for place in places], dtype=bool)
    copies = stack.copies()
    while inside.sum() > 1:
        shifts = stack.shifts(inside, copies, bound)
        worst = max(np.flatnonzero(inside), key=lambda i: abs(shifts[i].z))
        if not shifts[worst].beyond:
            break
        # Copies go together, and where one witness is left, nothing says which is right.
        inside = inside & ~copies[worst]
        if copies[inside][:, inside].all():
            inside[:] = False
    among = inside if inside.any() else np.ones_like(inside)
    shifts = stack.shifts(among, copies, bound)
    for i, place in enumerate(places):
        count = int(among.sum()) - int(among[i])
        yield place, count, shifts[i] if count else None


def sentence(found: Agreement) -> str:
    """Return in one sentence whether all settings that share a posterior agree, or which do not."""
    compared = [standing for standing in found.standings if standing.others]
    posteriors = len({standing.posterior for standing in compared})
    rate = f"family-wise error rate {100 * found.level:g} %, |z| up to {found.bound:.1f} allowed"
    if not compared:
        return "Agreement not checked: no two settings of one posterior passed the gate."
    if not found.differing:
        where = "one posterior" if posteriors == 1 else f"{posteriors} posteriors"
        return (
            f"Agreement: the {len(compared)} settings that share {where} and passed the gate "
            f"agree on the mean and sd of every estimand ({rate})."
        )
    named = [
        f"{of.name} on {of.posterior}, where {words(of.shift, 'is off')}"
        for of in found.differing[:NAMED]
        if of.shift
    ]
    more = len(found.differing) - len(named)
    rest = [f"{more} more"] if more else []
    return (
        f"Disagreement: {len(found.differing)} of {len(compared)} settings differ from the others "
        f"of their posterior ({rate}): {'; '.join([*named, *rest])}."
    )
