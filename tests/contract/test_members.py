"""A new member costs a record and, where it computes, a file; what is forgotten is said.

A dummy of each kind is added to a copy of the whole project, and the contract runs over it there.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path

import pytest

from hierbench.config.executors import Executor
from hierbench.metrics import Metric, Shown
from hierbench.models import Abilities, Look, Model
from hierbench.models.contract import DataSource, Design
from hierbench.models.homes.forms import Regression
from hierbench.samplers import Sampler
from tests.waiting import finished

ROOT = Path(__file__).parents[2]
HOMES = "hierbench/models/homes"
COPIED = ("hierbench", "tests", "conf", "data", "docs", "experiments")


@dataclass(frozen=True)
class Dummy:
    """A member to add.

    Attributes
    ----------
    record : mapping of str to str
        The source of each field's value.
    call : str
        How the record is made, with its fields in place of {}.
    place : str
        The file that lists it, and below it the line that it goes before.
    files : mapping of str to str
        What it has beside: new files, and lines of those that are there (before the line named).
    checks : tuple of str
        The contract's tests, as pytest is told.
    """

    record: Mapping[str, str]
    call: str
    place: tuple[str, str]
    checks: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[tuple[str, str, str], ...] = ()


LOAD = '''
"""A data set that is one of the others."""

from hierbench.config.schema import DataConfig
from hierbench.models.homes.datasets import sacramento
from hierbench.models.homes.datasets.assembly import TABLE
from hierbench.models.contract import DataSource
from hierbench.models.homes.rows import Rows


def load(config: DataConfig) -> Rows:
    """Return Sacramento's homes."""
    return sacramento.load(config)


SOURCE = {}
'''

DUMMIES = {
    "metric": Dummy(
        record={
            "name": '"dummy_count"',
            "unit": '"draws"',
            "of": "Of.FIT",
            "kind": "Kind.COUNT",
            "better": "-1",
            "rank": "0",
            "absent": "Absence.NEVER",
            "shown": "PLAIN",
        },
        call="Metric({}),",
        place=("hierbench/metrics.py", '        Metric("acceptance_mean"'),
        lines=(
            (
                "hierbench/diagnostics/__init__.py",
                '        "constant_parameters": ',
                '"dummy_count": 7.0,',
            ),
            (
                "docs/metrics.md",
                "| `constant_parameters` |",
                "| `dummy_count` | draws | Seven | never | All |",
            ),
            (
                "tests/contract/test_independence.py",
                '    "r_hat_max": HEADLINE,',
                '"dummy_count": HEADLINE,',
            ),
        ),
        checks=(
            "tests/contract/test_metrics_page.py",
            "tests/contract/test_independence.py",
            "tests/contract/test_metrics.py",
            "-k=not nutpie and not own_statistic",
        ),
    ),
    "form": Dummy(
        record={
            "name": '"dummy"',
            "variant": "INDEPENDENT",
            "dims": "by_group()",
            "likelihoods": "LIKELIHOODS",
            "traits": "Trait.NONE",
            "look": 'Look("#123456", "#123456", "#abcdef", "*")',
            "weighed": "False",
        },
        call="Regression({}),",
        place=(f"{HOMES}/forms.py", '        Regression(\n            "centered",'),
        files={f"{HOMES}/dummy.py": (ROOT / f"{HOMES}/centered.py").read_text("utf-8")},
        lines=(("README.md", "| `centered` |", "| `dummy` | as centered |"),),
        checks=(
            "tests/contract/test_models.py",
            "tests/contract/test_readme.py",
            "tests/unit/report/test_parts.py",
            "tests/unit/cell/test_plan.py",
            "-k=dummy or programs or key",
        ),
    ),
    "sampler": Dummy(
        record={
            "module": '"hierbench.samplers.dummy"',
            "backend": '"numba"',
            "extra": '""',
            "packages": "()",
            "adaptations": '("diag",)',
            "reads": '"pymc"',
            "lacks": "frozenset()",
        },
        call='"dummy": Sampler({}),',
        place=("hierbench/samplers/__init__.py", '    "pymc": Sampler('),
        files={
            "hierbench/samplers/dummy.py": '"""PyMC\'s own."""\n\n'
            "from hierbench.samplers.pymc import EVALUATIONS, compile_model\n\n"
            '__all__ = ["EVALUATIONS", "compile_model"]\n',
            "conf/sampler/dummy.yaml": "# PyMC's own, once more.\nname: dummy\n",
        },
        lines=(
            ("README.md", "| `pymc` |", "| `dummy` | PyMC's |"),
            ("docs/metrics.md", "| `blackjax` | `tune", "| `dummy` | | |"),
        ),
        checks=(
            "tests/contract/test_samplers.py",
            "tests/contract/test_metrics.py",
            "tests/contract/test_metrics_page.py",
            "tests/contract/test_configs.py",
            "tests/contract/test_readme.py",
            "-k=dummy or options_are",
        ),
    ),
    "executor": Dummy(
        record={"module": '"dummy"', "apart": "False"},
        call='"dummy": Executor({}),',
        place=("hierbench/config/executors.py", '    "basic": Executor('),
        files={
            "hierbench/executors/dummy.py": '"""Here, once more."""\n\n'
            "from hierbench.executors.here import results, submit\n\n"
            '__all__ = ["results", "submit"]\n',
        },
        checks=("tests/contract/test_executors.py", "-k=dummy"),
    ),
    "data set": Dummy(
        record={
            "origin": '"Sacramento again"',
            "load": "load",
            "keys": "TABLE",
            "prepare": "None",
        },
        call="DataSource({})",
        place=(f"{HOMES}/datasets/dummy.py", "SOURCE = {}"),
        files={
            f"{HOMES}/datasets/dummy.py": LOAD,
            "conf/data/dummy.yaml": "# Sacramento once more.\nname: dummy\ny_scale: 100000\n",
        },
        lines=(
            (
                f"{HOMES}/datasets/__init__.py",
                '    "ames": ',
                '"dummy": dummy.SOURCE,',
            ),
            (f"{HOMES}/datasets/__init__.py", "    csv_file,\n", "dummy,"),
        ),
        checks=(
            "tests/unit/models/homes/datasets/test_datasets.py",
            "tests/unit/models/homes/datasets/test_data_configs.py",
            "tests/contract/test_configs.py",
            "-k=dummy or options_are or every_data_set",
        ),
    ),
}
RECORDS = {
    "metric": Metric,
    "form": Regression,
    "sampler": Sampler,
    "executor": Executor,
    "data set": DataSource,
}

SAMPLED = ("metric", "form", "sampler", "executor")
"""Those whose contract compiles, samples or starts programs."""


@pytest.fixture
def tree(tmp_path):
    """Return a copy of the project."""
    leave = shutil.ignore_patterns("__pycache__", "images")
    for name in COPIED:
        shutil.copytree(ROOT / name, tmp_path / name, symlinks=True, ignore=leave)
    for name in ("pyproject.toml", "README.md", "CHANGELOG.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def add(tree: Path, dummy: Dummy, without: str = "") -> None:
    """Add the member, but for one field or one line: its file, or the beginning of what it adds."""
    for name, text in dummy.files.items():
        if name != without:
            (tree / name).write_text(text, "utf-8")
    record = ", ".join(f"{name}={of}" for name, of in dummy.record.items() if name != without)
    path, before = dummy.place
    source = dummy.call.format(record)
    if before == "SOURCE = {}":
        if path != without:
            replace(tree / path, before, f"SOURCE = {source}")
    else:
        insert(tree / path, before, source)
    for path, before, line in dummy.lines:
        if path != without:
            insert(tree / path, before, line)


def insert(path: Path, before: str, line: str) -> None:
    """Put `line` into a file where `before` stands once, which follows it."""
    indent = before[: len(before) - len(before.lstrip(" "))]
    replace(path, before, f"{indent}{line}\n{before}")


def replace(path: Path, old: str, new: str) -> None:
    """Put `new` in the place of `old`, which the file has once."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, (path.name, old, text.count(old))
    path.write_text(text.replace(old, new), "utf-8")


def contract(tree: Path, checks: tuple[str, ...]) -> "subprocess.CompletedProcess[str]":
    """Run tests of the copied project."""
    words = [sys.executable, "-m", "pytest", "-v", "-m", "not slow", "-p", "no:cacheprovider"]
    environment = {name: of for name, of in os.environ.items() if not name.startswith("PYTEST")}
    return finished([*words, *checks], "the contract", cwd=tree, env=environment)


@pytest.mark.parametrize(
    "kind",
    [pytest.param(kind, marks=pytest.mark.slow) if kind in SAMPLED else kind for kind in DUMMIES],
)
def test_dummy_holds_the_contract(kind, tree):
    dummy = DUMMIES[kind]
    add(tree, dummy)
    found = contract(tree, dummy.checks)
    assert found.returncode == 0, found.stdout[-3000:]
    assert "dummy" in found.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "forgotten"),
    [
        (kind, name)
        for kind, dummy in DUMMIES.items()
        for name in (*dummy.record, *dummy.files, *dict.fromkeys(line[0] for line in dummy.lines))
    ],
)
def test_contract_fails_where_a_part_of_a_dummy_was_forgotten(kind, forgotten, tree):
    dummy = DUMMIES[kind]
    add(tree, dummy, without=forgotten)
    found = contract(tree, dummy.checks)
    assert found.returncode not in (0, 5), found.stdout[-3000:]


@pytest.mark.parametrize("record", [*RECORDS.values(), Model, Abilities, Design, Look, Shown])
def test_no_field_of_a_record_has_a_default(record):
    """So a forgotten one is an error at once."""
    assert [of.name for of in fields(record) if of.default is not MISSING] == []
    assert [of.name for of in fields(record) if of.default_factory is not MISSING] == []


@pytest.mark.parametrize("kind", DUMMIES)
def test_dummies_have_every_field(kind):
    assert [*DUMMIES[kind].record] == [of.name for of in fields(RECORDS[kind])]
