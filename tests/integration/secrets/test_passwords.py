"""A password in the store's address is found nowhere, in process and over one store."""

import json
from contextlib import chdir
from urllib.parse import urlsplit

import pytest

from hierbench.cli import VERBS, main
from tests.integration.secrets.searching import (
    SECRET,
    address,
    command_lines,
    files_with,
    runs_with,
)
from tests.integration.sweeps.programs import TINY, start
from tests.integration.sweeps.sweeping import unlock
from tests.integration.sweeps.test_store_away import free_port, server
from tests.planted import plant

NOT_OURS = "ignore:The ``noload`` loader strategy is deprecated:DeprecationWarning"
pytestmark = pytest.mark.filterwarnings(NOT_OURS)

GOOD = {"doctor": (0, 1), "validate": (0, 1), "reproduce": (0, 1)}
"""Exit codes of an answer, where planted draws or a busy machine may make it a bad one."""

SWEPT = [*TINY, "hydra/launcher=basic", "parameterization=centered,noncentered", "gate=none"]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Give a folder, and the address of a server with a password in it; nobody listens there."""
    folder = tmp_path_factory.mktemp("secrets")
    with chdir(folder):
        yield folder, address(free_port())


@pytest.fixture(scope="module")
def served(place):
    """Let a server listen at that address."""
    folder, uri = place
    with server(folder / "server", urlsplit(uri).port):
        yield


@pytest.fixture
def called(place, capfd, monkeypatch):
    """Return a function that runs the program in process and returns its output and exit code."""
    plant(monkeypatch)

    def call(*words):
        code = main([word.replace("STORE", place[1]) for word in words])
        out, err = capfd.readouterr()
        assert SECRET not in out
        assert SECRET not in err
        return code, out, err

    return call


@pytest.mark.slow
@pytest.mark.usefixtures("served")
def test_a_password_is_in_no_output_file_or_run(called, place):
    folder, uri = place
    code, out, _ = called("sweep", *SWEPT, "tracking.uri=STORE", "--json")
    found = json.loads(out)
    assert (code, len(found["cells"])) == (0, 2)
    sweep, run = found["sweep_id"], found["cells"][0]["run_id"]
    store = ("--store", "STORE")
    calls = [
        ["show", sweep],
        ["show", run, "--json"],
        ["status", sweep, "--json"],
        ["compare", sweep, "--html", "report.html", "--csv", "cells.csv"],
        ["compare", sweep, "--markdown"],
        ["compare", sweep, "--json"],
        ["sweep", "--extend", sweep, "seed=2"],
        ["resume", sweep],
        ["reproduce", run],
        ["validate", "--of", sweep],
        ["repair"],
        ["sync"],
        ["doctor"],
        ["ui", "--no-browser"],
        ["data", "list"],
        ["run", *TINY, "gate=none"],
    ]
    assert {words[0] for words in calls} == set(VERBS)
    for words in calls:
        unlock(folder / "runs" / "sweeps" / sweep)
        asks = {"data": [], "run": ["tracking.uri=STORE"]}.get(words[0], store)
        code, _, err = called(*words, *asks)
        assert code in GOOD.get(words[0], (0,)), (words, err)
    assert len(list(folder.rglob("report.html"))) >= 1
    assert list(files_with(folder)) == []
    assert list(runs_with(uri)) == []


@pytest.mark.slow
@pytest.mark.usefixtures("served")
def test_the_ui_is_opened_without_the_password(called, monkeypatch):
    """A browser's command line is for all to see."""
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setenv("BROWSER", "none")
    called("ui", "--store", "STORE")
    (page,) = opened
    assert page.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    "words",
    [
        ["run", "trackin.uri=STORE"],
        ["run", "STORE"],
        ["run", "tracking.uri={a:STORE"],
        ["run", "tracking.uri=gopher:STORE"],
        ["run", "seed=1,2", "tracking.uri=STORE", "workers=3"],
        ["run", "workers=3", "data.path=STORE"],
        ["run", "data=csv", "data.path=STORE", "data.group=a", "data.x=b", "data.y=c"],
        ["sweep", *TINY, "tracking.uri=STORE,sqlite:///b.db"],
        ["sweep", "prior.scale=STORE", "tracking.uri=STORE"],
        ["show", "STORE", "--store", "STORE"],
        ["show", "0123456789", "--store", "STORE"],
        ["compare", "--stor=STORE", "--nothing"],
        ["compare", "0123456789", "--baseline", "STORE", "--store", "STORE"],
        ["doctor", "STORE"],
        ["data", "check", "STORE"],
        ["reproduce", "0123456789", "--store", "STORE"],
        ["STORE"],
    ],
)
def test_no_error_has_a_password(words, called):
    code, _, err = called(*words)
    assert code == 2
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("question", [["--cfg", "job"], ["--cfg", "all"], ["--info", "defaults"]])
def test_hydras_own_answers_have_no_password(question, called):
    code, out, _ = called("run", *question, "tracking.uri=STORE")
    assert code == 0
    assert out


@pytest.mark.slow
@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(
    "words", [["sweep", *TINY, "seed=1,2", "workers=2"], ["ui", "--no-browser"]], ids=lambda w: w[0]
)
def test_no_process_that_a_verb_starts_shows_the_password(place, tmp_path, words):
    """A process list is for all users of the machine; the environment is for one's own."""
    program = start(tmp_path, *words, env={"MLFLOW_TRACKING_URI": place[1]})
    seen, shown = set(), []
    try:
        while program.process.poll() is None:
            for pid, line in command_lines(program.process.pid):
                seen.add(pid)
                if SECRET in line:
                    shown.append(line)
    finally:
        program.end()
    assert program.process.returncode == 0, program.printed
    assert shown == []
    assert SECRET not in program.printed
    assert len(seen) >= (4 if words[0] == "sweep" else 1)  # the server of forks and two workers
