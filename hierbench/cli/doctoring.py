"""The verb doctor."""

from dataclasses import asdict
from pathlib import Path

from rich.table import Table

from hierbench.cli.arguments import Arguments
from hierbench.cli.clearing import clear_caches
from hierbench.errors import ConfigError, StoreError
from hierbench.machine.fitness import Finding, findings_of, is_fit
from hierbench.machine.readings import StoreReading, read_folder, read_machine
from hierbench.shown import redacted_uri, say, say_json, warn
from hierbench.terminal import console
from hierbench.tracking import Location, locate
from hierbench.tracking.probe import MOVED, probe

__all__ = ["doctor"]

UNFIT = 1
TO_BROWSE = (
    "hierbench finds the files of its runs; for the MLflow UI rewrite their addresses: "
    "`hierbench repair --moved`"
)


def doctor(arguments: Arguments) -> int:
    """Say whether this machine is fit for timing, and why not."""
    if arguments.rest:
        raise ConfigError(
            f"{' '.join(arguments.rest)}: doctor takes no words; use `hierbench doctor "
            "[--store URI] [--json] [--clear-cache]`"
        )
    if arguments.clear_cache:
        return clear_cache(as_json=arguments.json)
    location = locate(arguments.store, Path.cwd())
    findings = findings_of(read_machine(read_store(location)))
    fit = is_fit(findings)
    if arguments.json:
        say_json({"fit": fit, "findings": [asdict(of) for of in findings]})
    else:
        console().print(table_of(findings))
        console().print(verdict(findings))
    return 0 if fit else UNFIT


def clear_cache(*, as_json: bool) -> int:
    """Remove the kept compiled functions, and say how many."""
    cleared = clear_caches()
    if as_json:
        say_json(asdict(cleared))
    else:
        say(f"removed {cleared.files} files, {cleared.mib:,.0f} MiB, from {cleared.folder}")
    if cleared.refused:
        warn(f"{cleared.refused} files cannot be removed; remove them by hand")
    return UNFIT if cleared.refused else 0


def read_store(location: Location) -> StoreReading:
    """Return how the store stands."""
    answer, problem = "", ""
    try:
        answer = probe(location)
    except StoreError as error:
        problem = str(error)
    doubt = TO_BROWSE if MOVED in answer else ""
    folder = read_folder(location.sweeps)
    return StoreReading(redacted_uri(location.uri), answer, problem, folder, doubt)


def table_of(findings: tuple[Finding, ...]) -> Table:
    """Return one line per finding, and under it what to do."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for name in ("status", "name"):
        table.add_column(name, no_wrap=True)
    table.add_column("found", overflow="fold")
    for finding in findings:
        table.add_row(str(finding.status), finding.name, finding.found)
        if finding.advice:
            table.add_row("", "", f"-> {finding.advice}")
    return table


def verdict(findings: tuple[Finding, ...]) -> str:
    """Return the answer in one sentence."""
    bad = [finding.name for finding in findings if finding.status == "bad"]
    if bad:
        return f"not fit for timing: {', '.join(bad)}"
    warned = [finding.name for finding in findings if finding.status == "warning"]
    return "fit for timing" + (f"; with a doubt: {', '.join(warned)}" if warned else "")
