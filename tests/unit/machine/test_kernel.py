"""The calibration kernel does what it says, and quickly."""

from time import monotonic, perf_counter, process_time, sleep

import numpy as np
import pytest

from hierbench.machine import kernel, machine_speed
from hierbench.machine.kernel import REPEATS, REPETITIONS, repetition, rows, speeds


@pytest.mark.parametrize("group", [0, 7, 199])
def test_kernel_gradient_is_that_of_its_density(group):
    step = 1e-5
    moved = [rows()["alpha"] + sign * step * (np.arange(200) == group) for sign in (1, -1)]
    up, down = (repetition({**rows(), "alpha": alpha})[0] for alpha in moved)
    assert repetition(rows())[1][group] == pytest.approx((up - down) / (2 * step), rel=1e-5)


def test_kernel_is_the_same_each_time():
    assert repetition(rows())[0] == repetition(rows())[0]


def test_machine_speed_is_a_rate_of_repetitions():
    """The CPU time that a repetition takes bounds its rate, whoever else is busy."""
    start = process_time()
    for _ in range(REPETITIONS):
        repetition(rows())
    rate = REPETITIONS / (process_time() - start)
    assert rate / 3 < machine_speed() < rate * 3


def test_machine_speed_is_the_best_of_repeats_whose_repetitions_take_a_known_time(monkeypatch):
    """No faster than the repetitions themselves, no slower than all from the repeat before."""
    begun, ended = [], []

    def slow(values):
        begun.append(monotonic())
        sleep(0.001 if len(begun) % 7 else 0.002)
        ended.append(monotonic())
        return 0.0, values["alpha"]

    monkeypatch.setattr(kernel, "repetition", slow)
    found = machine_speed()
    _, *begun = begun
    last, *ended = ended
    assert len(begun) == REPEATS * REPETITIONS
    took = np.reshape(np.subtract(ended, begun), (REPEATS, REPETITIONS)).sum(axis=1)
    ends = np.array([last, *ended[REPETITIONS - 1 :: REPETITIONS]])
    assert REPETITIONS / np.diff(ends).min() <= found <= REPETITIONS / took.min()


def test_machine_speed_takes_a_blink():
    """20 ms on a calm machine; the CPU time is told from what others do meanwhile."""
    machine_speed()
    start = process_time()
    machine_speed()
    assert process_time() - start < 0.1


def test_speeds_are_one_for_each_repeat():
    start = perf_counter()
    found = speeds(REPEATS)
    assert len(found) == REPEATS
    assert sum(REPETITIONS / speed for speed in found) < perf_counter() - start
