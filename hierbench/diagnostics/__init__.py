"""What a fit's draws say of themselves: metrics, a table of parameters, the gate's failures.

Knows records and arrays; must not know samplers, MLflow or files.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hierbench.config.schema import GateConfig
from hierbench.diagnostics.blocks import Blocks, block_metrics, masks_of, summarize, worst_of
from hierbench.diagnostics.convergence import Convergence, convergence
from hierbench.diagnostics.divergences import divergence_metrics
from hierbench.diagnostics.efficiency import efficiency_metrics
from hierbench.diagnostics.gate import gate_failures
from hierbench.diagnostics.rightness import Scores, flat, reference_scores, truth_scores
from hierbench.diagnostics.standing import rank_columns
from hierbench.diagnostics.trajectories import trajectory_metrics, warmup_path
from hierbench.records import Arrays, Axes, Diagnosis, Fit, Reference

__all__ = ["convergence", "diagnose", "gate_failures", "parameter_columns", "parameter_names"]

PARAMETER_COLUMNS = (
    *("mean", "sd", "mcse_mean", "mcse_sd"),
    *("ess_bulk", "ess_tail", "ess_mean", "ess_square", "r_hat"),
)
"""Of the per-parameter table, in their order."""


def diagnose(
    fit: Fit,
    *,
    blocks: Blocks,
    necks: Sequence[str],
    axes: Axes,
    gate: GateConfig,
    truth: Arrays | None = None,
    reference: Reference | None = None,
) -> Diagnosis:
    """Diagnose every variable of `fit` in one pass, whatever sampler drew it.

    Headline metrics range over the estimands, so that forms are compared on what they share;
    the gate also looks at every other variable. A parameter that never moved is left out and
    counted. A metric that is not defined (one chain, draws that are not finite) is NaN, and one
    that the fit has nothing for (a statistic that its sampler does not keep) is absent.

    Parameters
    ----------
    blocks : mapping of str to tuple of str
        The estimands, by block.
    necks : sequence of str
        Scales along which divergences are located.
    axes : Axes
        What the entries of the variables are called.
    truth : mapping of str to ndarray or None
        Known values of estimands, of simulated data.
    reference : Reference or None
        The same posterior, known from elsewhere.
    """
    names = parameter_names(fit.posterior, axes)
    draws = parameter_columns(fit.posterior)
    draws[~np.isfinite(draws)] = np.nan  # ranks alone would let an infinite draw pass
    found = convergence(draws)
    every = {name for of in blocks.values() for name in of}
    estimand = np.array([name.partition("[")[0] in every for name in names])
    moves = np.any(draws != draws[:1, :1], axis=(0, 1))
    counted = estimand & moves
    masks = masks_of(blocks, names, counted)
    scores = scores_of(fit, found, truth, reference)
    headline, trajectories = summarize(found, counted), trajectory_metrics(fit)
    metrics = {
        **headline,
        **trajectories,
        **block_metrics(found, masks),
        **divergence_metrics(fit.posterior, fit.sample_stats["diverging"], necks),
        **efficiency_metrics(fit, headline["ess_bulk_min"]),
        "constant_parameters": float(np.count_nonzero(estimand & ~moves)),
    }
    table = {"parameter": np.array(names), "estimand": estimand, **columns(found)}
    for score in scores:
        metrics |= score.largest(counted)
        table |= score.columns
    if truth is not None:
        table |= rank_columns(draws, flat(shapes_of(fit), truth))
    chains, length = draws.shape[:2]
    return Diagnosis(
        metrics=metrics,
        parameters=table,
        warmup=warmup_path(fit.warmup_sample_stats),
        worst=worst_of(names, found.ess_bulk, counted),
        worst_of_block={
            block: worst_of(names, found.ess_bulk, mask) for block, mask in masks.items()
        },
        gate_failures=gate_failures(
            {**summarize(found, moves), **trajectories}, gate, chains=chains, draws=chains * length
        ),
    )


def scores_of(
    fit: Fit, found: Convergence, truth: Arrays | None, reference: Reference | None
) -> list[Scores]:
    """Return the z scores against what is known."""
    shapes = shapes_of(fit)
    against_truth = [] if truth is None else [truth_scores(found, shapes, truth)]
    if reference is None:
        return against_truth
    return [*against_truth, reference_scores(found, shapes, reference)]


def shapes_of(fit: Fit) -> dict[str, tuple[int, ...]]:
    """Return the shape of one draw of each variable."""
    return {name: value.shape[2:] for name, value in fit.posterior.items()}


def parameter_columns(posterior: Arrays) -> NDArray[np.float64]:
    """Return all variables side by side, dims (chain, draw, parameter), in their own order."""
    flat = [value.reshape(*value.shape[:2], -1) for value in posterior.values()]
    return np.concatenate(flat, axis=2)


def parameter_names(posterior: Arrays, axes: Axes) -> list[str]:
    """Return the names of `parameter_columns`, such as ``tau`` and ``theta[A]``."""
    return [
        entry for name, value in posterior.items() for entry in axes.names(name, value.shape[2:])
    ]


def columns(found: Convergence) -> dict[str, NDArray[np.float64]]:
    """Return the columns of the per-parameter table, each dims (parameter,)."""
    return {name: getattr(found, name) for name in PARAMETER_COLUMNS}
