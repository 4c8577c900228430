"""Headline figures over all estimands, and over each block of them."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hierbench.diagnostics.convergence import Convergence

__all__ = ["Blocks", "block_metrics", "masks_of", "summarize", "worst_of"]

type Mask = NDArray[np.bool_]
type Blocks = Mapping[str, Sequence[str]]
"""The estimands, by block."""


def masks_of(blocks: Blocks, names: Sequence[str], chosen: Mask) -> dict[str, Mask]:
    """Return which parameters make up each block, dims (parameter,); together the `chosen` ones.

    >>> names, chosen = ["tau", "theta[a]", "z[a]"], np.array([1, 1, 0], dtype=bool)
    >>> list(masks_of({"hyper": ["tau"], "effects": ["theta"], "rest": ["z"]}, names, chosen))
    ['hyper', 'effects']
    """
    variables = np.array([name.partition("[")[0] for name in names])
    every = {block: np.isin(variables, list(of)) & chosen for block, of in blocks.items()}
    return {block: mask for block, mask in every.items() if mask.any()}


def block_metrics(found: Convergence, blocks: Mapping[str, Mask]) -> dict[str, float]:
    """Return the extremes of each block; `ess_min` ranges over mean, square and both tails."""
    smallest = np.minimum(np.minimum(found.ess_mean, found.ess_square), found.ess_tail)
    return {
        f"{name}.{block}": value
        for block, mask in blocks.items()
        for name, value in (
            ("ess_bulk_min", float(found.ess_bulk[mask].min())),
            ("ess_min", float(smallest[mask].min())),
            ("r_hat_max", float(found.r_hat[mask].max())),
        )
    }


def summarize(found: Convergence, chosen: Mask) -> dict[str, float]:
    """Return the extremes over the `chosen` parameters, NaN when one of them is undefined."""
    if not chosen.any():
        nothing = float("nan")
        return dict.fromkeys(
            ("r_hat_max", "ess_bulk_min", "ess_bulk_median", "ess_tail_min", "mcse_over_sd_max"),
            nothing,
        )
    return {
        "r_hat_max": float(found.r_hat[chosen].max()),
        "ess_bulk_min": float(found.ess_bulk[chosen].min()),
        "ess_bulk_median": float(np.median(found.ess_bulk[chosen])),
        "ess_tail_min": float(found.ess_tail[chosen].min()),
        "mcse_over_sd_max": float((found.mcse_mean[chosen] / found.sd[chosen]).max()),
    }


def worst_of(names: Sequence[str], ess_bulk: NDArray[np.float64], chosen: Mask) -> str:
    """Return the `chosen` name with the smallest `ess_bulk`; a NaN is worse than any number."""
    ordered = np.where(np.isnan(ess_bulk), -np.inf, ess_bulk)
    return names[int(np.argmin(np.where(chosen, ordered, np.inf)))]
