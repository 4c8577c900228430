"""A store that does not answer is a sentence, and soon."""

import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer

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
    """Give the socket of a server to which one can connect, and which never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


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
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("impatient")
def test_server_that_never_answers_is_given_up_soon(silent, tmp_path, monkeypatch):
    """It is asked twice, and never longer than told; MLflow alone asks eight times for 120 s."""
    waits, settimeout = [], socket.socket.settimeout
    monkeypatch.setattr(
        socket.socket, "settimeout", lambda own, time: waits.append(time) or settimeout(own, time)
    )
    with pytest.raises(StoreError, match=r"no answer .*start the server") as caught:
        open_store(locate(f"http://127.0.0.1:{silent.getsockname()[1]}", tmp_path))
    assert len(str(caught.value).splitlines()) == 1
    assert set(waits) == {PATIENCE_SECONDS}
    assert connections(silent) == 2


def connections(server):
    """Return how many connections a listening socket was asked for, and end them."""
    server.setblocking(False)
    found = 0
    with suppress(BlockingIOError):
        while True:
            server.accept()[0].close()
            found += 1
    return found


@pytest.mark.usefixtures("impatient")
def test_credentials_of_a_silent_server_are_not_shown(silent, tmp_path):
    with pytest.raises(StoreError) as caught:
        open_store(locate(f"http://me:secret@127.0.0.1:{silent.getsockname()[1]}", tmp_path))
    assert "secret" not in str(caught.value)


def test_server_of_another_kind_is_no_silent_one(refusing, tmp_path):
    with pytest.raises(StoreError, match="check that it is an MLflow store"):
        open_store(locate(f"http://127.0.0.1:{refusing}", tmp_path))
