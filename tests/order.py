"""Tests in a random order that a seed gives again: modules, and the tests within each.

A module's tests stay together, so what its fixtures cost is paid once in any order.
"""

from collections.abc import Sequence
from random import Random, SystemRandom
from typing import Any

import pytest

NEW, SEED = "new", "random_order"


def shuffled(items: Sequence[pytest.Item], seed: int) -> list[pytest.Item]:
    """Return `items` in the order of `seed`, the same for the same items in every process."""
    modules: dict[str, list[pytest.Item]] = {}
    for item in items:
        modules.setdefault(item.nodeid.partition("::")[0], []).append(item)
    rng = Random(seed)
    chosen = list(modules.values())
    rng.shuffle(chosen)
    for tests in chosen:
        rng.shuffle(tests)
    return [item for tests in chosen for item in tests]


def add_option(parser: pytest.Parser) -> None:
    """Add --random-order."""
    parser.addoption(
        "--random-order",
        metavar="SEED",
        help=f"shuffle modules, and tests within modules, by this whole number; {NEW}: choose one",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Take the seed from the process that started this one, or choose it where none was given."""
    if hasattr(config, "workerinput"):
        config.option.random_order = config.workerinput[SEED]
    elif config.getoption("random_order") == NEW:
        config.option.random_order = str(SystemRandom().randrange(10**6))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the seed to a worker of pytest-xdist: all must collect in one order."""
    node.workerinput[SEED] = node.config.getoption("random_order")


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say how to get this order again."""
    seed = config.getoption("random_order")
    return seed and f"random order; repeat it with --random-order {seed}"


# First: pytest then brings together what shares a fixture with parameters.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Shuffle."""
    seed = config.getoption("random_order")
    if seed:
        items[:] = shuffled(items, int(seed))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their place: what is compressed holds the second at which it was.

    Workers of pytest-xdist must give every test one name.
    """
    return argname if isinstance(val, bytes) else None
