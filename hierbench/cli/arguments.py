"""The command line as one record; knows no verb's work."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from hierbench.cli.options import parser
from hierbench.errors import ConfigError

__all__ = ["Arguments", "parse"]

HYDRA_QUESTIONS = ("--cfg", "-c", "--info", "-i", "--hydra-help", "--shell-completion", "-sc")
"""Hydra's own questions about a configuration; whoever asks one wants no fit."""

VERBS = (
    "run",
    "sweep",
    "resume",
    "status",
    "compare",
    "validate",
    "show",
    "reproduce",
    "model",
    "data",
    "doctor",
    "sync",
    "repair",
    "ui",
)


@dataclass(frozen=True)
class Arguments:
    """One parsed command line.

    Attributes
    ----------
    rest : tuple of str
        Overrides of a fit, ids of runs, or the words of `data` and `model`.
    hydra : tuple of str
        The whole command line for Hydra, when one of its own questions was asked.
    """

    verb: str
    rest: tuple[str, ...] = ()
    store: str | None = None
    json: bool = False
    workers: int | None = None
    csv: Path | None = None
    html: Path | None = None
    markdown: bool = False
    where: Sequence[str] = ()
    rows: str | None = None
    columns: str | None = None
    metric: str | None = None
    baseline: str | None = None
    threshold: float | None = None
    verify: bool = False
    source: Path | None = None
    output: Path | None = None
    port: int | None = None
    no_browser: bool = False
    extend: str | None = None
    dry_run: bool = False
    force: bool = False
    moved: bool = False
    all_hosts: bool = False
    accept_data: bool = False
    model: Path | None = None
    outcome: str | None = None
    quick: bool = False
    watch: bool = False
    strict: bool = False
    calibration: str | None = None
    design: str | None = None
    env: str = "this"
    of: Sequence[str] = ()
    clear_cache: bool = False
    hydra: tuple[str, ...] = field(default=())


def parse(argv: Sequence[str]) -> Arguments:
    """Return the parsed command line.

    Raises
    ------
    ConfigError
        If a verb or an option does not exist, or lacks what it needs.
    """
    words = with_verb(list(argv))
    if words[:1] in (["run"], ["sweep"]) and any(map(is_hydra_question, words)):
        return Arguments(words[0], hydra=tuple(words[1:]))
    top = parser()
    refuse_unknown_verb(words)
    known, behind_options = top.parse_known_args(words)
    for word in behind_options:
        if word.startswith("-"):
            raise ConfigError(f"{word}: no such option; see `hierbench {known.verb} --help`")
    return Arguments(**{**vars(known), "rest": (*known.rest, *behind_options)})


def refuse_unknown_verb(words: Sequence[str]) -> None:
    """Raise ConfigError when the first word is no verb."""
    if not words or words[0].startswith("-") or words[0] in VERBS:
        return
    near = get_close_matches(words[0], VERBS, n=1)
    hint = f"did you mean {near[0]}?" if near else "see `hierbench --help`"
    raise ConfigError(f"{words[0]}: no such verb; known are {', '.join(VERBS)}; {hint}")


def with_verb(words: list[str]) -> list[str]:
    """Return `words` behind a verb: Hydra's habit of giving overrides alone means run or sweep."""
    multirun = [word for word in words if word in ("-m", "--multirun")]
    if multirun:
        plain = [word for word in words if word not in multirun]
        return ["sweep", *(plain[1:] if plain[:1] in (["run"], ["sweep"]) else plain)]
    if words and (is_override(words[0]) or is_hydra_question(words[0])):
        return ["run", *words]
    return words


def is_override(word: str) -> bool:
    """Return whether `word` is an override rather than a verb or an option."""
    return "=" in word and not word.startswith("-")


def is_hydra_question(word: str) -> bool:
    """Return whether `word` asks Hydra about the configuration."""
    return word in HYDRA_QUESTIONS or word.startswith("--cfg=")
