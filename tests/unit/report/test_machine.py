"""What a report says of the machines: an axis is no difference, and a lost record no end."""

import pandas as pd
import pytest

from hierbench.errors import StoreError
from hierbench.report import machine

STORE = object()
"""Never asked here: the records are planted."""

RECORDS = {
    "n": {"os": "Linux", "packages": {"pymc": "6.4.0"}, "sampler": {"name": "nutpie", "build": 1}},
    "s": {"os": "Linux", "packages": {"pymc": "6.4.0"}, "sampler": {"name": "stan", "build": 2}},
    "m": {"os": "Linux", "packages": {"pymc": "6.4.0"}, "sampler": {"name": "nutpie", "build": 2}},
    "o": {"os": "Other", "packages": {"pymc": "6.4.1"}, "sampler": {"name": "stan", "build": 2}},
}


@pytest.fixture(autouse=True)
def planted(monkeypatch):
    def ran_on(store, run_id, at_hand):
        if run_id not in RECORDS:
            raise StoreError(f"{run_id}: gone")
        return RECORDS[run_id]

    monkeypatch.setattr(machine, "ran_on", ran_on)


def machines(*names, store=STORE):
    """Return the machines of cells whose run and fingerprint have these names."""
    cells = pd.DataFrame({"fingerprint": list(names), "run_id": list(names)})
    return machine.machines_of(cells, store)


def test_machines_that_differ_by_their_sampler_are_one():
    (one,) = machines("n", "n", "s")
    assert (one.cells, one.differs) == (3, ())
    assert one.facts["samplers"] == "nutpie n, stan s"


def test_machines_of_one_sampler_differ_by_what_it_is_built_on():
    _, other = machines("n", "n", "m")
    assert other.differs == ("sampler.build 1 -> 2",)


def test_machines_that_differ_say_by_what_whatever_the_sampler():
    _, other = machines("n", "n", "o")
    assert other.differs == ("os Linux -> Other", "packages.pymc 6.4.0 -> 6.4.1")


def test_machines_keep_the_cells_of_a_record_that_is_gone():
    found = machines("gone", "gone", "n", "s")
    assert [one.cells for one in found] == [2, 2]
    assert {one.why_not for one in found} == {"gone: gone.", ""}


def test_machines_without_a_store_have_no_record():
    assert [one.why_not for one in machines("n", "s", store=None)] == [
        "Its record was not read."
    ] * 2
