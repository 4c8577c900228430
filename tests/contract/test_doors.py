"""Everything that is printed goes through one door, where passwords and control characters end."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "hierbench"
DOORS = {Path("shown.py"), Path("terminal.py")}


def calls_of(source: str) -> list[str]:
    """Return where a module prints, makes a console or writes to a stream by itself."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in ("print", "Console", "rich.print") or name.endswith(
                ("stdout.write", "stderr.write")
            ):
                found.append(f"{node.lineno}: {name}")
    return found


def test_nothing_is_printed_beside_the_door():
    found = {
        str(path.relative_to(PACKAGE)): calls
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.relative_to(PACKAGE) not in DOORS and (calls := calls_of(path.read_text()))
    }
    assert found == {}


@pytest.mark.parametrize(
    "source", ["print('a')", "Console(stderr=True)", "import sys\nsys.stdout.write('a')"]
)
def test_the_check_sees_what_prints(source):
    assert calls_of(source)


def test_the_check_passes_over_what_does_not():
    assert not calls_of("say('a')\nconsole().print('a')\nout.print('a')")
