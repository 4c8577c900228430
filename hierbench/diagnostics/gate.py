"""Whether a fit converged, by stated thresholds; a NaN never passes."""

from collections.abc import Mapping

from hierbench.config.schema import GateConfig

__all__ = ["gate_failures"]


def gate_failures(metrics: Mapping[str, float], gate: GateConfig, chains: int) -> tuple[str, ...]:
    """Return a phrase for each threshold that `metrics` miss, such as ``r_hat_max 1.03 > 1.01``.

    A metric that is absent or NaN fails its threshold. Thresholds and sources: Vehtari, Gelman,
    Simpson, Carpenter and Bürkner 2021, "Rank-normalization, folding, and localization".

    >>> gate_failures({"r_hat_max": 1.03}, GateConfig(r_hat_max=1.01), chains=4)
    ('r_hat_max 1.03 > 1.01',)
    """
    at_most = {"r_hat_max": gate.r_hat_max, "divergences": gate.divergences}
    at_least = {
        "ess_bulk_min": gate.ess_bulk_min_per_chain,
        "ess_tail_min": gate.ess_tail_min_per_chain,
    }
    nothing = float("nan")
    above = [
        f"{name} {metrics.get(name, nothing):.4g} > {bound:g}"
        for name, bound in at_most.items()
        if bound is not None and not metrics.get(name, nothing) <= bound
    ]
    below = [
        f"{name} {metrics.get(name, nothing):.4g} < {bound * chains:g}"
        for name, bound in at_least.items()
        if bound is not None and not metrics.get(name, nothing) >= bound * chains
    ]
    return tuple(above + below)
