"""Plain data out of a run's files, or one sentence."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hierbench.config.compose import to_yaml
from hierbench.config.plain import from_plain
from hierbench.errors import StoreError
from hierbench.records import RunStatus
from hierbench.tracking import NewRun, end_run, locate, open_store
from hierbench.tracking.recorded import (
    recorded_config,
    recorded_posterior,
    recorded_provenance,
)
from hierbench.tracking.runs import start_run

pytestmark = pytest.mark.filterwarnings(
    # MLflow 3.17 defines a table the way that SQLAlchemy 2.1 calls deprecated.
    "ignore:The ``noload`` loader strategy is deprecated:DeprecationWarning"
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)
UNDER_A_FIXTURE = settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    return open_store(locate(f"sqlite:///{folder}/mlflow.db", folder))


@pytest.fixture(scope="module")
def run_id(store):
    run_id = start_run(store, NewRun("cell", "made", "", {}, {}), send_id="one")
    end_run(store, run_id, RunStatus.FINISHED)
    return run_id


@pytest.fixture
def files(store, run_id):
    folder = store.location.artifacts / run_id / "artifacts"
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
    for path in folder.iterdir():
        path.unlink()


def test_recorded_config_is_what_was_written(store, run_id, files, tmp_path):
    config = from_plain({"seed": 5, "plots": {"groups": ["01067", "a b"]}})
    (files / "config.yaml").write_text(to_yaml(config))
    assert from_plain(recorded_config(store, run_id, tmp_path)) == config


@UNDER_A_FIXTURE
@given(content=st.dictionaries(st.text(max_size=5), JSON))
def test_recorded_provenance_is_what_was_written(store, run_id, files, tmp_path, content):
    (files / "provenance.json").write_text(json.dumps(content))
    assert recorded_provenance(store, run_id, tmp_path) == content


@UNDER_A_FIXTURE
@given(content=st.binary(max_size=200))
@pytest.mark.parametrize("name", ["config.yaml", "provenance.json"])
def test_recorded_bytes_of_any_kind_end_plain(store, run_id, files, tmp_path, name, content):
    read = {"config.yaml": recorded_config, "provenance.json": recorded_provenance}[name]
    (files / name).write_bytes(content)
    try:
        found = json.dumps(read(store, run_id, tmp_path), default=str)
    except StoreError as error:
        found = str(error)
    assert found.isprintable()


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": Infinity}', '{"a": 1e999}', "9" * 5000])
def test_recorded_provenance_numbers_are_finite(store, run_id, files, tmp_path, text):
    (files / "provenance.json").write_text(text)
    with pytest.raises(StoreError, match=r"provenance\.json is altered or damaged"):
        recorded_provenance(store, run_id, tmp_path)


def test_recorded_posterior_lies_in_the_folder(store, run_id, files, tmp_path):
    (files / "posterior.nc").write_bytes(b"x")
    assert recorded_posterior(store, run_id, tmp_path).is_relative_to(tmp_path)


def test_recorded_posterior_that_is_a_folder(store, run_id, files, tmp_path):
    (files / "posterior.nc").mkdir()
    with pytest.raises(StoreError, match=r"no regular file"):
        recorded_posterior(store, run_id, tmp_path)
    (files / "posterior.nc").rmdir()
