"""The command line that `show` gives is read back as what was asked."""

import shlex

import pytest

from hierbench.cli.showing import command
from hierbench.config.compose import compose_cell, composer, flat, to_config
from hierbench.records import RunStatus
from hierbench.tracking import TrackedRun


def run_of(params, *, kind="cell", **tags):
    """Return a run as the store has it."""
    return TrackedRun("id", "name", RunStatus.FINISHED, 0.0, {"kind": kind, **tags}, params, {})


@pytest.fixture(scope="module")
def read_back():
    """Return a function from a run's params to those that its command composes to."""
    with composer() as hydra:

        def read(params):
            words = shlex.split(command(run_of(params)))
            assert words[:2] == ["hierbench", "run"]
            found = flat(to_config(compose_cell(hydra, words[2:])))
            return {key: str(found[key]) for key in params if key in found}

        yield read


@pytest.mark.parametrize(
    "text",
    [
        "price",
        "price (EUR)",
        "Grösse, m2",
        "it's",
        "back\\slash",
        "1e5",
        "007",
        "true",
        "null",
        "a=b",
        "slash quote\\'",
        "ends in \\",
        "[a]",
        " padded ",
    ],
)
def test_command_keeps_the_name_of_a_column(text, read_back):
    assert read_back({"data": "csv", "data.y": text})["data.y"] == text


@pytest.mark.parametrize("path", ["/a/homes.csv", "/a b/my homes, 2019.csv", "/ä/x'y.csv"])
def test_command_keeps_the_path(path, read_back):
    assert read_back({"data": "csv", "data.path": path})["data.path"] == path


@pytest.mark.parametrize("groups", ["95608", "01067,Zoë", "1e5,true", "a b,c(d)"])
def test_command_keeps_the_groups_to_plot(groups, read_back):
    assert read_back({"plots.groups": groups})["plots.groups"] == groups


def test_command_keeps_numbers(read_back):
    params = {"prior.scale": "0.5", "sampler.target_accept": "0.95", "seed": "7"}
    assert read_back(params) == params


@pytest.mark.parametrize(
    "name", ["model", "workers", "cores_per_cell", "tracking.uri", "limits.cell_seconds"]
)
def test_command_leaves_out_what_makes_no_other_cell(name):
    assert command(run_of({name: "1", "seed": "2"})) == "hierbench run seed=2"


def test_command_of_a_sweep_is_its_own():
    run = run_of({}, kind="sweep", command="hierbench sweep seed=1,2")
    assert command(run) == "hierbench sweep seed=1,2"
