"""A first start that is killed within a step leaves nothing that the next cannot go on with."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from hierbench.tracking.first_start import make_tables

OPENS = """
import sys
from pathlib import Path
from hierbench.tracking import locate, open_store
open_store(locate(None, Path(sys.argv[1])))
"""
KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine
from hierbench.tracking import locate, open_store

@event.listens_for(Engine, "before_cursor_execute")
def kill(connection, cursor, statement, *_):
    if "DROP TABLE" in statement.upper():  # between a table's copy and its renaming
        os.kill(os.getpid(), signal.SIGKILL)

open_store(locate(None, Path(sys.argv[1])))
"""


@pytest.mark.slow
def test_store_whose_first_start_was_killed_can_be_opened(tmp_path):
    environment = {name: text for name, text in os.environ.items() if "MLFLOW_TRACK" not in name}
    codes = [
        subprocess.run([sys.executable, "-c", program, str(tmp_path)], env=environment).returncode
        for program in (KILLED, OPENS)
    ]
    assert codes == [-9, 0]
    assert (tmp_path / "runs" / "mlflow.db").exists()
    assert list((tmp_path / "runs").glob(".*partial*")) == []


def test_a_database_that_is_there_is_left_as_it_is(tmp_path):
    file = tmp_path / "theirs.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE mine (x)")
    before = file.read_bytes()
    make_tables(file)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "name",
    [
        "a%20b.db",
        pytest.param("what?.db", marks=pytest.mark.slow),
        pytest.param("с пробелом #1.db", marks=pytest.mark.slow),
    ],
)
def test_tables_are_made_whatever_the_files_name(tmp_path, name):
    make_tables(tmp_path / name)
    with closing(sqlite3.connect(tmp_path / name)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert {"runs", "alembic_version"} <= tables
    assert [path.name for path in tmp_path.iterdir()] == [name]
