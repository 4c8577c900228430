"""What a fit's draws say of themselves: metrics, a table of parameters, the gate's failures.

Knows records and arrays; must not know samplers, MLflow or files.
"""

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from hierbench.config.schema import GateConfig
from hierbench.diagnostics.convergence import Convergence, convergence
from hierbench.diagnostics.gate import gate_failures
from hierbench.records import Arrays, Diagnosis, Fit

__all__ = ["convergence", "diagnose", "gate_failures", "parameter_columns", "parameter_names"]


def diagnose(
    fit: Fit,
    *,
    dims: Mapping[str, str],
    inner: Collection[str],
    groups: tuple[str, ...],
    gate: GateConfig,
) -> Diagnosis:
    """Diagnose every variable of `fit` in one pass.

    Headline metrics range over the estimands, so that forms are compared on what they share;
    the gate also looks at the `inner` variables. A parameter that never moved is left out and
    counted. A metric that is not defined (one chain, draws that are not finite) is NaN.

    Parameters
    ----------
    dims : mapping of str to str
        The dim of every variable that has one.
    inner : collection of str
        Variables that are no estimands.
    groups : tuple of str
        Labels of the dim `group`.
    """
    names = parameter_names(fit.posterior, groups)
    draws = parameter_columns(fit.posterior)
    draws[~np.isfinite(draws)] = np.nan  # ranks alone would let an infinite draw pass
    found = convergence(draws)
    estimand = np.array([name.partition("[")[0] not in inner for name in names])
    moves = np.any(draws != draws[:1, :1], axis=(0, 1))
    stats = fit.sample_stats
    divergences = float(stats["diverging"].sum())
    headline = {**summarize(found, estimand & moves), "divergences": divergences}
    every = {**summarize(found, moves), "divergences": divergences}
    metrics = {
        **headline,
        "constant_parameters": float(np.count_nonzero(estimand & ~moves)),
        "ess_per_second": headline["ess_bulk_min"] / fit.sample_seconds,
        "sample_seconds": fit.sample_seconds,
        "sample_cpu_seconds": fit.sample_cpu_seconds,
    }
    return Diagnosis(
        metrics=metrics,
        parameters={"parameter": np.array(names), "estimand": estimand, **columns(found)},
        worst=worst_of(names, np.where(estimand & moves, found.ess_bulk, np.inf)),
        gate_failures=gate_failures(every, gate, draws.shape[0]),
    )


def parameter_columns(posterior: Arrays) -> NDArray[np.float64]:
    """Return all variables side by side, dims (chain, draw, parameter), in their own order."""
    flat = [value.reshape(*value.shape[:2], -1) for value in posterior.values()]
    return np.concatenate(flat, axis=2)


def parameter_names(posterior: Arrays, groups: tuple[str, ...]) -> list[str]:
    """Return the names of `parameter_columns`, such as ``sigma`` and ``alpha[95608]``."""
    return [
        name if value.ndim == 2 else f"{name}[{label}]"
        for name, value in posterior.items()
        for label in (groups if value.ndim > 2 else ("",))
    ]


def columns(found: Convergence) -> dict[str, NDArray[np.float64]]:
    """Return the columns of the per-parameter table, each dims (parameter,)."""
    names = ("mean", "sd", "mcse_mean", "mcse_sd", "ess_bulk", "ess_tail", "r_hat")
    return {name: getattr(found, name) for name in names}


def summarize(found: Convergence, chosen: NDArray[np.bool_]) -> dict[str, float]:
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


def worst_of(names: list[str], ess_bulk: NDArray[np.float64]) -> str:
    """Return the name with the smallest `ess_bulk`; a NaN is worse than any number."""
    return names[int(np.argmin(np.where(np.isnan(ess_bulk), -np.inf, ess_bulk)))]
