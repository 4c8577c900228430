"""Cells on one core know of each other, whoever came first."""

import os
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hierbench.machine.neighbours import living, meeting_place, take_seat
from hierbench.process import start_ticks, this_process

US = (str(os.getpid()),)
CORES = st.sets(st.integers(0, 5), min_size=1, max_size=4).map(lambda cores: tuple(sorted(cores)))


@pytest.fixture
def seats(tmp_path):
    return tmp_path / "seats"


def test_seats_on_one_core_meet(seats):
    first, second = take_seat(seats, (0, 1)), take_seat(seats, (1, 2))
    assert (second.leave(), first.leave()) == (US, US)


def test_seats_on_disjoint_cores_do_not_meet(seats):
    first, second = take_seat(seats, (0,)), take_seat(seats, (1,))
    assert (first.leave(), second.leave()) == ((), ())


def test_seats_one_after_the_other_do_not_meet(seats):
    assert take_seat(seats, (0,)).leave() == ()
    assert take_seat(seats, (0,)).leave() == ()


def test_seats_that_meet_shortly_know_it_later(seats):
    long = take_seat(seats, (0,))
    take_seat(seats, (0,)).leave()
    assert living(seats).keys() == {long.file}
    assert long.leave() == US


@given(st.lists(CORES, min_size=2, max_size=4))
def test_seats_know_of_each_other_as_the_cores_say(tmp_path_factory, cores):
    seats = tmp_path_factory.mktemp("seats")
    taken = [take_seat(seats, own) for own in cores]
    expected = [
        any(set(own) & set(other) for place, other in enumerate(cores) if place != seat)
        for seat, own in enumerate(cores)
    ]
    assert [bool(seat.leave()) for seat in taken] == expected


def test_seat_of_a_dead_process_is_removed(seats):
    seats.mkdir()
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
        dead = replace(this_process(), pid=process.pid, start_ticks=start_ticks(process.pid))
    file = seats / "1-1.window"
    file.write_text(f"{dead}\n0\n")
    assert take_seat(seats, (0,)).leave() == ()
    assert not file.exists()


@pytest.mark.parametrize("text", ["", "one line", "a/b/1/2\nx\n"])
def test_seats_pass_over_a_file_that_is_none(seats, text):
    seats.mkdir()
    (seats / "1-1.window").write_text(text)
    assert take_seat(seats, (0,)).leave() == ()


def test_seat_that_cannot_look_around_is_given_up(seats):
    (seats / "1-1.window").mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        take_seat(seats, (0,))
    assert [file.name for file in seats.iterdir()] == ["1-1.window"]


def test_seat_that_was_removed_is_an_error(seats):
    seat = take_seat(seats, (0,))
    seat.file.unlink()
    with pytest.raises(FileNotFoundError):
        seat.leave()


def test_seats_folder_is_the_users_own(seats):
    take_seat(seats, (0,)).leave()
    assert seats.stat().st_mode & 0o077 == 0
    assert str(os.getuid()) in meeting_place().name


def test_seat_of_another_container_stays_while_it_is_held(seats):
    """What another PID namespace says of itself is planted in a seat that this process holds."""
    held, left = take_seat(seats, (0,)), take_seat(seats, (1,))
    there = replace(this_process(), namespace=1)
    for seat in (held, left):
        seat.file.write_text(seat.file.read_text().replace(str(this_process()), str(there)))
    os.close(left.lock)
    assert living(seats).keys() == {held.file}
    assert not left.file.exists()
    held.leave()
