"""Every metric of a cell that finished, one record each; docs/metrics.md says how each is computed.

Tables, charts, the MLflow UI's views, the report and the docs' page read these records. A metric
that is not defined for a fit (r_hat of one chain, anything of draws that are not finite) is left
out: it is never stored as NaN, which MLflow's UI would sort as 0.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

__all__ = [
    "COLUMNS",
    "EARLIER",
    "HEADLINES",
    "METRICS",
    "PHASES",
    "Absence",
    "Kind",
    "Metric",
    "Of",
    "Shown",
    "better_end",
    "in_order",
    "is_clock",
    "metric_of",
    "names_of",
]

HIGHER, LOWER, NEITHER = 1, -1, 0


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


class Of(StrEnum):
    """What a metric is a figure of."""

    FIT = "the draws, the sampler's statistics and its clock"
    ROWS = "the rows: settings of one posterior share it, but for Monte Carlo error"
    CELL = "the cell's own clocks and the machine"


class Kind(StrEnum):
    """How a metric is counted."""

    COUNT = "whole numbers"
    CLOCK = "depends on how fast the machine was"
    FIGURE = "any other figure"


@dataclass(frozen=True)
class Shown:
    """Where and how a metric is shown.

    Attributes
    ----------
    heading : str
        In tables; a line break may be a space as well. Empty: the metric's name.
    scale : float
        What a figure is multiplied by to be readable.
    digits : int
        That count.
    beside : str
        The metric that it stands beside in tables of settings, without an interval; empty: none.
    runs : bool
        Whether the report's table of runs has it.
    width : int
        Of its column in the MLflow UI's view [px]; 0: it has none.
    """

    heading: str
    scale: float
    digits: int
    beside: str
    runs: bool
    width: int


@dataclass(frozen=True)
class Metric:
    """One metric of the tracking contract; no field has a default, so that none is forgotten.

    Attributes
    ----------
    name : str
        As it is stored.
    unit : str
        1 for a pure number.
    of : Of
        What it is a figure of.
    kind : Kind
        How it is counted.
    better : int
        1 where higher is better, -1 where lower is, 0 where neither is.
    rank : int
        Settings are ranked by the metric of the lowest rank that they can be ranked by; 0: only
        when it is asked for.
    absent : Absence
        When a cell that finished may lack it.
    shown : Shown
        Where and how it is shown.
    """

    name: str
    unit: str
    of: Of
    kind: Kind
    better: int
    rank: int
    absent: Absence
    shown: Shown


NEVER, STATISTIC, GRADIENTS = Absence.NEVER, Absence.STATISTIC, Absence.GRADIENTS
COMPILES, MACHINE, REFERENCE = Absence.COMPILES, Absence.MACHINE, Absence.REFERENCE
FIT, ROWS, CELL = Of.FIT, Of.ROWS, Of.CELL
COUNT, CLOCK, FIGURE = Kind.COUNT, Kind.CLOCK, Kind.FIGURE

PLAIN = Shown("", 1.0, 3, "", runs=False, width=0)
IN_RUNS = replace(PLAIN, runs=True)

LATE = replace(PLAIN, digits=5)
R_HATS = replace(IN_RUNS, width=88)
COUNTS = replace(IN_RUNS, width=92)
SIZES = Shown("ess_bulk\nmin", 1.0, 3, "", runs=True, width=104)
SECONDS = replace(IN_RUNS, heading="sample\nseconds")
PER_SECOND = Shown("ess per\nsecond", 1.0, 3, "", runs=True, width=118)
PER_GRADIENT = Shown("ess per 1000\ngradients", 1e3, 3, "", runs=True, width=126)
COST = Shown("µs per\ngradient", 1e6, 3, "ess_per_gradient", runs=False, width=0)

R_HAT = Metric("r_hat_max", "1", FIT, FIGURE, LOWER, 0, NEVER, R_HATS)
ESS = Metric("ess_bulk_min", "draws", FIT, FIGURE, HIGHER, 3, NEVER, SIZES)
ESS_OF_ALL = Metric("ess_min", "draws", FIT, FIGURE, HIGHER, 0, NEVER, PLAIN)


BLOCK, NECK = "<block>", "<neck>"
"""In a name: there is one such metric for every block, or neck, of the model."""


def of_blocks(metric: Metric) -> Metric:
    """Return the same figure of each block of the estimands."""
    name = f"{metric.name}.{BLOCK}"
    return replace(metric, name=name, rank=0, absent=Absence.BLOCK, shown=PLAIN)


def of_necks(name: str) -> Metric:
    """Return a figure of where the divergent draws lie, for each scale that may be a neck."""
    return Metric(f"{name}.{NECK}", "1", FIT, FIGURE, NEITHER, 0, Absence.DIVERGENCES, PLAIN)


METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        R_HAT,
        ESS,
        Metric("ess_bulk_median", "draws", FIT, FIGURE, HIGHER, 0, NEVER, PLAIN),
        Metric("ess_tail_min", "draws", FIT, FIGURE, HIGHER, 0, NEVER, IN_RUNS),
        Metric("mcse_over_sd_max", "1", FIT, FIGURE, LOWER, 0, NEVER, PLAIN),
        Metric("divergences", "draws", FIT, COUNT, LOWER, 0, NEVER, COUNTS),
        Metric("ebfmi_min", "1", FIT, FIGURE, HIGHER, 0, STATISTIC, PLAIN),
        Metric("treedepth_hits", "draws", FIT, COUNT, LOWER, 0, STATISTIC, PLAIN),
        Metric("divergences_tune", "steps", FIT, COUNT, LOWER, 0, STATISTIC, PLAIN),
        Metric("reference_z_max", "standard errors", FIT, FIGURE, LOWER, 0, REFERENCE, PLAIN),
        Metric("truth_z_max", "posterior sds", FIT, FIGURE, LOWER, 0, Absence.TRUTH, PLAIN),
        Metric("elpd_loo", "nats", ROWS, FIGURE, NEITHER, 0, Absence.ASKED, LATE),
        Metric("pareto_k_bad", "rows", ROWS, COUNT, NEITHER, 0, Absence.ASKED, PLAIN),
        Metric("ess_per_second", "draws / s", FIT, CLOCK, HIGHER, 1, COMPILES, PER_SECOND),
        Metric(
            "ess_per_gradient", "draws / gradient", FIT, FIGURE, HIGHER, 2, GRADIENTS, PER_GRADIENT
        ),
        Metric("seconds_per_gradient", "CPU s / gradient", FIT, CLOCK, LOWER, 0, COMPILES, COST),
        Metric("sample_seconds", "s", FIT, CLOCK, LOWER, 4, NEVER, SECONDS),
        Metric("acceptance_mean", "1", FIT, FIGURE, NEITHER, 0, STATISTIC, PLAIN),
        Metric("build_seconds", "s", CELL, CLOCK, LOWER, 0, NEVER, PLAIN),
        Metric("compile_seconds", "s", CELL, CLOCK, LOWER, 0, NEVER, PLAIN),
        Metric("constant_parameters", "parameters", FIT, COUNT, NEITHER, 0, NEVER, PLAIN),
        Metric("cpu_seconds", "CPU s", CELL, CLOCK, LOWER, 0, NEVER, PLAIN),
        Metric("diagnose_seconds", "s", CELL, CLOCK, LOWER, 0, NEVER, PLAIN),
        of_necks("divergence_quantile"),
        of_necks("divergence_spread"),
        Metric("draw_seconds", "chain-seconds", FIT, CLOCK, LOWER, 0, Absence.PHASES, PLAIN),
        Metric("elapsed_seconds", "s", CELL, CLOCK, LOWER, 0, NEVER, PLAIN),
        of_blocks(ESS),
        of_blocks(ESS_OF_ALL),
        Metric("foreign_cpu_share", "1", CELL, FIGURE, NEITHER, 0, MACHINE, PLAIN),
        Metric("gradients_draw", "gradients", FIT, COUNT, LOWER, 0, GRADIENTS, PLAIN),
        Metric("gradients_tune", "gradients", FIT, COUNT, LOWER, 0, GRADIENTS, PLAIN),
        Metric("machine_speed", "repetitions / s", CELL, FIGURE, HIGHER, 0, NEVER, PLAIN),
        Metric("peak_rss_mib", "MiB", CELL, FIGURE, LOWER, 0, MACHINE, PLAIN),
        of_blocks(R_HAT),
        Metric("sample_cpu_seconds", "CPU s", FIT, CLOCK, LOWER, 0, NEVER, PLAIN),
        Metric("steal_share", "1", CELL, FIGURE, NEITHER, 0, MACHINE, PLAIN),
        Metric("step_size_mean", "1", FIT, FIGURE, NEITHER, 0, STATISTIC, PLAIN),
        Metric("store_seconds", "s", CELL, CLOCK, LOWER, 0, NEVER, PLAIN),
        Metric("tune_seconds", "chain-seconds", FIT, CLOCK, LOWER, 0, Absence.PHASES, PLAIN),
    )
}
"""In the order of tables, behind those that settings are ranked by."""

EARLIER: Mapping[str, Metric] = {
    "ess_tail_min_11_89": replace(METRICS["ess_tail_min"], name="ess_tail_min_11_89"),
}
"""Metrics that only runs of an earlier tracking contract have."""

PHASES = frozenset(name for name, one in METRICS.items() if one.absent is Absence.PHASES)

HEADLINES = tuple(
    sorted((name for name, one in METRICS.items() if one.rank), key=lambda name: METRICS[name].rank)
)
"""What settings are ranked by: the first that the cells can be ranked by is chosen."""

COLUMNS = tuple(
    name
    for headline in HEADLINES
    for name in (headline, *(n for n, one in METRICS.items() if one.shown.beside == headline))
)
"""Of a table of settings."""


def names_of(of: Of) -> frozenset[str]:
    """Return the names of the metrics that are figures of one thing."""
    return frozenset(name for name, one in METRICS.items() if one.of is of)


def metric_of(name: str) -> Metric:
    """Return the record of a metric; of one that is not ours, a record that ranks nothing.

    >>> metric_of("ess_per_second").unit, metric_of("theirs").better
    ('draws / s', 0)
    """
    stranger = Metric(name, "1", FIT, FIGURE, NEITHER, 0, NEVER, PLAIN)
    return METRICS.get(record_name(name)) or EARLIER.get(name, stranger)


def record_name(name: str) -> str:
    """Return the name of a metric's record, which those of all blocks, or necks, share.

    >>> record_name("ess_min.hyper"), record_name("r_hat_max"), record_name("a.b")
    ('ess_min.<block>', 'r_hat_max', 'a.b')
    """
    head = name.partition(".")[0]
    shared = (f"{head}.{BLOCK}", f"{head}.{NECK}") if "." in name else ()
    return next((of for of in shared if of in METRICS), name)


def better_end(metric: str) -> int:
    """Return 1 where higher is better, -1 where lower is, 0 where neither or not known.

    >>> better_end("ess_per_second"), better_end("sample_seconds"), better_end("step_size_mean")
    (1, -1, 0)
    """
    return metric_of(metric).better


def is_clock(metric: str) -> bool:
    """Return whether `metric` depends on how fast the machine was.

    >>> is_clock("ess_per_second"), is_clock("seconds_per_gradient"), is_clock("ess_per_gradient")
    (True, True, False)
    """
    return metric_of(metric).kind is Kind.CLOCK


def in_order(metrics: Iterable[str]) -> tuple[str, ...]:
    """Return `metrics` in the order of tables; those that are not ours follow by name."""
    order = (*HEADLINES, *(name for name in (*METRICS, *EARLIER) if name not in HEADLINES))
    places = {name: place for place, name in enumerate(order)}
    last = len(order)
    return tuple(sorted(metrics, key=lambda name: (places.get(record_name(name), last), name)))
