"""What a verb finds around it is used, replaced or refused in one sentence."""

import io
import sys

import pytest

from hierbench.cli import main
from hierbench.cli.surroundings import degrade_streams


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_stream_takes_every_character(encoding, monkeypatch):
    bytes_written = io.BytesIO()
    stream = io.TextIOWrapper(bytes_written, encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    degrade_streams()
    print("centered · 3 µs … 区 \udcff", flush=True)
    shown = bytes_written.getvalue().decode(encoding)
    expected = {
        "ascii": "centered - 3 us ... ? ?\n",
        "latin-1": "centered · 3 µs ... ? ?\n",
        "utf-8": "centered · 3 µs … 区 ?\n",
    }
    assert shown == expected[encoding]


@pytest.mark.parametrize("flags", ["floatX=float32", "numba__cache=True, floatX = float16"])
def test_single_precision_is_refused(flags, monkeypatch, capsys):
    monkeypatch.setenv("PYTENSOR_FLAGS", flags)
    assert main(["data", "list"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("hierbench: PYTENSOR_FLAGS has floatX=float")
    assert err.count("\n") == 1


def test_the_last_flag_is_the_one_that_counts(monkeypatch, capsys):
    monkeypatch.setenv("PYTENSOR_FLAGS", "floatX=float32,floatX=float64")
    assert main(["data", "nope"]) == 2
    assert "floatX" not in capsys.readouterr().err


def test_a_working_folder_that_is_gone_is_one_sentence(tmp_path, monkeypatch, capsys):
    place = tmp_path / "gone"
    place.mkdir()
    monkeypatch.chdir(place)
    place.rmdir()
    assert main(["status"]) == 2
    assert "the working folder does not exist any more" in capsys.readouterr().err
