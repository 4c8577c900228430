"""The folder of a program's temporary files: its own, short enough, gone with it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hierbench.scratch import LOCK, PREFIX, clear_dead

PROGRAM = """
import json, multiprocessing, os, sys, tempfile
from multiprocessing import connection
from hierbench.scratch import common_folder, use_scratch
folder = use_scratch()
context = multiprocessing.get_context("spawn")
lock = context.Lock()
tempfile.NamedTemporaryFile(delete=False).close()
print(json.dumps({
    "folder": str(folder),
    "common": str(common_folder()),
    "temporary": tempfile.gettempdir(),
    "told": os.environ.get("TMPDIR"),
    "socket": connection.arbitrary_address("AF_UNIX"),
    "semaphore": lock._semlock.name,
}), flush=True)
"""
WAIT = "\nsys.stdin.read()"


def program(temporary, *, waits=False):
    """Start a program that makes temporary files in `temporary` and tells where."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM + (WAIT if waits else "")],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def told(process):
    return json.loads(process.stdout.readline())


def semaphores(found):
    return Path("/dev/shm") / f"sem.{found['semaphore'].strip('/')}"


def test_everything_temporary_is_in_one_folder(tmp_path):
    with program(tmp_path) as process:
        found = told(process)
    folder = Path(found["folder"])
    assert folder.parent == tmp_path
    assert found["temporary"] == found["told"] == str(folder)
    assert found["common"] == str(tmp_path)
    assert Path(found["semaphore"]).name.startswith(folder.name)


def test_nothing_is_left_of_a_program_that_ended(tmp_path):
    with program(tmp_path) as process:
        found = told(process)
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []
    assert not semaphores(found).exists()


def test_next_program_clears_what_a_killed_one_left(tmp_path):
    with program(tmp_path, waits=True) as process:
        found = told(process)
        assert semaphores(found).exists()
        os.kill(process.pid, 9)
    assert Path(found["folder"]).exists()
    with program(tmp_path) as later:
        told(later)
    assert list(tmp_path.iterdir()) == []
    assert not semaphores(found).exists()


def test_next_program_leaves_a_living_one_alone(tmp_path):
    with program(tmp_path, waits=True) as process:
        found = told(process)
        with program(tmp_path) as later:
            told(later)
        assert {path.name for path in Path(found["folder"]).iterdir()} > {LOCK}
        assert semaphores(found).exists()
        process.communicate()
    assert list(tmp_path.iterdir()) == []


def test_folder_of_120_characters_keeps_sockets_short(tmp_path):
    deep = tmp_path / ("d" * (120 - len(str(tmp_path)) - 1))
    deep.mkdir(parents=True)
    with program(deep) as process:
        found = told(process)
    assert Path(found["folder"]).parent == deep
    assert len(os.fsencode(found["socket"])) < 104
    assert list(deep.iterdir()) == []
    assert not Path(found["socket"]).parent.exists()


def test_program_goes_on_where_no_folder_can_be_made(tmp_path):
    script = (
        "import tempfile\nfrom hierbench import scratch\n"
        "def full(*_, **__): raise OSError(28, 'no space')\n"
        "scratch.made = full\nbefore = tempfile.gettempdir()\n"
        "print(scratch.use_scratch(), tempfile.gettempdir() == before)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "None True\n", done.stderr


@pytest.mark.parametrize(("seconds", "left"), [(0, True), (3600, False)])
def test_folder_without_a_lock_is_left_while_it_may_be_a_beginning(tmp_path, seconds, left):
    folder = tmp_path / f"{PREFIX}abc"
    folder.mkdir()
    when = folder.stat().st_mtime - seconds
    os.utime(folder, (when, when))
    clear_dead([tmp_path])
    assert folder.exists() is left


def planted(folder):
    folder.mkdir()
    (folder / LOCK).touch()
    return folder


def test_clear_dead_follows_no_link_and_touches_no_other_name(tmp_path):
    outside = planted(tmp_path / "outside")
    (tmp_path / f"{PREFIX}link").symlink_to(outside)
    planted(tmp_path / "hierbench-other")
    dead = planted(tmp_path / f"{PREFIX}dead")
    clear_dead([tmp_path])
    assert (outside / LOCK).exists()
    assert (tmp_path / "hierbench-other" / LOCK).exists()
    assert not dead.exists()


def test_clear_dead_leaves_what_another_user_made(tmp_path):
    if os.getuid() != 0:
        pytest.skip("only root can give a folder to another user")
    theirs = planted(tmp_path / f"{PREFIX}theirs")
    os.chown(theirs, 12345, 12345)
    clear_dead([tmp_path])
    assert theirs.exists()


def test_clear_dead_passes_over_a_folder_that_is_not_there(tmp_path):
    clear_dead([tmp_path / "nowhere"])
