"""A store that does not answer is a sentence, and soon."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from time import perf_counter

import pytest

from hierbench.errors import StoreError
from hierbench.tracking import locate, open_store, store

PATIENCE_SECONDS = 0.3


@pytest.fixture
def impatient(monkeypatch):
    """Wait for servers only shortly."""
    monkeypatch.setattr(store, "CONNECT_SECONDS", PATIENCE_SECONDS)


@pytest.fixture
def silent():
    """Give the port of a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


class Refuses(BaseHTTPRequestHandler):
    """Answers whatever is asked of it with an error."""

    def do_GET(self):
        self.send_error(404)

    def log_message(self, *_):
        """Print nothing."""


@pytest.fixture
def refusing():
    """Give the port of a server that answers, and knows nothing of MLflow."""
    with HTTPServer(("127.0.0.1", 0), Refuses) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("impatient")
def test_server_that_never_answers_is_given_up_soon(silent, tmp_path):
    start = perf_counter()
    with pytest.raises(StoreError, match=r"no answer .*start the server") as caught:
        open_store(locate(f"http://127.0.0.1:{silent}", tmp_path))
    assert len(str(caught.value).splitlines()) == 1
    # MLflow alone: 120 s, eight times.
    assert perf_counter() - start < 20 * PATIENCE_SECONDS


@pytest.mark.usefixtures("impatient")
def test_credentials_of_a_silent_server_are_not_shown(silent, tmp_path):
    with pytest.raises(StoreError) as caught:
        open_store(locate(f"http://me:secret@127.0.0.1:{silent}", tmp_path))
    assert "secret" not in str(caught.value)


def test_server_of_another_kind_is_no_silent_one(refusing, tmp_path):
    with pytest.raises(StoreError, match="check that it is an MLflow store"):
        open_store(locate(f"http://127.0.0.1:{refusing}", tmp_path))
