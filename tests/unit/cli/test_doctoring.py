"""The verb doctor: its exit code, its table, its JSON."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from hierbench.cli import doctoring, main
from hierbench.compiled_files import CompiledFiles
from hierbench.environment import cache_folder, cache_home, compiled_folder
from hierbench.machine.fitness import Status, findings_of
from tests.unit.machine.test_fitness import FIT


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """Let `doctor` read a planted machine, in an empty folder."""

    def planted(readings):
        monkeypatch.setattr(doctoring, "read_machine", lambda store: readings)

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return planted


def test_doctor_of_a_fit_machine_is_0(machine, capsys):
    machine(FIT)
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "fit for timing"


def test_doctor_names_doubts_and_is_0(machine, capsys):
    machine(replace(FIT, available_mib=2000.0))
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "fit for timing; with a doubt: memory"


def test_doctor_of_an_unfit_machine_is_1_and_says_why(machine, capsys):
    machine(replace(FIT, available_mib=100.0, cells=("77",)))
    assert main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == "not fit for timing: load, memory"
    assert "-> a cell may take 1536 MiB: free some" in out


def test_doctor_fits_100_columns(machine, capsys):
    machine(replace(FIT, available_mib=100.0, cells=tuple(map(str, range(70)))))
    main(["doctor"])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 100


def test_doctor_prints_all_as_json(machine, capsys):
    machine(replace(FIT, available_mib=100.0))
    assert main(["doctor", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert not found["fit"]
    names = [of.name for of in findings_of(FIT)]
    assert [of["name"] for of in found["findings"]] == names
    assert {of["status"] for of in found["findings"]} == {Status.OK, Status.BAD}


def test_doctor_of_this_machine_reads_its_store_and_makes_none(machine, capsys, tmp_path):
    code = main(["doctor", "--json", "--store", f"sqlite:///{tmp_path}/runs/mlflow.db"])
    found = json.loads(capsys.readouterr().out)
    assert code == (0 if found["fit"] else 1)
    [store] = [of for of in found["findings"] if of["name"] == "store"]
    assert store["status"] == "ok"
    assert "does not exist yet" in store["found"]
    assert list(tmp_path.iterdir()) == []


def test_doctor_says_that_a_store_is_away_and_hides_its_password(machine, capsys):
    assert main(["doctor", "--json", "--store", "http://me:secret@127.0.0.1:9"]) == 1
    out = capsys.readouterr().out
    assert "secret" not in out
    assert "no answer" in out


@pytest.mark.parametrize("words", [["doctor", "now"], ["doctor", "--store", "gopher://x"]])
def test_doctor_of_wrong_words_is_2(machine, capsys, words):
    assert main(words) == 2
    assert words[-1] in capsys.readouterr().err


def test_doctor_says_what_the_cache_holds(machine, capsys):
    machine(FIT)
    main(["doctor", "--json"])
    found = json.loads(capsys.readouterr().out)["findings"]
    (cache,) = (of["found"] for of in found if of["name"] == "cache")
    assert cache == "/cache, 20 MiB; in it 3 compiled models, 4 MiB"


@pytest.fixture
def home(monkeypatch, tmp_path):
    """Return a folder of kept functions, with a file beside that is nobody's business."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PYTENSOR_FLAGS", os.environ["PYTENSOR_FLAGS"])  # the verb sets its own
    CompiledFiles(compiled_folder()).write("key", b"code" * 2**18)
    for name in (cache_folder() / "numba", cache_home() / "other"):
        name.mkdir(parents=True)
        (name / "file").write_bytes(b"x" * 2**19)
    return cache_home()


def test_doctor_clears_the_cache(home, capsys):
    assert main(["doctor", "--clear-cache"]) == 0
    assert capsys.readouterr().out == f"removed 2 files, 2 MiB, from {home}\n"
    assert [one.name for one in home.rglob("*") if one.is_file()] == ["file"]
    assert (home / "other" / "file").exists()


def test_doctor_clears_what_another_process_has_locked_and_keeps_the_lock(home):
    files = CompiledFiles(compiled_folder())
    with files.locked("key"):
        main(["doctor", "--clear-cache"])
        assert files.read("key") is None
        assert list(compiled_folder().glob("*.lock"))


def test_doctor_says_what_it_cannot_clear(home, capsys, monkeypatch):
    def refused(_):
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", refused)
    assert main(["doctor", "--clear-cache", "--json"]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["refused"] == 2
    assert told.err == "hierbench: 2 files cannot be removed; remove them by hand\n"


def test_doctor_follows_no_link_out_of_the_cache(home, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("")
    (cache_folder() / "link").symlink_to(elsewhere)
    main(["doctor", "--clear-cache"])
    assert (elsewhere / "precious").exists()
