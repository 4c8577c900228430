"""The calibration kernel does what it says."""

from time import monotonic, perf_counter, sleep

import numpy as np
import pytest

from hierbench.machine import kernel, machine_speed
from hierbench.machine.kernel import REPEATS, REPETITIONS, repetition, rows, speeds


@pytest.mark.parametrize("group", [0, 7, 199])
def test_kernel_gradient_is_that_of_its_density(group):
    step = 1e-5
    moved = [rows()["height"] + sign * step * (np.arange(200) == group) for sign in (1, -1)]
    up, down = (repetition({**rows(), "height": height})[0] for height in moved)
    assert repetition(rows())[1][group] == pytest.approx((up - down) / (2 * step), rel=1e-5)


def test_kernel_is_the_same_each_time():
    assert repetition(rows())[0] == repetition(rows())[0]


def test_machine_speed_is_the_rate_of_the_fastest_repeat(monkeypatch):
    """By a planted clock that only repetitions move; the third repeat is the fastest."""
    now, done = [0.0], [0]

    def planted(values):
        done[0] += 1
        now[0] += 0.5 if 1 + 2 * REPETITIONS < done[0] <= 1 + 3 * REPETITIONS else 0.75
        return 0.0, values["height"]

    monkeypatch.setattr(kernel, "repetition", planted)
    monkeypatch.setattr(kernel, "perf_counter", lambda: now[0])
    assert machine_speed() == 2.0
    assert done == [1 + REPEATS * REPETITIONS]


def test_machine_speed_is_the_best_of_repeats_whose_repetitions_take_a_known_time(monkeypatch):
    """No faster than the repetitions themselves, no slower than all between two other repeats."""
    begun, ended = [], []

    def slow(values):
        begun.append(monotonic())
        sleep(0.001 if len(begun) % 7 else 0.002)
        ended.append(monotonic())
        return 0.0, values["height"]

    monkeypatch.setattr(kernel, "repetition", slow)
    found = machine_speed()
    after = monotonic()
    _, *begun = begun
    last, *ended = ended
    assert len(begun) == REPEATS * REPETITIONS
    took = np.reshape(np.subtract(ended, begun), (REPEATS, REPETITIONS)).sum(axis=1)
    # A repeat's clock starts after the one before has ended, and is read before the next begins.
    before = np.array([last, *ended[REPETITIONS - 1 : -1 : REPETITIONS]])
    behind = np.array([*begun[REPETITIONS::REPETITIONS], after])
    assert REPETITIONS / (behind - before).min() <= found <= REPETITIONS / took.min()


def test_speeds_are_one_for_each_repeat():
    start = perf_counter()
    found = speeds(REPEATS)
    assert len(found) == REPEATS
    assert sum(REPETITIONS / speed for speed in found) < perf_counter() - start
