"""A judgement in tables and sentences, for a terminal."""

from collections.abc import Sequence

from hierbench.agreement.engine import words
from hierbench.comparison.text import TextTable
from hierbench.validation.judgement import Judged, Judgement, Verdict
from hierbench.validation.sensitivity import PosteriorSensitivity

__all__ = ["asides", "checks_tables", "sensitivity_tables"]

HEADER = (
    "form",
    "gate",
    "reference: error\nof mean, of sd, z",
    "agreement\nz",
    "verdict",
    "parameter",
)


def checks_tables(found: Judgement) -> list[TextTable]:
    """Return a table of forms x checks for each data set."""
    return [
        TextTable(
            title=name,
            header=HEADER,
            labels=1,
            rows=tuple(checks(row) for row in found.rows if row.data == name),
        )
        for name in dict.fromkeys(row.data for row in found.rows)
    ]


def checks(row: Judged) -> tuple[str, ...]:
    """Return one row of the table of checks."""
    among = row.agreement
    rivals = f"{among.shift.z:+.1f}" if among and among.shift else "no rival" if among else "-"
    return (
        row.name,
        f"{row.passed}/{row.cells}",
        distance(row),
        rivals,
        str(row.verdict),
        row.shift.parameter if row.shift else "",
    )


def distance(row: Judged) -> str:
    """Return how far a setting is from its reference."""
    of = row.reference
    if of is None:
        return "-" if row.has_reference else "no reference"
    return f"{of.mean_error:.3f} {of.sd_error:.3f} {of.shift.z:+5.1f}"


def sensitivity_tables(found: Sequence[PosteriorSensitivity]) -> list[TextTable]:
    """Return a table of hyperparameters for each posterior."""
    return [
        TextTable(
            title=f"Prior sensitivity: {of.posterior}, by {of.form}",
            header=("hyperparameter", "diagnosis", "prior", "likelihood"),
            labels=2,
            rows=tuple(
                (row.parameter, row.diagnosis, f"{row.prior:.3f}", f"{row.likelihood:.3f}")
                for row in of.rows
            ),
        )
        for of in found
        if of.rows
    ]


def asides(found: Judgement, sensitivity: Sequence[PosteriorSensitivity]) -> list[str]:
    """Return what the tables do not say, a sentence or two each."""
    return [
        *differing(found),
        *unjudged(found),
        *found.notes,
        *dict.fromkeys(of.why_not for of in sensitivity if of.why_not),
        *how_to_read(found, any(of.rows for of in sensitivity)),
    ]


def differing(found: Judgement) -> list[str]:
    """Return where each setting that differs does."""
    return [
        f"{row.name} on {row.posterior} differs from {against(row)}: {words(row.shift, 'is off')}."
        for row in found.rows
        if row.shift
    ]


def against(row: Judged) -> str:
    """Return what a setting differs from."""
    if row.reference and row.reference.differs:
        return f"reference {row.reference.reference}"
    return "the others that share its posterior"


def unjudged(found: Judgement) -> list[str]:
    """Return why settings could not be judged."""
    sentences = []
    for row in found.rows:
        if row.verdict is not Verdict.UNDECIDED:
            continue
        why = (
            f"no cell passed the gate ({row.why})"
            if not row.passed
            else "there is no reference and no other setting of its posterior passed the gate"
            if row.agreement
            else "its table of parameters was not read"
        )
        sentences.append(f"Undecided: {row.name} on {row.data}, as {why}.")
    return sentences


def how_to_read(found: Judgement, sensitivity: bool) -> list[str]:
    """Return what the columns are, and the error rates."""
    rate = f"{100 * found.level:g} %"
    checked = [
        (
            f"the reference (|z| up to {found.reference_bound:.1f})",
            any(r.reference for r in found.rows),
        ),
        (
            f"agreement (|z| up to {found.agreement_bound:.1f})",
            any(row.agreement and row.agreement.others for row in found.rows),
        ),
    ]
    held = [text for text, is_there in checked if is_there]
    said = [
        "Reference: the largest error of a mean and of an sd over all estimands, hyperparameters "
        "and every group, in the reference's posterior sds, and the largest z in standard errors, "
        "MCSE on both sides. Agreement: the largest z against the other settings of the posterior. "
        "Only cells that passed the gate are judged."
    ]
    if held:
        each = (
            f": {rate} for each of {' and '.join(held)}"
            if len(held) > 1
            else f" {rate}, for {held[0]}"
        )
        said.append(f"Family-wise error rate over all settings here{each}.")
    if sensitivity:
        said.append(
            "Prior sensitivity: how far the posterior moves when hyperpriors, or the data, count "
            "for more or less (power scaling); from 0.05 on it counts. The axis prior.scale widens "
            "the same scales: where none matters, neither does it."
        )
    return said
