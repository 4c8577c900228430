"""The joint prior of the estimands: exactly where the forms allow it, else by forward draws."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hierbench.models.rivals.chart import Chart, OutOfReachError, flattened
from hierbench.models.rivals.finding import Answer, NotAskedError
from hierbench.models.rivals.forward import Forward
from hierbench.models.rivals.points import points_of
from hierbench.models.rivals.setting import SCALES, Built
from hierbench.models.rivals.statistics import LEVEL, two_samples, worst
from hierbench.records import Arrays

__all__ = ["prior_compared"]

type Floats = NDArray[np.float64]

TOLERANCE = 1e-7
CONTRASTS = 20
MORE = 4
"""Two samples need more draws than a mean does."""


def prior_compared(first: Built, second: Built, ways: tuple[Forward, Forward]) -> Answer:
    """Return whether the estimands that both forms have share one joint prior."""
    names = tuple(name for name in first.estimands if name in second.estimands)
    if not names:
        raise NotAskedError(f"{second.name} has no estimand as a variable")
    source = ways[0] if not first.undrawable or second.undrawable else ways[1]
    gap = exact_gap(first, second, source, names)
    if gap is None:
        return by_draws(first, second, ways, names)
    if gap[0] <= gap[1]:
        text = f"the log prior density is that of {first.name} to {gap[0]:.1g}"
        return True, f"{second.name}: {text} at {len(SCALES)} prior scales"
    where = first_culprit(first, second, source, names)
    return False, (
        f"{second.name}: the joint prior of {where} is not that of {first.name}: log densities "
        f"over the estimands differ by up to {gap[0]:.3g} between points"
    )


def exact_gap(
    first: Built, second: Built, source: Forward, names: Sequence[str]
) -> tuple[float, float] | None:
    """Return by how much two log prior densities differ between points, and what rounding allows.

    None where the densities are not over the same surface, or a point of the one form has no
    counterpart in the other: then draws must tell.
    """
    here, there = Chart(first, names), Chart(second, names)
    if source.built is second:
        here, there = there, here
    if here.size != there.size or not (here.closed and there.closed):
        return None
    if not (here.full_rank() and there.full_rank()):
        return None
    try:
        found = [gap_at(here, there, source, scale) for scale in SCALES]
    except OutOfReachError:
        return None
    return max(found, key=lambda one: one[0] / one[1])


def gap_at(here: Chart, there: Chart, source: Forward, scale: float) -> tuple[float, float]:
    """Return the gap and what is allowed at one prior scale."""
    setting = source.built.setting
    prior = setting.prior(scale)
    points = points_of(source.built, source, prior)
    here.built.at(prior)
    there.built.at(prior)
    rng = setting.rng("rounding", there.built.name)
    differences, noise, sizes = [], [], []
    for parts, _ in points:
        point = flattened(here.values, parts)
        wanted = here.estimands(point)
        one = here.log_density(point)
        found = there.point(wanted, there.guess(parts, wanted))
        two = there.log_density(found)
        if not (np.isfinite(one) and np.isfinite(two)):
            raise OutOfReachError
        nearby = wanted * (1.0 + 1e-12 * rng.uniform(-1, 1, wanted.shape))
        again = there.log_density(there.point(nearby, found))
        differences.append(two - one)
        noise.append(abs(again - two))
        sizes.append(abs(one) + abs(two) + len(wanted))
    allowed = TOLERANCE * (1.0 + max(sizes)) + 100.0 * max(noise)
    return float(np.ptp(differences)), allowed


def first_culprit(first: Built, second: Built, source: Forward, names: Sequence[str]) -> str:
    """Return the smallest set of estimands whose priors differ, in words.

    The estimands are added one by one, those that are made of few free variables first.
    """
    order = sorted(names, key=lambda name: len(first.free_ancestors([first.model[name]])))
    for count in range(1, len(order) + 1):
        gap = exact_gap(first, second, source, order[:count])
        if gap is not None and gap[0] > gap[1]:
            before = f" given {', '.join(order[: count - 1])}" if count > 1 else ""
            return f"{order[count - 1]}{before}"
    return ", ".join(names)


def by_draws(
    first: Built, second: Built, ways: tuple[Forward, Forward], names: Sequence[str]
) -> Answer:
    """Return whether forward draws of two forms have one distribution."""
    for built in (first, second):
        if built.undrawable:
            return False, (
                f"{built.name}: {built.undrawable}, and here draws are needed: use a proper prior, "
                "such as pm.Normal with a large scale"
            )
    setting = first.setting
    count = MORE * setting.draws
    for scale in SCALES:
        one, two = (
            way.prior(setting.prior(scale), count, setting.rng("prior", way.built.name, f"{scale}"))
            for way in ways
        )
        p_values = tested(one.estimands, two.estimands, names, setting.rng("contrasts"))
        name, p_value = worst(p_values)
        if p_value < LEVEL / len(SCALES):
            return False, (
                f"{second.name}: the prior of {name} is not that of {first.name}: draws differ, "
                f"{count} of each, p = {p_value:.1g} after Holm"
            )
    return True, f"{second.name}: {count} prior draws of every estimand agree with {first.name}'s"


def tested(
    first: Arrays, second: Arrays, names: Sequence[str], rng: np.random.Generator
) -> dict[str, Floats]:
    """Return p values by estimand, and of all estimands together."""

    def flat(draws: Arrays, name: str) -> Floats:
        found = np.asarray(draws[name], dtype=np.float64)
        return found.reshape(len(found), -1)

    found = {
        name: two_samples(flat(first, name), flat(second, name), rng, CONTRASTS) for name in names
    }
    if len(names) > 1:
        one, two = (
            np.concatenate([flat(one, name) for name in names], axis=1) for one in (first, second)
        )
        found[f"{', '.join(names)} together"] = two_samples(one, two, rng, CONTRASTS)
        # Effects about their hyperparameters: a dropped mean leaves both margins alone.
        for name in names:
            for other in names:
                small = [flat(one, other) for one in (first, second)]
                if other == name or small[0].shape[1] > 1:
                    continue
                here, there = flat(first, name) - small[0], flat(second, name) - small[1]
                found[f"{name} about {other}"] = two_samples(here, there, rng, 1)
    return found
