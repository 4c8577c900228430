"""A model's file is read without importing it, and its faults are one sentence each."""

import re
from pathlib import Path

import pytest

from hierbench.errors import ConfigError
from hierbench.models import contents as module
from hierbench.models import eight_schools
from hierbench.models.snapshot import snapshot_at

TEXT = Path(eight_schools.__file__).read_text("utf-8")


def contents_of(path):
    return module.contents_of(snapshot_at(path))


@pytest.fixture
def file(tmp_path):
    """Write a model's file; return its path."""

    def write(text):
        path = tmp_path / "mine.py"
        path.write_text(text, "utf-8")
        return path

    return write


def test_contents_are_what_the_module_has(file):
    found = contents_of(file(TEXT))
    assert found.prior == eight_schools.PRIOR
    assert found.estimands == eight_schools.ESTIMANDS
    assert found.necks == eight_schools.NECKS
    assert found.forms == tuple(eight_schools.FORMS)
    assert found.completed == tuple(eight_schools.COMPLETE)
    assert found.not_uniform == eight_schools.NOT_UNIFORM
    assert found.summary.startswith("Eight schools (Rubin 1981)")


def test_nothing_is_executed(file, tmp_path):
    mark = tmp_path / "ran"
    contents_of(file(f"open({str(mark)!r}, 'w').close()\n{TEXT}"))
    assert not mark.exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("PRIOR = {", "PRIORS = {", "it has no PRIOR, so it is no model; `hierbench model new"),
        ("def data(", "def table(", "it has no data, so it is no model"),
        ('"mu": 5.0', '"mu": 0', "PRIOR has 'mu': 0; allowed are finite numbers above 0"),
        ('("theta",)', '("theta")', 'a comma after a single one: "effects": ("theta",)'),
        ('("theta",)', '("theta", "tau")', "'tau' twice, in hyper and in effects; keep one"),
        ('{"centered": c', '{"all": c', "FORMS has 'all'; a form's name has letters, digits"),
        ('"marginal": marginal}', '"centered": marginal}', "FORMS has 'centered' twice"),
        ('COMPLETE = {"marginal"', 'COMPLETE = {"margin"', "COMPLETE has 'margin', which is no"),
        ('NECKS = ("tau",)', 'NECKS = ("sd",)', "NECKS has 'sd', which is no estimand"),
        ('"tau": 5.0}', '"scale": 5.0}', "PRIOR has 'scale', which is a key of prior itself"),
        ('"effects": (', '"the effects": (', "'the effects', which is no identifier"),
        ("FORMS = {", "FORMS = dict() or {", "FORMS is no mapping of names to functions"),
        ('NECKS = ("tau",)', "NECKS = tuple(PRIOR)", "NECKS is no literal"),
        (
            "import math",
            "import math:",
            "mine.py, line 9 is no Python that can be read (invalid syntax)",
        ),
    ],
)
def test_fault_is_one_sentence(file, old, new, said):
    assert old in TEXT
    path = file(TEXT.replace(old, new, 1))
    with pytest.raises(ConfigError, match=re.escape(said)) as caught:
        contents_of(path)
    assert str(caught.value).startswith(f"model={path}: ")
