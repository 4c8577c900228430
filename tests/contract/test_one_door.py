"""Every file out of a store comes through `tracking/fetching.py`, which bounds its size."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "hierbench"
MODULES = sorted(PACKAGE.rglob("*.py"))
DOOR = PACKAGE / "tracking" / "fetching.py"
DOWNLOADS = {
    "download_artifacts",
    "_download_file",
    "download_artifact",
    "download_to_local",
    "load_dict",
    "load_text",
    "load_image",
    "load_table",
    "urlretrieve",
}
"""MLflow's other ways to a run's files, none of which has a bound."""


def names_of(text: str) -> set[str]:
    """Return every name that a module uses, imports or looks up."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Attribute():
                found.add(node.attr)
            case ast.Name():
                found.add(node.id)
            case ast.ImportFrom() | ast.Import():
                found |= {name.name.rpartition(".")[2] for name in node.names}
            case ast.Constant(value=str()):
                found.add(node.value)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_nothing_downloads_without_a_bound(path):
    assert not names_of(path.read_text()) & DOWNLOADS


@pytest.mark.parametrize(
    "text",
    [
        "client.download_artifacts(run, name)",
        "from mlflow.artifacts import download_artifacts as get",
        "getattr(client, 'download_artifacts')",
    ],
)
def test_a_download_would_be_found(text):
    assert names_of(text) & DOWNLOADS


def test_artifacts_are_listed_by_the_door_alone():
    users = {path for path in MODULES if "list_artifacts" in names_of(path.read_text())}
    assert users == {DOOR}
