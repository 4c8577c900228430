"""What a comparison says of the negative control."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from hierbench.comparison import cells_frame, compare_cells
from hierbench.comparison.control import NEGATIVE_CONTROL, negative_control
from hierbench.models.homes.forms import FORMS
from hierbench.records import RunStatus

GATE = {"gate": "default", "gate.r_hat_max": "1.01"}


@dataclass(frozen=True)
class OneCell:
    """A cell as a comparison sees it."""

    params: Mapping[str, str]
    tags: Mapping[str, str]
    status: RunStatus = RunStatus.FINISHED
    metrics: Mapping[str, float] = field(default_factory=lambda: {"ess_bulk_min": 400.0})


def cell(verdict, *, form=NEGATIVE_CONTROL, data="ames", gate=GATE, status=RunStatus.FINISHED):
    params = {"parameterization": form, "data": data, "seed": "1", **gate}
    return OneCell(params, {"gate": verdict, "posterior": data}, status)


def sentences(*cells):
    return negative_control(cells_frame(cells))


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    [
        (["failed"] * 6, "caught on ames: 6 of 6 varying_sigma cells failed the gate."),
        (["failed", "passed"], "caught on ames: 1 of 2 varying_sigma cells failed the gate."),
        (["passed"] * 2, "not caught on ames: 2 of 2 varying_sigma cells passed the gate."),
    ],
)
def test_control_says_how_many_were_caught(verdicts, sentence):
    assert sentences(*map(cell, verdicts)) == [f"Negative control {sentence}"]


def test_control_is_told_per_data_set():
    found = sentences(cell("passed", data="radon"), cell("failed"), cell("failed"))
    assert found == [
        "Negative control caught on ames: 2 of 2 varying_sigma cells failed the gate.",
        "Negative control not caught on radon: 1 of 1 varying_sigma cells passed the gate.",
    ]


def test_control_without_a_threshold_is_not_checked():
    """A gate that checks nothing passes everything: that says nothing of the data."""
    (found,) = sentences(cell("passed", gate={"gate": "none"}))
    assert found == "Negative control not checked on ames: varying_sigma ran without a gate."


def test_control_counts_the_cells_that_had_a_gate():
    found = sentences(cell("passed", gate={"gate": "none"}), cell("failed"))
    assert found == ["Negative control caught on ames: 1 of 1 varying_sigma cells failed the gate."]


@pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.KILLED, RunStatus.RUNNING])
def test_control_counts_finished_cells_alone(status):
    assert sentences(cell("", status=status)) == []


def test_control_that_was_not_swept_is_not_spoken_of():
    assert sentences(cell("failed", form="centered")) == []


def test_control_of_nothing_is_not_spoken_of():
    assert sentences() == []


def test_control_is_a_form():
    assert NEGATIVE_CONTROL in FORMS


def test_comparison_speaks_of_the_control():
    notes = compare_cells(cells_frame([cell("failed"), cell("passed", form="centered")])).notes
    assert [note for note in notes if note.startswith("Negative control caught")] == [
        "Negative control caught on ames: 1 of 1 varying_sigma cells failed the gate."
    ]
