"""The command line as words, before any verb does its work."""

import re
from importlib.metadata import version
from pathlib import Path

import pytest

from hierbench.cli import VERBS as PROGRAM
from hierbench.cli.arguments import VERBS, parse
from hierbench.cli.options import parser
from hierbench.errors import ConfigError


@pytest.mark.parametrize(
    ("words", "verb", "rest"),
    [
        (["seed=1"], "run", ("seed=1",)),
        (["run", "seed=1"], "run", ("seed=1",)),
        (["sweep", "seed=1,2"], "sweep", ("seed=1,2",)),
        (["-m", "seed=1,2"], "sweep", ("seed=1,2",)),
        (["seed=1,2", "-m"], "sweep", ("seed=1,2",)),
        (["--multirun", "seed=1,2"], "sweep", ("seed=1,2",)),
        (["sweep", "-m", "seed=1,2"], "sweep", ("seed=1,2",)),
        (["run", "-m", "seed=1,2"], "sweep", ("seed=1,2",)),
        (["run"], "run", ()),
        (["compare"], "compare", ()),
        (["show", "01234567"], "show", ("01234567",)),
        (["sync"], "sync", ()),
    ],
)
def test_parse_verb_and_words(words, verb, rest):
    arguments = parse(words)
    assert (arguments.verb, arguments.rest) == (verb, rest)


def test_parse_overrides_behind_options():
    arguments = parse(["sweep", "seed=1,2", "--workers", "2", "prior.scale=1,4"])
    assert (arguments.rest, arguments.workers) == (("seed=1,2", "prior.scale=1,4"), 2)


def test_parse_hydras_multirun_keeps_our_options():
    arguments = parse(["-m", "seed=1,2", "--workers", "2"])
    assert (arguments.verb, arguments.workers) == ("sweep", 2)


def test_parse_csv_is_a_path():
    assert parse(["compare", "--csv", "a.csv"]).csv == Path("a.csv")


@pytest.mark.parametrize(
    ("words", "verb", "hydra"),
    [
        (["--cfg", "job"], "run", ("--cfg", "job")),
        (["-c", "job"], "run", ("-c", "job")),
        (["--cfg=job"], "run", ("--cfg=job",)),
        (["run", "--cfg", "job", "seed=2"], "run", ("--cfg", "job", "seed=2")),
        (["sweep", "--info"], "sweep", ("--info",)),
        (["-m", "--cfg", "job"], "sweep", ("--cfg", "job")),
        (["seed=2", "--cfg", "job"], "run", ("seed=2", "--cfg", "job")),
    ],
)
def test_parse_hydras_questions(words, verb, hydra):
    arguments = parse(words)
    assert (arguments.verb, arguments.hydra) == (verb, hydra)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "the following arguments are required: VERB; see `hierbench --help`"),
        (["show"], "the following arguments are required: RUN_ID; see `hierbench show --help`"),
        (["run", "--nope"], "--nope: no such option; see `hierbench run --help`"),
        (["run", "--workers", "2"], "--workers: no such option; see `hierbench run --help`"),
        (
            ["sweep", "--workers", "two"],
            "argument --workers: invalid int value: 'two'; see `hierbench sweep --help`",
        ),
    ],
)
def test_parse_refuses_in_one_sentence(words, sentence):
    with pytest.raises(ConfigError) as caught:
        parse(words)
    assert str(caught.value) == sentence


def test_parse_unknown_verb_names_those_there_are():
    with pytest.raises(ConfigError, match=r"^fit: no such verb; known are run, sweep, .*--help`$"):
        parse(["fit"])


def test_parse_mistyped_verb_names_the_one_that_was_meant():
    with pytest.raises(ConfigError, match=r"^compar: no such verb; .*; did you mean compare\?$"):
        parse(["compar", "--csv", "a.csv"])


def test_parse_verbs_are_those_of_the_program():
    assert set(VERBS) == set(PROGRAM)
    shown = parser().format_help()
    assert all(re.search(rf"\n +{verb}\s", shown) for verb in VERBS)


def test_parse_version_is_the_packages(capsys):
    with pytest.raises(SystemExit) as ended:
        parse(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"hierbench {version('hierbench')}\n"
