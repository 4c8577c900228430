"""Where a store is: every folder name becomes a URI that leads back to it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlflow.entities import Metric, Param
from sqlalchemy.engine import make_url

from hierbench.errors import StoreError
from hierbench.tracking import locate, open_store
from hierbench.tracking.fetching import kept_here

NAMES = ("What?", "a%20b", "My runs #1", "é ü, 区 & a=b;c+d@e:f'\"", "line\nbreak")

PARTS = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=("Cs",)), min_size=1, max_size=12
).filter(lambda part: part not in (".", ".."))


@pytest.fixture(autouse=True)
def no_address_named(monkeypatch):
    """Let nothing but the tests name a store."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


@given(st.lists(PARTS, min_size=1, max_size=4))
def test_uri_of_a_folder_leads_back_to_it(parts):
    folder = Path("/", "no such root", *parts)
    location = locate(None, folder)
    assert make_url(location.uri).database == str(folder / "runs" / "mlflow.db")
    assert location.artifacts == folder / "runs" / "artifacts"
    assert location.uri.isprintable()
    assert locate(location.uri, Path("/elsewhere")) == location


@given(st.text(max_size=30).map(lambda text: f"sqlite:///{text}") | st.text(max_size=30))
def test_any_text_is_a_store_or_one_sentence(text):
    uri, sentence = found(text or "x")
    assert sentence.isprintable()
    assert uri is None or locate(uri, Path("/elsewhere")).uri == uri


def found(text):
    """Return the URI of the store that `text` names, or None and why it names none."""
    try:
        return locate(text, Path("/work")).uri, ""
    except StoreError as error:
        return None, str(error)


@pytest.mark.parametrize("name", NAMES)
def test_runs_are_kept_in_a_folder_of_any_name(name, tmp_path):
    folder = tmp_path / name
    folder.mkdir()
    store = open_store(locate(None, folder))
    client = store.client
    run_id = client.create_run(store.experiment_id).info.run_id
    client.log_batch(run_id, metrics=[Metric("m", 1.0, 0, 0)], params=[Param("p", "2")])
    client.log_text(run_id, "kept", "config.yaml")
    again = open_store(locate(store.location.uri, tmp_path), create=False)
    found = again.client.get_run(run_id)
    assert (found.data.metrics, found.data.params) == ({"m": 1.0}, {"p": "2"})
    kept = kept_here(again, run_id, "config.yaml")
    assert kept == folder / "runs" / "artifacts" / run_id / "artifacts" / "config.yaml"
    assert kept.read_text() == "kept"
    copy = tmp_path / "copy"
    copy.mkdir()
    assert Path(client.download_artifacts(run_id, "config.yaml", str(copy))).read_text() == "kept"
    assert {path.name for path in tmp_path.iterdir()} == {name, "copy"}


@pytest.mark.parametrize(
    ("uri", "file"),
    [
        ("sqlite:///x.db", "/work/x.db"),
        ("sqlite:////other/x.db", "/other/x.db"),
        ("sqlite+pysqlite:///x.db", "/work/x.db"),
        ("sqlite:///a b/x.db", "/work/a b/x.db"),
        ("sqlite:///a%20b/x.db", "/work/a b/x.db"),
        ("sqlite:///What%3F/x.db", "/work/What?/x.db"),
        ("sqlite:///100%/x.db", "/work/100%/x.db"),
        ("sqlite:///a#b/x.db", "/work/a#b/x.db"),
        ("sqlite:///../é/x.db", "/é/x.db"),
    ],
)
def test_file_of_a_uri(uri, file):
    location = locate(uri, Path("/work"))
    assert location.file == Path(file)
    assert location.sweeps == Path(file).parent / "sweeps"
    assert locate(location.uri, Path("/elsewhere")) == location


def test_timeout_of_a_uri_is_kept():
    location = locate("sqlite:///x.db?timeout=60", Path("/work"))
    assert (location.file, location.uri) == (Path("/work/x.db"), "sqlite:////work/x.db?timeout=60")


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("sqlite:///What?/x.db", "write a ? of the path as %3F"),
        ("sqlite:///x.db?mode=ro&uri=true", "only timeout=SECONDS"),
        ("sqlite:///x.db?timeout=soon", "only timeout=SECONDS"),
        ("sqlite:///x.db?timeout=1&timeout=2", "only timeout=SECONDS"),
        ("sqlite:///file:x.db", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite://", "names no file"),
        ("sqlite:///%00", "names no file"),
        ("sqlite://host/x.db", "a file has no host"),
        ("sqlite:x.db", "no SQLAlchemy URL"),
        ("sqlite+aiosqlite:///x.db", "the driver sqlite+aiosqlite is not supported"),
        ("file:///runs", "no address of a store"),
        ("runs/mlflow.db", "no address of a store"),
        ("http://[::1/", "Invalid IPv6 URL"),
        ("http://me:secret@[::1/", "Invalid IPv6 URL"),
        ("sqlite:///a\nb.db", "cannot be printed"),
    ],
)
def test_what_is_no_store_is_one_sentence(uri, reason):
    with pytest.raises(StoreError, match=r"give sqlite:///PATH/mlflow\.db") as caught:
        locate(uri, Path("/work"))
    assert reason in str(caught.value)
    assert str(caught.value).isprintable()
    assert "secret" not in str(caught.value)


def test_folder_whose_name_is_no_text_is_one_sentence():
    with pytest.raises(StoreError, match="a path that no URI can hold") as caught:
        locate(None, Path("/work/\udcff"))
    assert str(caught.value).isprintable()
