"""What the report says in sentences."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from hierbench.comparison.control import NEGATIVE_CONTROL
from hierbench.comparison.results import Comparison
from hierbench.records import RunStatus

__all__ = [
    "HOW_TO_READ",
    "control_sentences",
    "swept",
    "title_of",
    "worst_sentence",
]

HOW_TO_READ = (
    (
        "cell, setting, posterior",
        "A cell is one fit. Cells that differ by seed alone are one setting. Settings that "
        "share data, model and priors sample one posterior: they are rivals. Another prior scale "
        "or model is another posterior: its figures stand beside, and nothing is ranked across.",
    ),
    (
        "median and interval",
        "A figure is the median over seeds. The interval covers, with 90 %, the value of a "
        "typical seed. Two settings whose intervals overlap much are not told apart by these "
        "seeds, whichever figure is larger.",
    ),
    (
        "best, P(best)",
        "The probability, given these seeds, that a setting is the best of its posterior. Read "
        "it before the order of the rows.",
    ),
    (
        "gate",
        "A cell passes when r_hat, ESS and divergences meet the thresholds of its configuration. "
        "A setting is ranked only if all its seeds pass: speed says nothing of draws that have "
        "not converged. A cell that failed raised an error, was killed or ran out of time.",
    ),
    (
        "ESS per second, ESS per gradient",
        "The smallest bulk ESS over the estimands, by the sampling time (compilation left out), "
        "or by the evaluations of the gradient with tuning. Seconds hold for one machine and one "
        "number of cores; gradients hold anywhere, but a gradient of another form costs something "
        "else: seconds per gradient stand beside it.",
    ),
    (
        "r_hat_max, ess_bulk_min",
        "The worst of all estimands. Near 1 is good. The largest r_hat of hundreds of parameters "
        "exceeds 1.01 more often than one parameter's does, and the gate's threshold makes no "
        "allowance for that.",
    ),
    (
        "colours",
        "A heat map is coloured within each posterior, from the best down by factors, in a ramp "
        "that colour-blind readers see as others do. Hatched: not ranked. A form has one colour "
        "and one marker here and the same colour in the MLflow UI.",
    ),
)


def title_of(comparison: Comparison) -> str:
    """Return the report's title."""
    cells = comparison.cells
    data = ", ".join(dict.fromkeys(cells["data"].tolist())) if "data" in cells else ""
    forms = cells["parameterization"].nunique()
    named = f"{forms} parameterization" + ("s" if forms != 1 else "")
    return f"{named} on {data}" if data else named


def control_sentences(comparison: Comparison) -> list[str]:
    """Return whether the deliberately bad model was caught by the gate, posterior by posterior."""
    of = comparison.cells[comparison.cells["parameterization"] == NEGATIVE_CONTROL]
    if of.empty:
        return [
            f"This sweep has no negative control. `parameterization={NEGATIVE_CONTROL}` adds the "
            "model that is known not to sample well: a harness that passes it sees nothing."
        ]
    finished = of[of["status"] == RunStatus.FINISHED.value]
    caught = int((finished["gate"] == "failed").sum())
    verdict = "caught" if caught == len(finished) and caught else "NOT caught everywhere"
    if not len(finished):
        verdict = "not fitted"
    found = [
        f"{NEGATIVE_CONTROL} is deliberately bad and must fail the gate. It was {verdict}: "
        f"{caught:,} of {len(finished):,} finished cells fail the gate."
    ]
    missed = finished[finished["gate"] != "failed"]["posterior"].value_counts()
    for posterior, count in missed.items():
        found.append(f"{count:,} passed in {posterior}.")
    return found


def worst_sentence(cell: Mapping[str, Any], name: str) -> str:
    """Return which cell is the worst, and by what."""
    r_hat = cell.get("r_hat_max")
    known = f"{r_hat:.3f}" if isinstance(r_hat, float) and pd.notna(r_hat) else "not defined"
    worst = f", its worst parameter {cell['worst']}" if cell["worst"] else ""
    return f"Of all finished cells {name} has the largest r_hat_max, {known}{worst}."


def swept(comparison: Comparison) -> Sequence[tuple[str, str]]:
    """Return each axis with its values."""
    return [(name, ", ".join(v for v in values if v)) for name, values in comparison.axes.items()]
