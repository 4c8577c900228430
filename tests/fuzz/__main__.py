"""`python -m tests.fuzz`: mutated configurations, tables and stored files; exit 1 on a fault."""

import argparse
import sys
import tempfile
from pathlib import Path
from random import Random

from tests.fuzz import configs, tables
from tests.fuzz.running import Tally, run

LEAST_PASSED = 0.3


def main() -> int:
    """Run as many cases of each kind as asked, and print what became of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--configs", type=int, default=1000, metavar="N")
    parser.add_argument("--tables", type=int, default=1000, metavar="N")
    parser.add_argument("--stored", type=int, default=300, metavar="N")
    asked = parser.parse_args()
    tallies = [fuzz(kind, getattr(asked, kind), asked.seed) for kind in KINDS]
    print(f"{'input':10} {'cases':>6} {'passed':>7} {'refused':>8} {'faults':>7}")
    for tally in tallies:
        print(
            f"{tally.kind:10} {tally.count:6} {tally.passed:7} {tally.codes[2]:8} "
            f"{len(tally.faults):7}"
        )
    return 1 if any(map(is_bad, tallies)) else 0


def is_bad(tally: Tally) -> bool:
    """Return whether a case has a fault, or too few passed for the others to mean much."""
    return bool(tally.faults) or tally.passed < LEAST_PASSED * tally.count


def fuzz(kind: str, count: int, seed: int) -> Tally:
    """Run `count` cases of one kind in a folder of their own."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        return KINDS[kind](count, Random(f"{kind} {seed}"), Path(name))


def fuzz_configs(count: int, random: Random, folder: Path) -> Tally:
    """Run mutated configurations."""
    warm = ["sweep", *configs.SMALL, "seed=1,2", "--dry-run"]
    return run("configs", configs.cases(random, count), folder, warm)


def fuzz_tables(count: int, random: Random, folder: Path) -> Tally:
    """Run mutated tables."""
    warm = ["sweep", *configs.SMALL, "seed=1,2", "--dry-run"]
    return run("tables", tables.cases(random, count, folder), folder, warm)


def fuzz_stored(count: int, random: Random, folder: Path) -> Tally:
    """Run verbs on mutated files of a store."""
    if not count:
        return Tally("stored")
    from tests.fuzz import stored  # imports all that the program imports

    return run("stored", stored.cases(random, count, folder), folder, ["status"])


KINDS = {"configs": fuzz_configs, "tables": fuzz_tables, "stored": fuzz_stored}

if __name__ == "__main__":
    sys.exit(main())
