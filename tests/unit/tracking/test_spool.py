"""Laws of the spool: what is written is read, and what is sent is sent once."""

import shutil
import threading
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hierbench.errors import StoreError
from hierbench.records import RunStatus
from hierbench.tracking import (
    LocalRun,
    NewRun,
    artifacts_of,
    at_hand,
    connect,
    ended,
    find_run,
    list_files,
    locate,
    open_run,
    pending,
    read,
    running,
    send,
    spool,
    tidy,
    write,
)
from hierbench.tracking.contract import AT_A_SWEEPS_END
from hierbench.tracking.reading import _search

TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)
WORDS = st.dictionaries(TEXT, TEXT, max_size=3)
NUMBERS = st.dictionaries(TEXT, st.floats(allow_nan=False), max_size=3)
NEW_RUNS = st.builds(
    NewRun,
    kind=st.sampled_from(["cell", "sweep"]),
    name=TEXT,
    note=TEXT,
    tags=WORDS,
    params=WORDS,
    parent_id=st.none() | TEXT,
    dataset=WORDS,
)
LOCAL_RUNS = st.builds(
    LocalRun,
    new=NEW_RUNS,
    status=st.sampled_from(RunStatus),
    run_id=st.none() | TEXT,
    metrics=NUMBERS,
    tags=WORDS,
    ended_ms=st.none() | st.integers(0, 2**45),
    sent=st.booleans(),
)
AWAY = connect(locate("http://127.0.0.1:9", Path("/nowhere")), "1")


def new_run(**tags):
    """Return a cell that is about to start."""
    return LocalRun(NewRun("cell", "one", "note", {"cell_key": "k", **tags}, {"seed": "1"}))


def finished(folder, run=None):
    """Write a cell that ended with one file and one metric."""
    run = write(folder, run or new_run())
    (artifacts_of(folder) / "config.yaml").write_text("seed: 1\n")
    return ended(folder, run, RunStatus.FINISHED, metrics={"r_hat_max": 1.0}, tags={"gate": "x"})


def runs_of(store, send_id):
    """Return the store's runs with that send id."""
    return list(_search(store, f"tags.`hierbench.send_id` = '{send_id}'"))


@settings(max_examples=40)  # a file is written for each example
@given(LOCAL_RUNS)
def test_spool_reads_what_it_writes(run):
    with TemporaryDirectory() as folder:
        write(Path(folder), run)
        assert read(Path(folder)) == run


@settings(max_examples=40)  # a file is written for each example
@given(LOCAL_RUNS, LOCAL_RUNS)
def test_spool_keeps_the_last_record(first, last):
    with TemporaryDirectory() as folder:
        write(Path(folder), first)
        write(Path(folder), last)
        assert read(Path(folder)) == last


@settings(max_examples=20)
@given(st.lists(LOCAL_RUNS, max_size=4))
def test_spool_parts_runs_by_how_they_stand(runs):
    with TemporaryDirectory() as name:
        folders = [Path(name) / str(number) for number in range(len(runs))]
        for folder, run in zip(folders, runs, strict=True):
            write(folder, run)
        open_now = {folder for folder, _ in running(Path(name))}
        waiting = {folder for folder, _ in pending(Path(name))}
        assert open_now == {
            folder
            for folder, run in zip(folders, runs, strict=True)
            if run.status is RunStatus.RUNNING
        }
        assert waiting == {
            folder
            for folder, run in zip(folders, runs, strict=True)
            if run.status is not RunStatus.RUNNING and not run.sent
        }


def test_send_brings_all_of_a_run(store, tmp_path):
    sent = send(store, tmp_path, finished(tmp_path))
    run = find_run(store, sent.run_id)
    assert (run.status, dict(run.params)) == ("FINISHED", {"seed": "1"})
    assert {**run.metrics, **sent.metrics} == run.metrics
    assert set(run.metrics) == {"r_hat_max", "store_seconds"}
    assert list_files(store, sent.run_id) == ["config.yaml"]


def test_send_drops_the_local_artifacts(store, tmp_path):
    send(store, tmp_path, finished(tmp_path))
    assert not artifacts_of(tmp_path).exists()
    assert read(tmp_path).sent


def test_send_keeps_what_is_read_again_until_the_folder_is_tidied(store, tmp_path):
    place = tmp_path / "cell"
    finished(place)
    for name in AT_A_SWEEPS_END:
        (artifacts_of(place) / name).write_text("read at the end")
    (artifacts_of(place) / "plots").mkdir()
    sent = send(store, place, read(place), keep=AT_A_SWEEPS_END)
    assert sorted(path.name for path in artifacts_of(place).iterdir()) == sorted(AT_A_SWEEPS_END)
    assert at_hand(tmp_path) == {sent.run_id: artifacts_of(place)}
    tidy(place)
    assert at_hand(tmp_path) == {}
    assert not place.exists()


def test_send_twice_adds_nothing(store, tmp_path):
    sent = send(store, tmp_path, finished(tmp_path))
    assert send(store, tmp_path, read(tmp_path)) == sent
    assert len(runs_of(store, sent.send_id)) == 1


def test_send_says_what_the_upload_of_a_cell_took(store, tmp_path, monkeypatch):
    """Opening the run, files, params and metrics, and neither the wait for the lock nor the end."""
    taken = {}

    def slow(name, seconds):
        send_part = getattr(spool, name)

        def part(*values, **named):
            start = monotonic()
            sleep(seconds)
            given = send_part(*values, **named)
            taken.setdefault(name, []).append(monotonic() - start)
            return given

        monkeypatch.setattr(spool, name, part)

    for name, seconds in {"start_run": 0.02, "log_files": 0.04, "log_results": 0.02}.items():
        slow(name, seconds)
    for name in ("waiting_for", "end_run"):
        slow(name, 0.1)
    run, start = finished(tmp_path), monotonic()
    sent = send(store, tmp_path, run)
    whole = monotonic() - start
    # The metrics are logged first, then the seconds that all took until then.
    results, own = taken["log_results"]
    least = sum(taken["start_run"]) + sum(taken["log_files"]) + results
    most = whole - own - sum(taken["waiting_for"]) - sum(taken["end_run"])
    assert least <= sent.metrics["store_seconds"] <= most
    assert find_run(store, sent.run_id).metrics["store_seconds"] == sent.metrics["store_seconds"]


def test_send_of_a_sweep_says_nothing_of_its_upload(store, tmp_path):
    sweep = LocalRun(NewRun("sweep", "all", "note", {}, {}))
    assert "store_seconds" not in send(store, tmp_path, finished(tmp_path, sweep)).metrics


def test_send_again_after_a_death_before_the_end_logs_each_metric_once(store, tmp_path):
    run = finished(tmp_path)
    kept = shutil.copytree(artifacts_of(tmp_path), tmp_path / "kept")
    first = send(store, tmp_path, run)
    store.client.update_run(first.run_id, status="RUNNING")
    shutil.copytree(kept, artifacts_of(tmp_path))
    write(tmp_path, replace(first, sent=False))
    again = send(store, tmp_path, run)
    histories = [
        store.client.get_metric_history(again.run_id, name)
        for name in ("r_hat_max", "store_seconds")
    ]
    assert [len(history) for history in histories] == [1, 1]
    assert histories[1][0].value == first.metrics["store_seconds"]


def test_send_of_an_opened_run_keeps_its_id(store, tmp_path):
    opened = open_run(store, tmp_path, write(tmp_path, new_run()))
    assert send(store, tmp_path, finished(tmp_path, opened)).run_id == opened.run_id


def test_send_finds_a_run_whose_id_was_not_kept(store, tmp_path):
    begun = new_run()
    opened = open_run(store, tmp_path, write(tmp_path, begun))
    assert send(store, tmp_path, finished(tmp_path, begun)).run_id == opened.run_id
    assert len(runs_of(store, begun.send_id)) == 1


def test_send_of_a_run_that_another_process_has_just_sent_adds_nothing(store, tmp_path):
    run = finished(tmp_path)
    sent = send(store, tmp_path, run)
    assert send(store, tmp_path, run) == sent
    history = store.client.get_metric_history(sent.run_id, "r_hat_max")
    assert len(history) == 1


def test_send_by_many_at_once_adds_one_run(store, tmp_path):
    run = finished(tmp_path)
    failures = []

    def bring():
        try:
            send(store, tmp_path, run)
        except (StoreError, OSError) as error:
            failures.append(error)

    threads = [threading.Thread(target=bring) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    [only] = runs_of(store, run.send_id)
    assert len(store.client.get_metric_history(only.info.run_id, "r_hat_max")) == 1


def test_send_of_a_run_that_was_tidied_away_adds_nothing(store, tmp_path):
    folder = tmp_path / "run"
    run = finished(folder)
    send(store, folder, run)
    tidy(folder)
    assert send(store, folder, run).sent
    assert len(runs_of(store, run.send_id)) == 1


def test_send_to_a_store_that_is_away_keeps_everything(tmp_path):
    run = finished(tmp_path)
    with pytest.raises(StoreError):
        send(AWAY, tmp_path, run)
    assert read(tmp_path) == run
    assert (artifacts_of(tmp_path) / "config.yaml").exists()


def test_tidy_leaves_what_was_not_sent(store, tmp_path):
    send(store, tmp_path / "sent", finished(tmp_path / "sent"))
    finished(tmp_path / "waits")
    tidy(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["waits"]


def test_pending_passes_over_what_vanishes(tmp_path):
    for name in ("one", "two"):
        finished(tmp_path / name)
    found = pending(tmp_path)
    place, _ = next(found)
    for name in {"one", "two"} - {place.name}:
        (tmp_path / name / "record.json").unlink()
    assert list(found) == []


def test_run_of_another_contract_is_refused(store, tmp_path):
    run = send(store, tmp_path, finished(tmp_path))
    store.client.set_tag(run.run_id, "hierbench.schema", "0")
    with pytest.raises(StoreError, match="tracking contract 0"):
        find_run(store, run.run_id)
