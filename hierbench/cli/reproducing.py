"""The verb reproduce."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from hierbench.cli.arguments import Arguments
from hierbench.models.recalled import remember_model
from hierbench.reproduction import Reproduction, place_of, recorded_run
from hierbench.reproduction import reproduce as reproduce_run
from hierbench.reproduction.record import check_data
from hierbench.reproduction.recorded_env import knows, recorded_commit, reproduce_there
from hierbench.shown import say, say_json
from hierbench.tracking import Store, locate, open_store

__all__ = ["reproduce"]

BAD = 1


def reproduce(arguments: Arguments) -> int:
    """Fit a run anew, and say in one word whether it came out again."""
    store = open_store(locate(arguments.store, Path.cwd()), create=False)
    if arguments.env == "recorded":
        return reproduce_recorded(store, arguments)
    recorded = recorded_run(
        store,
        arguments.rest[0],
        accept_data=arguments.accept_data,
        model_file=arguments.model,
    )
    if arguments.model is not None:
        remember_model(recorded.cell.source)
    if not arguments.json:
        print_changes(recorded.changes)
    found = reproduce_run(store, recorded, place_of(store, recorded))
    if arguments.json:
        say_json(asdict(found))
    else:
        print_reproduction(found)
    return 0 if found.judgement.verdict.good(strict=arguments.strict) else BAD


def reproduce_recorded(store: Store, arguments: Arguments) -> int:
    """Let the program of the recorded commit reproduce the run; return its exit code."""
    commit = recorded_commit(store, arguments.rest[0])
    if not arguments.accept_data:
        check_data(store, arguments.rest[0])
    accept = ["--accept-data"] if arguments.accept_data and knows(commit, "--accept-data") else []
    options = accept + ["--strict"] * arguments.strict + ["--json"] * arguments.json
    words = ["reproduce", arguments.rest[0], *options]
    return reproduce_there(commit, words, Path.cwd(), store.location.uri)


def print_changes(changes: Sequence[str]) -> None:
    """Print what is not as it was recorded, before the fit begins."""
    if not changes:
        say("code, packages, machine, data and question are as recorded", flush=True)
        return
    say("not as recorded (the draws may be the same all the same):")
    for phrase in changes:
        say(f"  {phrase}", flush=True)


def print_reproduction(found: Reproduction) -> None:
    """Print the timings, why, and the verdict."""
    for name, (old, new) in found.timings.items():
        say(f"{name:16} {old:8.2f} then  {new:8.2f} now")
    for sentence in found.judgement.reasons:
        say(sentence)
    say(f"run {found.new.run_id} (new) repeats run {found.recorded.run_id}")
    say(found.judgement.verdict)
