"""The hash of a file's syntax: the same for every Python, deaf to words."""

import ast
import shutil
import subprocess
from pathlib import Path

import pytest

from hierbench.models import eight_schools, syntax
from hierbench.models.syntax import definitions_of, syntax_sha256

TEXT = Path(eight_schools.__file__).read_text("utf-8")
SHORT = '''
"""A docstring."""
from __future__ import annotations
import numpy as np
X: dict[str, float] = {"a": 1.5, 'b': -2e-3}
async def f(x, /, y=None, *z, k: int = 3, **w) -> str:
    """Say."""
    async with x as q, y:
        return f"{x!r:>{k}} {{}} {'a' if y else b"bytes"}" or (lambda: ...)
class C[T](Base, metaclass=M):
    "Doc."
    n = 1_000; m = 0x10
    def g(self):
        match self:
            case {"a": [1, *rest], **other} if rest: pass
            case C(n=3) | None: del other
        return [a for a, *_ in z if not a] @ np.eye(3)
'''
HASH = "361f9a4402f06c717cf54056ca2b92a09c0d50feb33c2fe1183b3afca852916c"
"""Of SHORT, by Python 3.12 and 3.13."""


def hashed(text):
    return syntax_sha256(ast.parse(text))


def test_hash_is_that_of_every_python():
    assert hashed(SHORT) == HASH


def pythons():
    """Return the programs of Python 3.12 and 3.13 on this machine."""
    found = [shutil.which(f"python3.{minor}") for minor in (12, 13)]
    found += Path.home().glob(".pyenv/versions/3.1[23].*/bin/python3")
    return [str(one) for one in found if one and "shims" not in str(one)]


@pytest.mark.parametrize("python", pythons())
def test_other_pythons_give_this_hash(python):
    folder = str(Path(syntax.__file__).parent)
    code = f"import ast, syntax; print(syntax.syntax_sha256(ast.parse({SHORT!r})))"
    done = subprocess.run(
        [python, "-c", f"import sys; sys.path.append({folder!r})\n{code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == HASH


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import pymc as pm", "import pymc as pm  # a comment\n\n"),
        ('"""Eight schools (Rubin 1981)', '"""Schools'),
        ('    """Draw the schools\' effects from their Normal."""\n', ""),
        ('"mu": 5.0', "'mu': 5.00"),
    ],
)
def test_hash_passes_over_words(old, new):
    assert old in TEXT
    assert hashed(TEXT.replace(old, new)) == hashed(TEXT)


@pytest.mark.parametrize(
    ("old", "new"),
    [("tau**2", "tau**3"), ('"mu": 5.0', '"mu": 5'), ("mu + tau * offset", "tau * offset + mu")],
)
def test_hash_sees_code(old, new):
    assert old in TEXT
    assert hashed(TEXT.replace(old, new)) != hashed(TEXT)


def test_a_text_that_is_no_docstring_counts():
    assert hashed("def f():\n    x = 1\n    'a'") != hashed("def f():\n    x = 1\n    'b'")


def test_definitions_name_what_differs():
    before = definitions_of(ast.parse(TEXT))
    after = definitions_of(ast.parse(TEXT.replace('"mu": 5.0', '"mu": 6.0')))
    assert [name for name in before if before[name] != after[name]] == ["PRIOR"]
    assert {"PRIOR", "data", "centered", "FORMS", "its other lines"} <= set(before)


def test_docstring_is_in_no_definition():
    words = ast.parse(TEXT.replace('"""Eight schools (Rubin 1981)', '"""Schools'))
    assert definitions_of(words) == definitions_of(ast.parse(TEXT))
