"""docs/metrics.md defines exactly the metrics of the contract, with their units and absences."""

import re
from pathlib import Path

import pytest
import yaml

from hierbench.metrics import METRICS
from hierbench.samplers import SAMPLERS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
HEADER = ["metric", "unit", "what it is", "absent when", "what it does not tell"]


def cells(line):
    """Return the cells of a table's row; an escaped bar is none between them."""
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def rows(header):
    """Return the rows of every table with this header."""
    found, inside = [], False
    for line in PAGE.splitlines():
        inside = line.startswith("|") and (inside or cells(line) == header)
        if inside and cells(line) != header and not line.startswith("|---"):
            found.append(cells(line))
    return found


def defined():
    """Return the row of every metric, by name."""
    return [(name, row) for row in rows(HEADER) for name in re.findall(r"`([^`]+)`", row[0])]


def test_page_defines_every_metric_once():
    assert sorted(name for name, _ in defined()) == sorted(METRICS)


@pytest.mark.parametrize(("place", "part"), [(1, "unit"), (3, "absent")])
def test_page_says_what_the_contract_says(place, part):
    wrong = [name for name, row in defined() if row[place] != str(getattr(METRICS[name], part))]
    assert wrong == []


def test_page_names_the_gates_thresholds():
    gate = yaml.safe_load((ROOT / "conf" / "gate" / "default.yaml").read_text(encoding="utf-8"))
    table = {
        name: row[1]
        for row in rows(["key", "default", ""])
        for name in re.findall(r"`gate\.([a-z_]+)`", row[0])
    }
    assert table == {name: str(value) for name, value in gate.items() if name != "name"}


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_page_names_what_a_sampler_lacks(sampler):
    (row,) = [row for row in rows(["sampler", "lacks", ""]) if row[0] == f"`{sampler}`"]
    assert set(re.findall(r"`([^`]+)`", row[1])) == SAMPLERS[sampler].lacks
