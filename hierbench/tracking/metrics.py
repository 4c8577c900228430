"""Every metric of a cell that finished: its unit and when it is absent; docs/metrics.md defines it.

A metric that is not defined for a fit (r_hat of one chain, anything of draws that are not
finite) is left out as well: it is never stored as NaN, which MLflow's UI would sort as 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["METRICS", "NOT_KEPT", "OF_THE_CELL", "OF_THE_FIT", "OF_THE_ROWS", "Absence", "Metric"]


class Absence(StrEnum):
    """Why a cell that finished may lack a metric."""

    NEVER = "never"
    STATISTIC = "the sampler keeps no such statistic"
    GRADIENTS = "the sampler does not tell its gradients"
    PHASES = "the sampler does not show the phases"
    COMPILES = "compilation cannot be kept out of the clock"
    BLOCK = "the form has no such block"
    DIVERGENCES = "nothing diverged"
    TRUTH = "no truth is known"
    REFERENCE = "no reference posterior is known"
    ASKED = "it was not asked for"
    MACHINE = "the machine does not tell"


@dataclass(frozen=True)
class Metric:
    """One metric of the tracking contract.

    Attributes
    ----------
    unit : str
        1 for a pure number.
    absent : Absence
        When a cell that finished may lack it.
    """

    unit: str
    absent: Absence = Absence.NEVER


OF_THE_ROWS: Mapping[str, Metric] = {
    "elpd_loo": Metric("nats", Absence.ASKED),
    "pareto_k_bad": Metric("rows", Absence.ASKED),
}
"""What the rows say of the fit."""

OF_THE_FIT: Mapping[str, Metric] = {
    "r_hat_max": Metric("1"),
    "ess_bulk_min": Metric("draws"),
    "ess_bulk_median": Metric("draws"),
    "ess_tail_min": Metric("draws"),
    "mcse_over_sd_max": Metric("1"),
    "constant_parameters": Metric("parameters"),
    "r_hat_max.hyper": Metric("1"),
    "r_hat_max.intercepts": Metric("1"),
    "r_hat_max.slopes": Metric("1"),
    "r_hat_max.correlation": Metric("1", Absence.BLOCK),
    "ess_bulk_min.hyper": Metric("draws"),
    "ess_bulk_min.intercepts": Metric("draws"),
    "ess_bulk_min.slopes": Metric("draws"),
    "ess_bulk_min.correlation": Metric("draws", Absence.BLOCK),
    "divergences": Metric("draws"),
    "divergences_tune": Metric("steps", Absence.STATISTIC),
    "divergence_quantile.sigma_alpha": Metric("1", Absence.DIVERGENCES),
    "divergence_quantile.sigma_beta": Metric("1", Absence.DIVERGENCES),
    "divergence_quantile.sigma": Metric("1", Absence.DIVERGENCES),
    "divergence_spread.sigma_alpha": Metric("1", Absence.DIVERGENCES),
    "divergence_spread.sigma_beta": Metric("1", Absence.DIVERGENCES),
    "divergence_spread.sigma": Metric("1", Absence.DIVERGENCES),
    "treedepth_hits": Metric("draws", Absence.STATISTIC),
    "ebfmi_min": Metric("1", Absence.STATISTIC),
    "step_size_mean": Metric("1", Absence.STATISTIC),
    "acceptance_mean": Metric("1", Absence.STATISTIC),
    "truth_z_max": Metric("posterior sds", Absence.TRUTH),
    "reference_z_max": Metric("standard errors", Absence.REFERENCE),
    "ess_per_second": Metric("draws / s", Absence.COMPILES),
    "ess_per_gradient": Metric("draws / gradient", Absence.GRADIENTS),
    "seconds_per_gradient": Metric("CPU s / gradient", Absence.COMPILES),
    "gradients_tune": Metric("gradients", Absence.GRADIENTS),
    "gradients_draw": Metric("gradients", Absence.GRADIENTS),
    "sample_seconds": Metric("s"),
    "sample_cpu_seconds": Metric("CPU s"),
    "tune_seconds": Metric("chain-seconds", Absence.PHASES),
    "draw_seconds": Metric("chain-seconds", Absence.PHASES),
}
"""What the draws, the sampler's statistics and its clock give."""

OF_THE_CELL: Mapping[str, Metric] = {
    "build_seconds": Metric("s"),
    "compile_seconds": Metric("s"),
    "diagnose_seconds": Metric("s"),
    "store_seconds": Metric("s"),
    "elapsed_seconds": Metric("s"),
    "cpu_seconds": Metric("CPU s"),
    "peak_rss_mib": Metric("MiB", Absence.MACHINE),
    "machine_speed": Metric("repetitions / s"),
    "foreign_cpu_share": Metric("1", Absence.MACHINE),
    "steal_share": Metric("1", Absence.MACHINE),
}
"""What the cell's own clocks and the machine give."""

METRICS: Mapping[str, Metric] = {**OF_THE_FIT, **OF_THE_ROWS, **OF_THE_CELL}

PHASES = frozenset({"tune_seconds", "draw_seconds"})

NOT_KEPT: Mapping[str, frozenset[str]] = {
    "nutpie": PHASES,
    "pymc": frozenset(),
    "numpyro": PHASES,
    "blackjax": PHASES,
    "stan": PHASES,
}
"""The metrics of STATISTIC, GRADIENTS, PHASES and COMPILES that each sampler's cells lack."""
