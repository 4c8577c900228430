"""Mutated inputs end in no traceback and no hang."""

import pytest

from tests.fuzz.__main__ import fuzz, is_bad

SLICE = {"configs": 30, "tables": 40, "stored": 20}
WHOLE = {"configs": 1000, "tables": 1000, "stored": 300}


@pytest.mark.slow
@pytest.mark.parametrize("kind", SLICE)
def test_a_slice_of_mutated_inputs_has_no_fault(kind):
    tally = fuzz(kind, SLICE[kind], seed=1)
    assert tally.count == SLICE[kind]
    assert not is_bad(tally), (tally.codes, tally.faults)


@pytest.mark.slow
@pytest.mark.parametrize("kind", WHOLE)
def test_mutated_inputs_have_no_fault(kind):
    tally = fuzz(kind, WHOLE[kind], seed=2)
    assert tally.count == WHOLE[kind]
    assert not is_bad(tally), (tally.codes, tally.faults)
