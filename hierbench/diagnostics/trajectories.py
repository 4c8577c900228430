"""What a sampler's own statistics say of its trajectories; a statistic not kept gives no metric."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hierbench.records import Arrays, Fit

__all__ = ["ebfmi", "trajectory_metrics", "warmup_path"]


def trajectory_metrics(fit: Fit) -> dict[str, float]:
    """Return the metrics of divergences, energies, depths and steps, as many as `fit` allows."""
    kept, warmup = fit.sample_stats, fit.warmup_sample_stats
    found = {"divergences": float(kept["diverging"].sum())}
    if "diverging" in warmup:
        found["divergences_tune"] = float(warmup["diverging"].sum())
    if "energy" in kept:
        found["ebfmi_min"] = float(ebfmi(kept["energy"]).min())
    if "reached_max_treedepth" in kept:
        found["treedepth_hits"] = float(kept["reached_max_treedepth"].sum())
    if "step_size" in kept:
        found["step_size_mean"] = float(kept["step_size"].mean())
    if "acceptance_rate" in kept:
        found["acceptance_mean"] = float(kept["acceptance_rate"].mean())
    return found


def ebfmi(energy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the estimated Bayesian fraction of missing information, dims (chain,).

        mean over n of (E_n - E_(n-1))^2 / var(E)

    Betancourt (2016), arXiv:1604.00695, and (2017), arXiv:1701.02434, section 6.1; with ArviZ's
    denominators. NaN where the energy does not move or is not finite. `energy` has dims (chain,
    draw).

    >>> ebfmi(np.array([[1.0, 2.0, 1.0, 2.0]]))
    array([3.])
    """
    if energy.shape[1] < 2:
        return np.full(len(energy), np.nan)
    with np.errstate(all="ignore"):
        steps: NDArray[np.float64] = np.square(np.diff(energy, axis=1)).mean(axis=1)
        return steps / energy.var(axis=1, ddof=1)


def warmup_path(warmup: Mapping[str, NDArray[np.generic]]) -> Arrays:
    """Return the columns of a table of the warm-up, a row per chain and power of two of its steps.

    Each row sums up the steps after the row before, up to and with `step`: 1, 2, 3-4, 5-8, ...
    and those that are left. `step_size` is the geometric mean, `acceptance_rate` the mean,
    `n_steps` and `diverging` the sums; a statistic that the sampler does not keep is no column.

    >>> path = warmup_path({"n_steps": np.array([[1, 2, 3, 4, 5]])})
    >>> path["step"], path["n_steps"]
    (array([1, 2, 4, 5]), array([1, 2, 7, 5]))
    """
    shapes = [values.shape for values in warmup.values()]
    if not shapes or 0 in shapes[0]:
        return {}
    chains, steps = shapes[0]
    ends = [*(2**power for power in range((steps - 1).bit_length())), steps]
    starts = [0, *ends[:-1]]
    lengths = np.diff([0, *ends])

    def summed(values: NDArray[np.generic]) -> NDArray[np.generic]:
        whole = values.astype(np.int64) if values.dtype == np.bool_ else values
        return np.add.reduceat(whole, starts, axis=1)

    columns: dict[str, NDArray[np.generic]] = {
        "chain": np.repeat(np.arange(chains), len(ends)),
        "step": np.tile(ends, chains),
    }
    if "step_size" in warmup:
        with np.errstate(all="ignore"):
            logs = np.log(warmup["step_size"].astype(np.float64))
            columns["step_size"] = np.exp(summed(logs) / lengths).ravel()
    if "acceptance_rate" in warmup:
        columns["acceptance_rate"] = (summed(warmup["acceptance_rate"]) / lengths).ravel()
    for name in ("n_steps", "diverging"):
        if name in warmup:
            columns[name] = summed(warmup[name]).ravel()
    return columns
