"""One word per setting, on planted tables."""

import json
from dataclasses import replace

import pytest

from hierbench.agreement.settings import Rival
from hierbench.cli.validating import as_json
from hierbench.comparison.cells import cells_frame
from hierbench.records import RunStatus
from hierbench.sweeps.rivals import Rivals
from hierbench.validation.judgement import judged
from hierbench.validation.text import asides, checks_tables
from tests.unit.agreement.test_reference import KNOWN, table
from tests.unit.comparison.cells import POSTERIOR, cell, failed

OFF = (2.0, 3.5, 1.0)
"""Means that are not the reference's."""


def near(step):
    """Return a table that is right within its error, and no other's copy."""
    return table(mean=(2.0 + 0.001 * step, 3.0, 1.0))


def judge(*tables, known=True, gates=None):
    """Return the judgement of forms f0, f1, ...; a table of None was not read."""
    gates = gates or ["passed"] * len(tables)
    cells = [
        replace(of, params={**of.params, "gate.r_hat_max": "1.01"})
        for i, gate in enumerate(gates)
        for of in [cell(params={"parameterization": f"f{i}"}, gate=gate, run_id=f"r{i}")]
    ]
    rivals = {i: Rival(POSTERIOR, f"f{i}", [of]) for i, of in enumerate(tables) if of is not None}
    references = {POSTERIOR: KNOWN["p"]} if known else {}
    return judged(cells_frame(cells), Rivals(rivals), references)


def verdicts(found):
    return [str(row.verdict) for row in found.rows]


def test_judged_right_forms_agree():
    found = judge(near(1), near(2), near(3))
    assert verdicts(found) == ["agrees"] * 3
    assert not found.differs


def test_judged_form_that_differs_from_its_reference_is_named():
    found = judge(near(1), table(mean=OFF))
    assert verdicts(found) == ["agrees", "differs"]
    assert found.rows[1].shift.parameter == "alpha[b]"
    assert found.differs


def test_judged_without_a_reference_goes_by_agreement():
    found = judge(near(1), near(2), table(mean=OFF), known=False)
    assert verdicts(found) == ["agrees", "agrees", "differs"]
    assert found.rows[2].shift.parameter == "alpha[b]"


def test_judged_alone_without_a_reference_is_undecided():
    found = judge(near(1), known=False)
    assert verdicts(found) == ["undecided"]
    assert "there is no reference and no other setting" in asides(found, [])[0]


def test_judged_form_that_failed_its_gate_is_undecided():
    """Its table is not read: the error of chains that have not converged means nothing."""
    found = judge(near(1), None, gates=["passed", "failed"])
    assert verdicts(found) == ["agrees", "undecided"]
    assert not found.differs
    assert "no cell passed the gate" in asides(found, [])[0]


def test_judged_cell_that_failed_says_why():
    cells = [replace(failed(), tags={"posterior": POSTERIOR, "failure": "timeout"})]
    found = judged(cells_frame(cells), Rivals({}), {})
    assert found.rows[0].why == "timeout"


def test_judged_cell_that_ran_without_a_gate_says_so():
    found = judged(cells_frame([cell()]), Rivals({}), {})
    assert found.rows[0].why == "it ran without a gate"
    assert found.rows[0].passed == 0


def test_judged_killed_cell_says_so():
    cells = [replace(failed(), status=RunStatus.KILLED)]
    assert judged(cells_frame(cells), Rivals({}), {}).rows[0].why == "killed"


@pytest.mark.parametrize(("known", "said"), [(True, "0.250 0.000 +50.0"), (False, "no reference")])
def test_table_of_checks(known, said):
    (shown,) = checks_tables(judge(near(1), near(2), table(mean=OFF), known=known))
    assert shown.title == "ames"
    assert shown.rows[2][:3] == ("f2", "1/1", said)
    assert shown.rows[2][4:] == ("differs", "alpha[b]")


def test_asides_name_what_differs():
    said = asides(judge(near(1), table(mean=OFF)), [])[0]
    assert said == (
        f"f1 on {POSTERIOR} differs from reference known: the mean of alpha[b] is off by +0.25 "
        "posterior sds (z +50.0)."
    )


def test_asides_state_the_error_rates():
    found = judge(near(1), near(2))
    assert asides(found, [])[-1] == (
        "Family-wise error rate over all settings here: 1 % for each of the reference (|z| up to "
        f"{found.reference_bound:.1f}) and agreement (|z| up to {found.agreement_bound:.1f})."
    )


def test_judgement_as_json_is_json():
    """No bound where there is nothing to compare."""
    text = json.dumps(as_json(judge(near(1), known=False), [], ["s"]), allow_nan=False)
    assert json.loads(text)["rows"][0]["verdict"] == "undecided"
    assert json.loads(text)["agreement_bound"] is None
