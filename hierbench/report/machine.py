"""What the cells ran on: one record per fingerprint, read with care, and what differs."""

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from hierbench.errors import StoreError
from hierbench.provenance import differences
from hierbench.samplers import SAMPLERS
from hierbench.tracking import Store
from hierbench.tracking.fetching import AtHand
from hierbench.tracking.recorded import recorded_provenance

__all__ = ["Machine", "machines_of"]

MOST_READ = 8
"""Fingerprints whose records are read; each is one file from the store."""

SHORT = 8
PACKAGES = (
    *("pymc", "pytensor", "nutpie"),
    *dict.fromkeys(package for one in SAMPLERS.values() for package in one.packages),
    *("numpy", "arviz"),
)


@dataclass(frozen=True)
class Machine:
    """One fingerprint among the cells.

    Attributes
    ----------
    cells : int
        How many ran on it.
    run_id : str
        The cell whose record was read.
    record : mapping of str to object
        As provenance.json has it; empty where it could not be read.
    facts : mapping of str to str
        What readers ask first; empty where the record could not be read.
    differs : tuple of str
        What is not as it is for the first fingerprint, a phrase each.
    why_not : str
        Why there are no facts, as a sentence.
    """

    fingerprint: str
    cells: int
    run_id: str
    record: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    differs: tuple[str, ...] = ()
    why_not: str = ""


def machines_of(
    cells: pd.DataFrame, store: Store | None, at_hand: AtHand | None = None
) -> list[Machine]:
    """Return the fingerprints among the cells, that of most cells first.

    Those that differ from the first by the sampler alone, which is an axis, are one with it.
    """
    known = cells[cells["fingerprint"] != ""]
    counts = Counter(known["fingerprint"])
    firsts = known.drop_duplicates("fingerprint")
    runs = dict(zip(firsts["fingerprint"], firsts["run_id"], strict=True))
    found = [
        machine(name, count, runs[name], store if place < MOST_READ else None, at_hand)
        for place, (name, count) in enumerate(counts.most_common())
    ]
    first = next((one for one in found if one.record), None)
    if first is None:
        return found
    found = [replace(one, differs=tuple(differing(first, one))) for one in found]
    same = [one for one in found if one.record and not one.differs]
    rest = [one for one in found if one not in same]
    return [joined(same), *rest]


def machine(
    fingerprint: str, cells: int, run_id: str, store: Store | None, at_hand: AtHand | None
) -> Machine:
    """Return one fingerprint with what its record says, where that can be read."""
    bare = Machine(fingerprint, cells, run_id, why_not="Its record was not read.")
    if store is None:
        return bare
    try:
        record = ran_on(store, run_id, at_hand)
    except StoreError as error:
        return replace(bare, why_not=f"{error}.")
    return replace(bare, record=record, facts=facts_of(record), why_not="")


def differing(first: Machine, other: Machine) -> list[str]:
    """Return what differs; of another sampler not what it is built on."""
    if not other.record:
        return []
    phrases = differences(first.record, other.record)
    samplers = [part(one.record, "sampler").get("name") for one in (first, other)]
    if samplers[0] == samplers[1]:
        return phrases
    return [phrase for phrase in phrases if not phrase.startswith("sampler.")]


def joined(same: Sequence[Machine]) -> Machine:
    """Return the first of machines that differ by their sampler alone, with the cells of all."""
    first = same[0]
    if len(same) == 1:
        return first
    names = {part(one.record, "sampler").get("name"): one.fingerprint[:SHORT] for one in same}
    listed = ", ".join(f"{name} {fingerprint}" for name, fingerprint in names.items())
    cells = sum(one.cells for one in same)
    return replace(first, cells=cells, facts={**first.facts, "samplers": listed})


def ran_on(store: Store, run_id: str, at_hand: AtHand | None) -> Mapping[str, Any]:
    """Return what a cell ran on, by its provenance.json.

    Raises
    ------
    StoreError
        If the file is gone or damaged.
    """
    with tempfile.TemporaryDirectory() as folder:
        return part(recorded_provenance(store, run_id, Path(folder), at_hand), "ran_on")


def part(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a nested mapping, empty where there is none: the file is anybody's."""
    inner = content.get(name)
    return inner if isinstance(inner, Mapping) else {}


def facts_of(record: Mapping[str, Any]) -> dict[str, str]:
    """Return what readers ask first, in words."""
    cpu, code, packages = part(record, "cpu"), part(record, "code"), part(record, "packages")
    dirty = " with changes" if code.get("dirty") else ""
    flags = ", ".join(f"{key}={value}" for key, value in part(record, "flags").items())
    facts = {
        "processor": f"{cpu.get('name')}, {cpu.get('cores')} cores",
        "cores per cell": record.get("cores_per_cell"),
        "system": record.get("os"),
        "Python": record.get("python"),
        "packages": ", ".join(f"{n} {packages[n]}" for n in PACKAGES if n in packages),
        "BLAS": record.get("blas"),
        "flags": flags,
        "commit": f"{code['commit']}{dirty}" if code.get("commit") else None,
        "sources": code.get("sources_sha256"),
    }
    return {name: str(value) for name, value in facts.items() if value}
