"""Files that the user names: whole, or what was there before."""

import os
import threading

import pytest

from hierbench.cli.writing import writing
from hierbench.errors import HierbenchError


def test_file_that_is_not_finished_leaves_the_old_one(tmp_path):
    path = tmp_path / "cells.csv"
    path.write_text("old")

    def fill() -> None:
        with writing("--csv", path) as file:
            file.write_text("ha")
            raise OSError(28, os.strerror(28))

    sentence = f"--csv {path}: cannot be written \\(No space left on device\\)"
    with pytest.raises(HierbenchError, match=sentence):
        fill()
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("cells.csv", "old")]


def test_file_is_there_at_the_end(tmp_path):
    with writing("--csv", tmp_path / "cells.csv.gz") as file:
        assert file.suffix == ".gz"  # by which pandas compresses
        file.write_text("new")
    assert (tmp_path / "cells.csv.gz").read_text() == "new"


def test_link_stays_a_link(tmp_path):
    (tmp_path / "cells.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("cells.csv")
    with writing("--csv", tmp_path / "link.csv") as file:
        file.write_text("new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "cells.csv").read_text() == "new"


def test_pipe_is_written_as_it_is(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    found = []
    reader = threading.Thread(target=lambda: found.append((tmp_path / "pipe").read_text()))
    reader.start()
    with writing("--csv", tmp_path / "pipe") as file:
        file.write_text("new")
    reader.join()
    assert found == ["new"]
