"""One real store for the tests of a module: making its tables takes seconds."""

from pathlib import Path

import pytest

from hierbench.tracking import locate, open_store

# MLflow 3.17 defines a table the way that SQLAlchemy 2.1 calls deprecated.
NOT_OURS = "ignore:The ``noload`` loader strategy is deprecated:DeprecationWarning"


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings(NOT_OURS))


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    return open_store(locate(f"sqlite:///{folder}/runs/mlflow.db", folder))
