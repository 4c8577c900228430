"""A store in PostgreSQL: many first starts at once, a wrong password, a missing driver."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from hierbench.cli import main
from hierbench.errors import StoreError
from hierbench.tracking import locate, open_store
from hierbench.tracking.database import no_driver
from tests.waiting import ended

BIN = max(Path("/usr/lib/postgresql").glob("*/bin"), default=Path("/nowhere"))
STARTS, ROUNDS = 4, 3

OPENER = """
import sys
from pathlib import Path
from hierbench.errors import StoreError
from hierbench.tracking import locate, open_store
print("ready", flush=True)
for line in sys.stdin:
    try:
        print("open", open_store(locate(line.strip(), Path.cwd())).experiment_id, flush=True)
    except StoreError as error:
        print("refused", error, flush=True)
"""


def free_port():
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def server():
    """Give the address of a PostgreSQL server on loopback, without the database's name."""
    pytest.importorskip("psycopg", reason="the extra server is not installed")
    if not (BIN / "initdb").exists():
        pytest.skip("no PostgreSQL here: apt-get install postgresql")
    # Its path must be short, for the socket, and open to the user that PostgreSQL runs as.
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")
    port = free_port()
    data = str(folder / "data")

    def call(*words):
        words = [*as_user, *words]
        process = subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL)
        assert ended(process, " ".join(words)) == 0

    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder}"
    call(str(BIN / "initdb"), "-D", data, "-U", "postgres", "--auth=trust", "--no-sync")
    call(
        *(str(BIN / "pg_ctl"), "start", "-w", "-D", data),
        *("-l", str(folder / "log"), "-o", f"{options} -c fsync=off"),
    )
    yield f"postgresql+psycopg://postgres@127.0.0.1:{port}", folder, port
    call(str(BIN / "pg_ctl"), "stop", "-w", "-m", "immediate", "-D", data)
    shutil.rmtree(folder)


def made(server, name):
    """Return the address of a new, empty database."""
    import psycopg

    address, _, port = server
    with closing(
        psycopg.connect(host="127.0.0.1", port=port, user="postgres", autocommit=True)
    ) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{address}/{name}"


@pytest.fixture
def openers(tmp_path):
    """Give processes that open whatever store they are told, all imports behind them."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", OPENER],
            cwd=tmp_path,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(STARTS)
    ]
    for process in started:
        assert process.stdout.readline() == "ready\n"
    yield started
    for process in started:
        process.stdin.close()
        ended(process, "a process that opens stores")
        process.stdout.close()


@pytest.mark.slow
def test_first_starts_at_once_all_find_one_experiment(server, openers):
    for round_ in range(ROUNDS):
        uri = made(server, f"at_once_{round_}")
        for process in openers:
            print(uri, file=process.stdin, flush=True)
        assert [process.stdout.readline() for process in openers] == ["open 1\n"] * STARTS


@pytest.mark.slow
def test_doctor_makes_no_tables_and_a_socket_is_an_address(server, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    uri = made(server, "looked_at")
    store = told_by_doctor(uri, capsys)
    assert "is empty, the first run makes its tables" in store["found"]
    _, folder, port = server
    by_socket = f"postgresql+psycopg://postgres@/looked_at?host={folder}&port={port}"
    assert open_store(locate(by_socket, tmp_path)).experiment_id == "1"
    assert told_by_doctor(uri, capsys)["found"].endswith(": answers")


def told_by_doctor(uri, capsys):
    """Return what doctor finds of the store."""
    main(["doctor", "--json", "--store", uri])
    findings = json.loads(capsys.readouterr().out)["findings"]
    return next(finding for finding in findings if finding["name"] == "store")


@pytest.mark.slow
def test_a_database_that_does_not_exist_is_one_sentence(server, tmp_path):
    uri = f"{server[0]}/nowhere".replace("postgres@", "postgres:hidden-word@")
    with pytest.raises(StoreError, match="nowhere") as caught:
        open_store(locate(uri, tmp_path))
    assert str(caught.value).isprintable()
    assert "hidden-word" not in str(caught.value)


def test_a_missing_driver_is_one_sentence_that_says_what_to_install(tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        monkeypatch.setitem(sys.modules, "psycopg", None)
        with pytest.raises(StoreError, match=r"pip install 'hierbench\[server\]'") as caught:
            open_store(locate(f"postgresql+psycopg://me:hidden@127.0.0.1:{port}/x", tmp_path))
    assert "hidden" not in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_missing_driver_of_another_kind_is_named():
    assert "the driver MySQLdb is not installed" in no_driver("mysql://h/x", "MySQLdb")
