"""An executor changes where a cell runs, never what it is."""

import pytest

from hierbench.config.executors import EXECUTORS
from tests.integration.sweeps.sweeping import opened, plan_of


@pytest.mark.parametrize("name", EXECUTORS)
def test_executor_gives_every_cell_once_and_the_same_draws(name, store, alone):
    _, digests = alone
    sweep = opened(plan_of(2, workers=1, mode=name), store)
    outcome = sweep.finish()
    assert sweep.statuses() == ["FINISHED", "FINISHED"]
    assert sorted(cell.tags["cell_key"] for cell in outcome.results) == sorted(digests)
    assert sweep.digests() == digests
