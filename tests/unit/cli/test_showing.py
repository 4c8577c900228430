"""The command line that `show` gives is read back as what was asked, and holds nothing else."""

import shlex

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hierbench.cli.commands import command_of
from hierbench.config.compose import compose_cell, composer, to_config
from hierbench.config.flat import flat
from hierbench.config.labels import joined
from hierbench.records import RunStatus
from hierbench.tracking import TrackedRun

SEEN = st.characters(categories=["L", "N", "P", "S", "Zs"]).filter(str.isprintable)
TEXT = st.text(SEEN, min_size=1) | st.text(alphabet="a,\\'\"${}[] ", min_size=1)


def run_of(params, *, kind="cell", **tags):
    """Return a run as the store has it."""
    return TrackedRun("id", "name", RunStatus.FINISHED, 0.0, {"kind": kind, **tags}, params, {})


@pytest.fixture(scope="module")
def read_back():
    """Return a function from a run's params to those that its command composes to."""
    with composer() as hydra:

        def read(params):
            words = shlex.split(command_of(run_of(params)))
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


@pytest.mark.parametrize("groups", ["95608", "01067,Zoë", "1e5,true", "a b,c(d)", "a\\, b,c"])
def test_command_keeps_the_groups_to_plot(groups, read_back):
    assert read_back({"plots.groups": groups})["plots.groups"] == groups


def test_command_keeps_numbers(read_back):
    params = {"prior.scale": "0.5", "sampler.target_accept": "0.95", "seed": "7"}
    assert read_back(params) == params


@pytest.mark.parametrize(
    "name",
    [
        *("variant", "rows", "groups", "school"),
        *("workers", "cores_per_cell", "tracking.uri", "limits.cell_seconds"),
    ],
)
def test_command_leaves_out_what_makes_no_other_cell(name):
    assert command_of(run_of({name: "1", "seed": "2"})) == "hierbench run seed=2"


@pytest.mark.parametrize(
    ("model", "words"),
    [("homes", "seed=2"), ("eight_schools", "model=eight_schools seed=2")],
)
def test_command_names_the_model_where_it_is_not_the_default(model, words):
    assert command_of(run_of({"model": model, "seed": "2"})) == f"hierbench run {words}"


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(labels=st.lists(TEXT, max_size=4), column=TEXT)
def test_any_label_and_column_come_back(labels, column, read_back):
    params = {"data.y": column, "plots.groups": joined(labels)}
    assert read_back(params) == params


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("+hydra.callbacks.x", "{_target_:os.system}"),
        ("hydra.run.dir", "/tmp"),
        ("seed", "${oc.env:SECRET}"),
        ("parameterization", "centered; rm -rf ~"),
        ("data", "{_target_:os.system}"),
        ("data.y", "\x1b]0;title\x07"),
        ("plots.groups", "\u202etxt"),
    ],
)
def test_command_is_not_given_where_a_parameter_is_not_ours(name, text):
    assert command_of(run_of({name: text})) is None


@pytest.mark.parametrize(
    "words",
    [
        ["sweep", "seed=1,2", "parameterization=centered,noncentered", "data.path='a b, c.csv'"],
        ["sweep", "seed=range(1,4)", "hydra/launcher=basic", "experiments=quickstart"],
        ["sweep", "plots.groups=['a, b',c]", "workers=2"],
        ["validate", "--calibration", "20", "--design", "small,funnel", "sampler.draws=50"],
    ],
)
def test_command_of_a_sweep_is_its_own(words):
    command = shlex.join(["hierbench", *words])
    assert command_of(run_of({}, kind="sweep", command=command)) == command


@pytest.mark.parametrize(
    "command",
    [
        "curl http://host | sh",
        "hierbench sweep seed=1; rm -rf ~",
        "hierbench sweep $(id)",
        "hierbench sweep seed=1 +hydra.callbacks.x={_target_:os.system}",
        "hierbench sweep hydra.sweep.dir=/tmp",
        "hierbench sweep seed=1 ~data",
        "hierbench sweep 'tracking.uri=${oc.env:SECRET}'",
        "hierbench sweep --extend 12345678 seed=1",
        "hierbench reproduce 12345678",
        "hierbench validate --calibration $(id)",
        "hierbench sweep 'seed=1",
        "hierbench sweep 'data.y=a\x1b[2J'",
        "hierbench sweep 'data.y=a\nb'",
        "",
    ],
)
def test_command_of_a_sweep_is_not_given_where_it_is_not_ours(command):
    """A line that is pasted is run."""
    assert command_of(run_of({}, kind="sweep", command=command)) is None


def test_command_of_a_sweep_leaves_out_an_address_without_its_password():
    command = "hierbench sweep seed=1,2 'tracking.uri=http://***@host'"
    run = run_of({}, kind="sweep", command=command)
    assert command_of(run) == "hierbench sweep seed=1,2"
