"""Files of a run: asked for their size, read up to it, from nowhere but the store."""

import json
import os
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hierbench.errors import StoreError
from hierbench.records import RunStatus
from hierbench.tracking import NewRun, connect, end_run, fetching, list_files, locate, open_store
from hierbench.tracking.fetching import MAX_BYTES, fetched
from hierbench.tracking.runs import start_run

pytestmark = pytest.mark.filterwarnings(
    # MLflow 3.17 defines a table the way that SQLAlchemy 2.1 calls deprecated.
    "ignore:The ``noload`` loader strategy is deprecated:DeprecationWarning"
)

RUN = "0123456789abcdef0123456789abcdef"
GIB = 2**30


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    return open_store(locate(f"sqlite:///{folder}/mlflow.db", folder))


@pytest.fixture
def run_id(store):
    run_id = start_run(store, NewRun("sweep", "made", "", {}, {}), send_id=os.urandom(8).hex())
    end_run(store, run_id, RunStatus.FINISHED)
    (store.location.artifacts / run_id / "artifacts").mkdir(parents=True)
    return run_id


@pytest.fixture
def files(store, run_id):
    return store.location.artifacts / run_id / "artifacts"


@pytest.mark.parametrize("name", MAX_BYTES)
def test_sparse_file_is_refused_by_its_size(store, run_id, files, tmp_path, name):
    with (files / name).open("wb") as file:
        file.truncate(200 * GIB)
    with pytest.raises(StoreError, match=rf"its {name} has 204800\.0 MiB, over the"):
        fetched(store, run_id, name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_file_that_grows_after_it_was_asked_for_is_not_read_on(
    store, run_id, files, tmp_path, monkeypatch
):
    (files / "config.yaml").write_text("{}")
    listed = store.client.list_artifacts(run_id)
    monkeypatch.setattr(fetching, "listed", lambda *_: listed)
    with (files / "config.yaml").open("wb") as file:
        file.truncate(200 * GIB)
    with pytest.raises(StoreError, match=r"its config\.yaml has .* MiB, over the 0\.25 allowed"):
        fetched(store, run_id, "config.yaml", tmp_path)
    assert (tmp_path / "config.yaml").stat().st_size <= MAX_BYTES["config.yaml"]


def test_pipe_is_not_waited_for(store, run_id, files, tmp_path):
    os.mkfifo(files / "plan.json")
    with pytest.raises(StoreError, match="no regular file"):
        fetched(store, run_id, "plan.json", tmp_path)


def test_link_is_not_followed(store, run_id, files, tmp_path):
    (tmp_path / "mine").write_text("{}")
    (files / "plan.json").symlink_to(tmp_path / "mine")
    with pytest.raises(StoreError, match="is a symbolic link; nothing was read"):
        fetched(store, run_id, "plan.json", tmp_path)


class Server(ThreadingHTTPServer):
    """A tracking server of one run; what it says of its files, and what it sends, are two."""

    daemon_threads = True
    says: int | str = 10
    chunks = 1
    root = f"mlflow-artifacts:/1/{RUN}/artifacts"
    sent = 0
    asked: tuple[str, ...] = ()


class Handler(BaseHTTPRequestHandler):
    """Answers what MLflow's client asks."""

    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.asked += (self.path,)
        if self.path.startswith("/api/2.0/mlflow/runs/get"):
            return self.answer({"run": {"info": self.info(), "data": {}}})
        if "mlflow-artifacts/artifacts" in self.path:
            if self.path.endswith("/plan.json"):
                return self.send_chunks()
            listed = [{"path": "plan.json", "is_dir": False, "file_size": self.server.says}]
            return self.answer({"files": listed})
        return self.answer({})

    def info(self):
        return {
            "run_id": RUN,
            "run_uuid": RUN,
            "experiment_id": "1",
            "status": "FINISHED",
            "start_time": 1,
            "artifact_uri": self.server.root,
            "lifecycle_stage": "active",
        }

    def answer(self, content):
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send_chunks(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        body = b"x" * 2**20
        try:
            for _ in range(self.server.chunks):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(body), body))
                self.server.sent += len(body)
            self.wfile.write(b"0\r\n\r\n")
        except OSError:  # the reader has had enough
            self.close_connection = True


@contextmanager
def served():
    """Give a server and the store that it is."""
    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        uri = f"http://127.0.0.1:{server.server_port}"
        yield server, lambda folder: connect(locate(uri, folder), "1")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_server_that_tells_the_truth_is_read(tmp_path):
    with served() as (server, store):
        path = fetched(store(tmp_path), RUN, "plan.json", tmp_path)
    assert path.read_bytes() == b"x" * server.sent


def test_server_that_says_too_much_is_not_asked_for_the_file(tmp_path):
    with served() as (server, store):
        server.says = 200 * GIB
        with pytest.raises(StoreError, match=r"its plan\.json has 204800\.0 MiB"):
            fetched(store(tmp_path), RUN, "plan.json", tmp_path)
    assert server.sent == 0


@pytest.mark.parametrize("says", [10, -1])
def test_server_that_sends_more_than_it_says_is_left(tmp_path, says):
    with served() as (server, store):
        server.says, server.chunks = says, 4096
        with pytest.raises(StoreError, match=r"its plan\.json has .* MiB, over the 64 allowed"):
            fetched(store(tmp_path), RUN, "plan.json", tmp_path)
    assert (tmp_path / "plan.json").stat().st_size <= MAX_BYTES["plan.json"]
    assert server.sent < 2 * MAX_BYTES["plan.json"]


@pytest.mark.parametrize("says", ["many", [1], {}, None])
def test_server_that_says_nonsense_is_refused(tmp_path, says):
    with served() as (server, store):
        server.says = says
        with pytest.raises(StoreError, match="does not say which files it has"):
            fetched(store(tmp_path), RUN, "plan.json", tmp_path)


@pytest.mark.parametrize(
    "root",
    [
        "s3://bucket/x",
        "http://127.0.0.1:1/api/2.0/mlflow-artifacts/artifacts/x",
        "mlflow-artifacts://127.0.0.1:1/x",
        "ftp://me:planted-secret@host/x",
        "dbfs:/x",
    ],
)
@pytest.mark.parametrize("read", [lambda *of: fetched(of[0], RUN, "plan.json", of[1]), None])
def test_files_elsewhere_are_not_asked_for(tmp_path, root, read):
    with served() as (server, store):
        server.root = root
        with pytest.raises(StoreError, match="its files are kept at") as caught:
            (read or (lambda *of: list_files(of[0], RUN)))(store(tmp_path), tmp_path)
    assert "planted-secret" not in str(caught.value)
    assert not any("mlflow-artifacts/artifacts" in path for path in server.asked)
