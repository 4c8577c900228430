"""The module of a snapshot: run from the bytes that were hashed, with modules of its own."""

import sys

import pytest

from hierbench.errors import ConfigError
from hierbench.models.executed import executed
from hierbench.models.snapshot import snapshot_at


@pytest.fixture
def run(tmp_path):
    """Write files, read them, and return the module that they make after `edit`."""

    def of(place, edit=None, **files):
        folder = tmp_path / place
        for name, text in files.items():
            path = folder / f"{name.replace('__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        for inside in folder.glob("*/"):
            (inside / "__init__.py").touch()
        found = snapshot_at(folder / "mine.py")
        for name, text in (edit or {}).items():
            (folder / f"{name}.py").write_text(text)
        return executed(found)

    return of


def test_what_runs_is_what_was_hashed(run):
    module = run(
        "a",
        edit={"mine": "x = 2", "helpers": "y = 2"},
        mine="from helpers import y\nx = 1",
        helpers="y = 1",
    )
    assert (module.x, module.y) == (1, 1)


def test_two_models_have_each_their_own_helpers(run):
    first = run(
        "a",
        mine="import helpers\ndef f():\n    import helpers as late\n    return late.y",
        helpers="y = 1",
    )
    second = run("b", mine="import helpers\nx = helpers.y", helpers="y = 2")
    assert (first.helpers.y, second.x, first.f()) == (1, 2, 1)
    assert "helpers" not in sys.modules


def test_packages_and_their_relative_imports(run):
    module = run(
        "a",
        mine="import parts.priors as of\nfrom parts import shapes\nimport parts\n"
        "x = parts.priors.z + shapes.y",
        parts__priors="from .shapes import y\nfrom . import shapes\nz = y + shapes.y",
        parts__shapes="y = 10",
    )
    assert (module.x, module.of.z) == (30, 20)


def test_installed_modules_are_the_usual_ones(run):
    import numpy as np

    module = run("a", mine="import numpy as np\nimport os.path\nfrom json import dumps")
    assert module.np is np
    assert module.os.path is sys.modules["os.path"]


def test_dataclasses_find_their_module(run):
    text = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\n"
        "@dataclass(frozen=True)\nclass P:\n    x: float = 1.0\np = P()"
    )
    assert run("a", mine=text).p.x == 1.0


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"mine": "x = 1\n1 / 0"},
            r"importing it raised ZeroDivisionError: .* \(mine.py, line 2\)",
        ),
        (
            {"mine": "import helpers", "helpers": "\n\nboom"},
            r"NameError: .* \(helpers.py, line 3\)",
        ),
        ({"mine": "import parts.none", "parts__a": ""}, "No module named 'parts.none'"),
    ],
)
def test_what_it_raises_is_one_sentence_with_its_line(run, files, said):
    with pytest.raises(ConfigError, match=said):
        run("a", **files)
