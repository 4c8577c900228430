"""What every executor has."""

import pytest

from hierbench.config.compose import compose_cell, composer
from hierbench.config.executors import EXECUTORS
from hierbench.executors.seam import Work, executor_of
from hierbench.tracking import locate, open_store


@pytest.fixture(scope="module")
def hydra():
    with composer() as started:
        yield started


@pytest.mark.parametrize("name", EXECUTORS)
def test_executor_of_no_cells_gives_nothing(name, tmp_path):
    store = open_store(locate(f"sqlite:///{tmp_path}/runs/mlflow.db", tmp_path))
    executor = executor_of(name)
    assert list(executor.results(executor.submit(Work([], store, 1, tmp_path)))) == []


@pytest.mark.parametrize("name", EXECUTORS)
def test_executor_says_whether_its_cells_run_apart(name):
    assert EXECUTORS[name].apart in (True, False)


@pytest.mark.parametrize("name", EXECUTORS)
def test_executor_is_a_launcher_of_hydra(name, hydra):
    compose_cell(hydra, [f"hydra/launcher={name}"])
