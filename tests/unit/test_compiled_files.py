"""Files of compiled functions: whole, the user's alone, bounded, one writer per key."""

import errno
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from hierbench import compiled_files
from hierbench.compiled_files import CompiledFiles, UnusableError

KEY = "ab12"


@pytest.fixture
def files(tmp_path):
    return CompiledFiles(tmp_path / "hierbench" / "compiled")


@pytest.fixture
def file(files):
    files.write(KEY, b"code" * 100)
    return files.folder / f"{KEY}.compiled"


def test_what_was_written_is_read(files):
    files.write(KEY, b"code")
    assert files.read(KEY) == b"code"


def test_nothing_is_read_where_nothing_was_written(files):
    assert files.read(KEY) is None


def test_the_folder_and_the_file_are_the_users_alone(files, file):
    assert [one.stat().st_mode & 0o777 for one in (files.folder, file)] == [0o700, 0o600]


def test_dropped_is_gone(files, file):
    files.drop(KEY)
    assert files.read(KEY) is None


@pytest.mark.parametrize("place", [0, 20, 40, 70, -1])
def test_one_flipped_bit_is_damage(files, file, place):
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
    with pytest.raises(UnusableError, match="damaged"):
        files.read(KEY)


@pytest.mark.parametrize("length", [0, 5, 50, 300])
def test_a_truncated_file_is_damage(files, file, length):
    os.truncate(file, length)
    with pytest.raises(UnusableError, match="damaged"):
        files.read(KEY)


def test_a_file_under_another_key_is_damage(files, file):
    file.rename(files.folder / "cd34.compiled")
    with pytest.raises(UnusableError, match="damaged"):
        files.read("cd34")


def test_damage_is_mended_by_writing(files, file):
    os.truncate(file, 7)
    files.write(KEY, b"new")
    assert files.read(KEY) == b"new"


@pytest.mark.parametrize("mode", [0o602, 0o620, 0o666])
def test_a_file_that_others_can_write_is_not_read(files, file, mode):
    file.chmod(mode)
    with pytest.raises(UnusableError, match="not a file that only you can write"):
        files.read(KEY)


@pytest.mark.parametrize("mode", [0o702, 0o720, 0o777])
def test_a_folder_that_others_can_write_is_not_used(files, file, mode):
    files.folder.chmod(mode)
    for use in (lambda: files.read(KEY), lambda: files.write(KEY, b"new")):
        with pytest.raises(UnusableError, match="not a folder that only you can write"):
            use()


def test_a_file_of_another_user_is_not_read(files, file, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(UnusableError, match="only you can write"):
        files.read(KEY)


def test_a_link_is_not_followed(files, file, tmp_path):
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnusableError):
        files.read(KEY)


def test_a_linked_folder_is_not_used(files, file, tmp_path):
    files.folder.rename(tmp_path / "elsewhere")
    files.folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnusableError, match="not a folder"):
        files.read(KEY)


def test_a_pipe_in_the_place_of_a_file_does_not_hang(files, file):
    file.unlink()
    os.mkfifo(file, 0o600)
    with pytest.raises(UnusableError):
        files.read(KEY)


def test_a_file_in_the_place_of_the_folder_is_not_used(tmp_path):
    (tmp_path / "compiled").write_text("")
    with pytest.raises(UnusableError):
        CompiledFiles(tmp_path / "compiled").write(KEY, b"code")


def test_a_full_disk_leaves_the_old_file_and_no_other(files, file, monkeypatch):
    before = files.read(KEY)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(UnusableError, match="No space left on device"):
        files.write(KEY, b"new")
    assert files.read(KEY) == before
    assert [one.name for one in files.folder.iterdir()] == [file.name]


def test_the_file_used_longest_ago_is_dropped(tmp_path):
    files = CompiledFiles(tmp_path / "compiled", largest_total=1000)
    for age, key in enumerate(("newest", "middle", "oldest")):
        files.write(key, b"c" * 300)
        os.utime(files.folder / f"{key}.compiled", (10**9 - age, 10**9 - age))
    files.read("oldest")  # now used last
    files.write("another", b"c" * 300)
    kept = {key for key in ("newest", "middle", "oldest", "another") if files.read(key)}
    assert kept == {"oldest", "another"}


def test_what_alone_is_too_large_is_not_kept(tmp_path):
    files = CompiledFiles(tmp_path / "compiled", largest_total=100)
    files.write(KEY, b"c" * 200)
    assert files.read(KEY) is None


def test_unfinished_files_are_removed_when_they_are_old(files, file):
    old, young = files.folder / ".new-old", files.folder / ".new-young"
    for one in (old, young):
        one.write_bytes(b"part")
    os.utime(old, (10**9, 10**9))
    files.write("cd34", b"code")
    assert (old.exists(), young.exists()) == (False, True)


def test_the_second_waits_for_the_first(files):
    order, inside = [], threading.Event()

    def first():
        with files.locked(KEY):
            inside.set()
            order.append("first in")
            leave.wait()
            order.append("first out")

    def second():
        with files.locked(KEY):
            order.append("second in")

    leave = threading.Event()
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(first)
        inside.wait()
        two = pool.submit(second)
        leave.set()
        one.result()
        two.result()
    assert order == ["first in", "first out", "second in"]


def test_a_killed_holder_frees_the_lock(files):
    program = (
        "import sys, time; from pathlib import Path; from hierbench.compiled_files import *\n"
        f"with CompiledFiles(Path(sys.argv[1])).locked({KEY!r}):\n"
        "    print('held', flush=True); time.sleep(600)"
    )
    words = [sys.executable, "-c", program, str(files.folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        holder.kill()
    with files.locked(KEY):
        pass


def test_a_holder_that_never_ends_is_not_waited_for_without_end(files, monkeypatch):
    monkeypatch.setattr(compiled_files, "LONGEST_WAIT", 0.1)
    with files.locked(KEY), files.locked(KEY):
        pass


def test_a_folder_that_cannot_be_written_has_no_lock(files, monkeypatch):
    def refused(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "open", refused)
    with files.locked(KEY):
        pass
