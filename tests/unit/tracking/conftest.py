"""One real store for the tests of a module: making its tables takes seconds."""

import pytest

from hierbench.tracking import locate, open_store


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    return open_store(locate(f"sqlite:///{folder}/runs/mlflow.db", folder))
