"""Whether seconds count, by planted windows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hierbench.machine import Window, timing_reasons
from hierbench.machine.timing import FLOOR_SECONDS, SHARE_BOUND

CALM = {
    "seconds": 10.0,
    "cores": (2, 3),
    "last_cores": (2, 3),
    "foreign_cpu_seconds": 0.1,
    "steal_seconds": 0.0,
    "throttled_seconds": 0.0,
    "pools": {"openblas": 1, "numba": 1},
    "met": (),
}
SHARES = ((0, 1), (2, 3))


def reasons(shares=SHARES, **changes):
    return timing_reasons(Window(**{**CALM, **changes}), shares)


@pytest.mark.parametrize("shares", [SHARES, ()])
def test_timing_of_a_calm_machine_is_valid(shares):
    assert reasons(shares) == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"foreign_cpu_seconds": 2.5}, "foreign CPU 12.5% of its cores' time, over 5%"),
        ({"steal_seconds": 1.2}, "steal time 6.0% of its cores' time, over 5%"),
        ({"throttled_seconds": 2.0}, "stopped by a quota 10.0% of its cores' time, over 5%"),
        ({"pools": {"openblas": 2, "numba": 1}}, "2 threads in openblas, must be 1"),
        ({"met": ("77",)}, "a cell of process 77 was sampled on its cores too"),
        ({"met": None}, "whether other cells were sampled on its cores is not known"),
        ({"last_cores": (2,)}, "its cores changed from 2,3 to 2"),
        (
            {"cores": (1, 2), "last_cores": (1, 2)},
            "it could use the cores 1,2, was given 0,1 or 2,3",
        ),
        (
            {"shares": ((2, 3), (2, 3))},
            "the cores 2,3 are those of another worker of its sweep too",
        ),
        (
            {"foreign_cpu_seconds": None},
            "foreign CPU and steal time are not known: no /proc/stat of its cores",
        ),
        (
            {"steal_seconds": None},
            "foreign CPU and steal time are not known: no /proc/stat of its cores",
        ),
        (
            {"seconds": 0.05},
            "0.050 s of sampling: too short (under 0.1 s) to see what other programs took of its "
            "cores",
        ),
    ],
)
def test_timing_is_not_valid_and_says_why(changes, reason):
    assert reasons(**changes) == (reason,)


def test_timing_names_every_reason():
    found = reasons(foreign_cpu_seconds=5.0, steal_seconds=5.0, met=("7", "8"), pools={"mkl": 4})
    assert len(found) == 5


@given(st.floats(0.1, 1000), st.floats(0, 1), st.integers(1, 64))
def test_timing_bound_is_a_share_and_a_floor(seconds, share, cores):
    own = tuple(range(cores))
    foreign = share * seconds * cores
    found = reasons((), seconds=seconds, cores=own, last_cores=own, foreign_cpu_seconds=foreign)
    assert bool(found) == (
        foreign > SHARE_BOUND * seconds * cores and foreign > FLOOR_SECONDS * cores
    )
