"""Whether COMPLETE draws from the conditional that the whole form implies.

With (hyper, effects, y) drawn forward from the whole form, effects are one draw of their
conditional given (hyper, y). So their rank among draws of COMPLETE given the same hyper and y is
uniform, whatever hyper and y are (Cook, Gelman and Rubin 2006; Talts et al. 2018, "Validating
Bayesian inference algorithms with simulation-based calibration", for a whole posterior).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hierbench.models.rivals.dims import completion
from hierbench.models.rivals.finding import Answer
from hierbench.models.rivals.forward import Drawn
from hierbench.models.rivals.setting import Built
from hierbench.models.rivals.statistics import LEVEL, means, scores, worst

__all__ = ["completed_compared", "summaries"]

type Floats = NDArray[np.float64]

BESIDE = 19
"""Draws of COMPLETE for each draw of the whole form."""

CONTRASTS = 20
MOST = 300
"""Entries of one estimand that are looked at, chosen at random."""


def completed_compared(whole: Built, part: Built, drawn: Drawn) -> Answer:
    """Return whether the completed estimands have the whole form's joint distribution with y."""
    rng = whole.setting.rng("completed", part.name)
    names = [name for name in whole.estimands if name not in part.estimands]
    every = ranked_values(part, drawn, names, rng)
    count = len(next(iter(every.values())))
    weights = summaries(part, drawn)
    p_values = {}
    for name, values in columns(every, rng):
        place = ranks(values, rng)
        spread = place**2 - (1 - 1 / (BESIDE + 1) ** 2) / 12
        pooled = np.stack([place.mean(axis=1), spread.mean(axis=1)], axis=1)
        weighed = (pooled[:, :, None] * weights[:, None, :]).reshape(count, -1)
        found = [means(pooled), means(weighed)]
        if " and " not in name:
            found += [means(place), means(spread)]
        p_values[name] = np.concatenate(found)
    name, p_value = worst(p_values)
    if p_value < LEVEL:
        return False, (
            f"{part.name}: COMPLETE does not draw {name} from its distribution given y in "
            f"{whole.name}: ranks among {BESIDE} draws are not uniform over {count} data sets, "
            f"p = {p_value:.1g} after Holm"
        )
    return True, f"{part.name}: COMPLETE agrees with {whole.name} over {count} data sets"


def ranked_values(
    part: Built, drawn: Drawn, names: list[str], rng: np.random.Generator
) -> dict[str, Floats]:
    """Return the whole form's draw and those of COMPLETE, dims (data set, 1 + BESIDE, entry)."""
    count = len(next(iter(drawn.estimands.values())))
    rows: dict[str, list[Floats]] = {name: [] for name in names}
    kept: dict[str, NDArray[np.int64]] = {}
    for place in range(count):
        hyper = {
            name: np.repeat(drawn.estimands[name][place][None], BESIDE, axis=0)
            for name in part.estimands
        }
        found = completion(part, hyper, drawn.row(place), rng)
        for name in names:
            both = np.concatenate([drawn.estimands[name][place][None], found[name]])
            flat = both.reshape(1 + BESIDE, -1).astype(np.float64)
            size = flat.shape[1]
            if name not in kept:
                kept[name] = np.sort(rng.permutation(size)[:MOST])
            rows[name].append(flat[:, kept[name]])
    return {name: np.array(of) for name, of in rows.items()}


def columns(every: dict[str, Floats], rng: np.random.Generator) -> Iterator[tuple[str, Floats]]:
    """Yield each estimand's entries, then what tells how entries hang together.

    Entries are standardised over all draws of one data set, which treats them alike.
    """
    standard = {}
    for name, values in every.items():
        yield name, values
        spread = values.std(axis=1, keepdims=True)
        middle = values.mean(axis=1, keepdims=True)
        standard[name] = (values - middle) / np.where(spread > 0, spread, 1.0)
    for name, values in standard.items():
        size = values.shape[2]
        if size > 1:
            last = np.roll(values, 1, axis=2)
            yield f"{name} and its neighbours", values + last
            yield f"{name} and its neighbours' differences", values - last
            yield f"{name} and its mean", values.mean(axis=2, keepdims=True)
            signs = rng.choice((-1.0, 1.0), size=(size, CONTRASTS))
            yield f"{name} and its contrasts", values @ signs
    names = list(standard)
    for place, name in enumerate(names):
        for other in names[place + 1 :]:
            one, two = standard[name], standard[other]
            if one.shape == two.shape or 1 in (one.shape[2], two.shape[2]):
                yield f"{name} and {other}", one + two
                yield f"{name} and {other}'s differences", one - two


def ranks(values: Floats, rng: np.random.Generator) -> Floats:
    """Return the place of the first draw among all, from -1/2 to 1/2; ties are broken at random."""
    first, others = values[:, :1], values[:, 1:]
    below = (others < first).sum(axis=1)
    ties = (others == first).sum(axis=1)
    found = below + rng.integers(0, ties + 1)
    place: Floats = (found + 0.5) / values.shape[1] - 0.5
    return place


def summaries(part: Built, drawn: Drawn) -> Floats:
    """Return scores of what a data set was drawn with and of its observed values, one a column."""
    count = len(next(iter(drawn.estimands.values())))
    found = []
    for name in part.estimands:
        flat = np.asarray(drawn.estimands[name], dtype=np.float64).reshape(count, -1)
        found += [flat.mean(axis=1)] if flat.shape[1] > 1 else [flat[:, 0]]
    for of in drawn.observed.values():
        flat = np.asarray(of, dtype=np.float64).reshape(count, -1)
        found += [flat.mean(axis=1), flat.std(axis=1)]
    return scores(np.stack(found, axis=1))
