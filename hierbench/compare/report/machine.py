"""What the cells ran on: one record per fingerprint, read with care, and what differs."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from hierbench.errors import StoreError
from hierbench.provenance import differences
from hierbench.tracking import Store
from hierbench.tracking.recorded import recorded_provenance

__all__ = ["Machine", "machines_of"]

MOST_READ = 8
"""Fingerprints whose records are read; each is one file from the store."""

PACKAGES = ("pymc", "pytensor", "nutpie", "numpyro", "blackjax", "stanli", "numpy", "arviz")


@dataclass(frozen=True)
class Machine:
    """One fingerprint among the cells.

    Attributes
    ----------
    cells : int
        How many ran on it.
    run_id : str
        The cell whose record was read.
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
    facts: Mapping[str, str] = field(default_factory=dict)
    differs: tuple[str, ...] = ()
    why_not: str = ""


def machines_of(cells: pd.DataFrame, store: Store | None) -> list[Machine]:
    """Return the fingerprints among the cells, that of most cells first."""
    found: list[Machine] = []
    first: Mapping[str, Any] = {}
    known = cells[cells["fingerprint"] != ""]
    for fingerprint, count in known["fingerprint"].value_counts().items():
        run_id = str(known.loc[known["fingerprint"] == fingerprint, "run_id"].iloc[0])
        machine = Machine(str(fingerprint), int(count), run_id, why_not="Its record was not read.")
        if len(found) < MOST_READ and store is not None:
            try:
                record = ran_on(store, run_id)
                differs = tuple(differences(first, record)) if first else ()
                machine = replace(machine, facts=facts_of(record), differs=differs, why_not="")
                first = first or record
            except StoreError as error:
                machine = replace(machine, why_not=f"{error}.")
        found.append(machine)
    return found


def ran_on(store: Store, run_id: str) -> Mapping[str, Any]:
    """Return what a cell ran on, by its provenance.json.

    Raises
    ------
    StoreError
        If the file is gone or damaged.
    """
    with tempfile.TemporaryDirectory() as folder:
        return part(recorded_provenance(store, run_id, Path(folder)), "ran_on")


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
