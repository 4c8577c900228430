"""Programs that start at once on one empty store share it."""

import json

import pytest

from hierbench.tracking import locate, open_store
from hierbench.tracking.reading import _search
from tests.integration.sweeps.programs import TINY


def started_together(programs, seeds):
    """Start a `run` for each of `seeds` at once; return their exit codes and their words."""
    together = [
        programs("run", *TINY, f"seed={seed}", "hydra/launcher=basic", "--json") for seed in seeds
    ]
    return [program.wait() for program in together], [one.printed for one in together]


@pytest.mark.slow
def test_eight_starts_on_an_empty_store(programs, tmp_path):
    codes, printed = started_together(programs, range(1, 9))
    assert codes == [0] * 8, printed
    assert not any("database is locked" in words for words in printed)
    store = open_store(locate(None, tmp_path), create=False)
    experiments = [found.name for found in store.client.search_experiments()]
    assert experiments.count("hierbench") == 1
    assert [run.info.status for run in _search(store, "")] == ["FINISHED"] * 8


@pytest.mark.slow
def test_eight_starts_of_one_cell_are_eight_runs(programs, tmp_path):
    codes, printed = started_together(programs, [1] * 8)
    assert codes == [0] * 8, printed
    found = [json.loads(words[words.index("{\n") :]) for words in printed]
    assert len({one["run_id"] for one in found}) == 8
    store = open_store(locate(None, tmp_path), create=False)
    assert [run.info.status for run in _search(store, "")] == ["FINISHED"] * 8
