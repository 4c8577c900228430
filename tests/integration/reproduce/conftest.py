"""One store for all, since MLflow takes seconds to make one; a fresh run for each test."""

from pathlib import Path

import pytest

from hierbench.tracking import locate, open_store
from tests.integration.reproduce.handmade import make_run

# MLflow 3.17 defines a table the way that SQLAlchemy 2.1 calls deprecated.
NOT_OURS = "ignore:The ``noload`` loader strategy is deprecated:DeprecationWarning"


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings(NOT_OURS))


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    return open_store(locate(f"sqlite:///{folder}/mlflow.db", folder))


@pytest.fixture
def made(store, tmp_path):
    return make_run(store, tmp_path)


@pytest.fixture
def refused(capsys):
    """Return the one sentence with which a run is refused, exit code 2."""

    def sentence(run, *options):
        assert run.reproduce(*options) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        (line,) = captured.err.splitlines()
        assert line.startswith("hierbench: ")
        return line.removeprefix("hierbench: ")

    return sentence
