"""Whether a fit converged, by stated thresholds; a NaN never passes."""

from collections.abc import Mapping

from hierbench.config.schema import GateConfig

__all__ = ["gate_failures"]

KEPT_BY_SOME = ("ebfmi_min", "treedepth_hits")
"""Metrics of statistics that not every sampler keeps: absent, they are not checked."""


def gate_failures(
    metrics: Mapping[str, float], gate: GateConfig, *, chains: int, draws: int
) -> tuple[str, ...]:
    """Return a phrase for each threshold that `metrics` miss, such as ``r_hat_max 1.03 > 1.01``.

    A metric that is NaN fails its threshold, and so does an absent one, save those of
    `KEPT_BY_SOME`. Sources: Vehtari, Gelman, Simpson, Carpenter and Bürkner 2021,
    "Rank-normalization, folding, and localization", for r_hat and ESS; Betancourt 2017,
    arXiv:1701.02434, section 6.1, for E-BFMI.

    Parameters
    ----------
    chains, draws : int
        Of the fit: chains, and draws of all chains together.

    >>> gate_failures({"r_hat_max": 1.03}, GateConfig(r_hat_max=1.01), chains=4, draws=4000)
    ('r_hat_max 1.03 > 1.01',)
    """
    nothing = float("nan")
    at_most = {
        "r_hat_max": gate.r_hat_max,
        "divergences": gate.divergences,
        "treedepth_hits": times(gate.treedepth_hits_share_max, draws),
    }
    at_least = {
        "ess_bulk_min": times(gate.ess_bulk_min_per_chain, chains),
        "ess_tail_min": times(gate.ess_tail_min_per_chain, chains),
        "ebfmi_min": gate.ebfmi_min,
    }
    unchecked = {name for name in KEPT_BY_SOME if name not in metrics}
    above = [
        f"{name} {told(metrics.get(name, nothing), bound)} > {bound:g}"
        for name, bound in at_most.items()
        if not (bound is None or name in unchecked or metrics.get(name, nothing) <= bound)
    ]
    below = [
        f"{name} {told(metrics.get(name, nothing), bound)} < {bound:g}"
        for name, bound in at_least.items()
        if not (bound is None or name in unchecked or metrics.get(name, nothing) >= bound)
    ]
    return tuple(above + below)


def times(threshold: float | None, count: int) -> float | None:
    """Return `threshold` per unit as one for `count` of them, rounding errors dropped.

    >>> times(0.29, 100), times(None, 4)
    (29.0, None)
    """
    return None if threshold is None else round(threshold * count, 9)


def told(value: float, bound: float) -> str:
    """Return `value` with as many digits as it takes to be seen beside its bound.

    >>> told(1.2345678, 1.01), told(1.01004, 1.01), told(399.99, 400)
    ('1.235', '1.01004', '399.99')
    """
    texts = (f"{value:.{digits}g}" for digits in range(4, 17))
    return next((text for text in texts if float(text) != bound), f"{value}")
