"""What a comparison knows of each metric: its place in tables, its better end, its clock."""

from collections.abc import Iterable

__all__ = ["HEADLINES", "SHARED", "better_end", "in_order", "is_clock"]

HEADLINES = ("ess_per_second", "ess_per_gradient", "ess_bulk_min", "sample_seconds")
"""What settings are ranked by: the first that the cells can be ranked by is chosen."""

ORDER = (
    *HEADLINES,
    "seconds_per_gradient",
    "r_hat_max",
    "ess_bulk_median",
    "ess_tail_min",
    "mcse_over_sd_max",
    "divergences",
    "ebfmi_min",
    "treedepth_hits",
    "divergences_tune",
    "reference_z_max",
    "truth_z_max",
    "elpd_loo",
    "pareto_k_bad",
)
"""The tracking contract's order; what is not here follows by name."""

HIGHER = {"ess_per_second", "ess_per_gradient", "ess_bulk_min", "ess_bulk_median", "ess_tail_min"}
HIGHER_TOO = {"ebfmi_min", "machine_speed"}
LOWER = {
    "r_hat_max",
    "mcse_over_sd_max",
    "divergences",
    "divergences_tune",
    "treedepth_hits",
    "reference_z_max",
    "truth_z_max",
    "seconds_per_gradient",
    "gradients_tune",
    "gradients_draw",
    "peak_rss_mib",
}
SHARED = {"elpd_loo", "pareto_k_bad"}
"""What settings of one posterior share but for Monte Carlo error: it tells none apart."""


def better_end(metric: str) -> int:
    """Return 1 where higher is better, -1 where lower is, 0 where neither or not known.

    >>> better_end("ess_per_second"), better_end("sample_seconds"), better_end("step_size_mean")
    (1, -1, 0)
    """
    base = metric.partition(".")[0]  # ess_bulk_min.hyper is a metric per block
    if base in HIGHER | HIGHER_TOO:
        return 1
    return -1 if base in LOWER or base.endswith("_seconds") else 0


def is_clock(metric: str) -> bool:
    """Return whether `metric` depends on how fast the machine was.

    >>> is_clock("ess_per_second"), is_clock("seconds_per_gradient"), is_clock("ess_per_gradient")
    (True, True, False)
    """
    return metric.endswith(("_seconds", "_per_second")) or metric.startswith("seconds_per_")


def in_order(metrics: Iterable[str]) -> tuple[str, ...]:
    """Return `metrics` in the order of tables."""
    places = {name: place for place, name in enumerate(ORDER)}
    return tuple(sorted(metrics, key=lambda name: (places.get(name, len(ORDER)), name)))
