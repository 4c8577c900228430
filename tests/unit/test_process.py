"""A process is told from every other that had its id before or will have it after."""

import os
import subprocess
import sys
from dataclasses import replace
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hierbench.process import (
    ProcessIdentity,
    cores_of_workers,
    cpu_seconds,
    resident_mib,
    start_ticks,
    this_process,
)

NUMBERS = st.integers(min_value=0, max_value=2**40)
BURN = "from time import process_time as t\nend = t() + {}\nwhile t() < end: pass"
TICKS_CUT = 2 / os.sysconf("SC_CLK_TCK")
"""Each of the two numbers of `os.times` is cut to a tick of the kernel."""

WORDS = st.text(st.characters(blacklist_characters="/", blacklist_categories=["Cs"]))


@given(
    st.text(st.characters(blacklist_categories=["Cs"])),
    WORDS,
    NUMBERS,
    NUMBERS,
    st.none() | NUMBERS,
)
def test_identity_reads_what_it_writes(host, boot, pid, ticks, namespace):
    identity = ProcessIdentity(host, boot, pid, ticks, namespace)
    assert ProcessIdentity.parse(str(identity)) == identity


def test_identity_of_before_namespaces_were_kept_is_read():
    assert ProcessIdentity.parse("host/boot/1/2") == ProcessIdentity("host", "boot", 1, 2)


@pytest.mark.parametrize(
    "text", ["", "host", "host/boot/1", "host/boot/one/2", "host/boot/1/", "host/boot/1@/2"]
)
def test_identity_of_other_text_is_an_error(text):
    with pytest.raises(ValueError, match=r"unpack|invalid literal"):
        ProcessIdentity.parse(text)


def test_this_process_is_not_gone():
    assert not this_process().is_gone()


def test_process_that_ended_is_gone():
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
        identity = replace(this_process(), pid=process.pid, start_ticks=start_ticks(process.pid))
        assert not identity.is_gone()
    assert identity.is_gone()


def test_process_that_awaits_its_parent_is_gone():
    process = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
    identity = replace(this_process(), pid=process.pid, start_ticks=start_ticks(process.pid))
    process.stdin.close()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert identity.is_gone()
    process.wait()


def test_process_with_the_id_of_an_earlier_one_is_not_it():
    assert replace(this_process(), start_ticks=1).is_gone()


def test_process_of_another_container_is_never_gone():
    here = this_process()
    there = replace(here, pid=2**22 + 1, namespace=1)
    assert there.is_elsewhere()
    assert not there.is_gone()
    assert not here.is_elsewhere()


def test_process_whose_container_was_not_kept_is_judged_as_of_this_one():
    old = replace(this_process(), namespace=None)
    assert not old.is_gone()
    assert replace(old, pid=2**22 + 1).is_gone()


CONTAINER = ["unshare", "--pid", "--fork", "--mount-proc"]
TELL = "from hierbench.process import this_process as t; print(t(), flush=True); input()"
JUDGE = """
import sys
from hierbench.process import ProcessIdentity
found = ProcessIdentity.parse(sys.argv[1])
print(found.is_elsewhere(), found.is_gone())
"""


def can_unshare():
    """Return whether this user may start a process in a PID namespace of its own."""
    try:
        return subprocess.run([*CONTAINER, "true"], capture_output=True).returncode == 0
    except OSError:
        return False


@pytest.fixture
def contained():
    """The identity of a live process in another PID namespace."""
    if not can_unshare():
        pytest.skip("this user may not start a process in a PID namespace of its own")
    with subprocess.Popen(
        [*CONTAINER, sys.executable, "-c", TELL],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process.stdout.readline().strip()
        process.communicate("\n")


def test_live_process_of_a_container_is_elsewhere_and_not_gone(contained):
    identity = ProcessIdentity.parse(contained)
    here = this_process()
    assert (identity.host, identity.boot_id) == (here.host, here.boot_id)
    assert identity.is_elsewhere()
    assert not identity.is_gone()


def test_this_process_is_elsewhere_for_a_container():
    if not can_unshare():
        pytest.skip("this user may not start a process in a PID namespace of its own")
    judged = subprocess.run(
        [*CONTAINER, sys.executable, "-c", JUDGE, str(this_process())],
        capture_output=True,
        text=True,
        check=True,
    )
    assert judged.stdout == "True False\n"


def test_process_of_an_earlier_start_of_the_machine_is_gone():
    assert replace(this_process(), boot_id="another").is_gone()


def test_process_of_another_host_is_never_gone():
    assert not replace(this_process(), host="another", pid=2**22 + 1).is_gone()


def test_resident_memory_of_this_process():
    assert 10 < resident_mib(os.getpid()) < 10_000


def test_resident_memory_of_no_process():
    assert resident_mib(2**22 + 1) == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_cores_of_workers_are_disjoint(workers):
    shares = cores_of_workers(min(workers, len(os.sched_getaffinity(0))))
    every = [core for share in shares for core in share]
    assert len(every) == len(set(every))


def test_cores_of_one_worker_are_all():
    assert cores_of_workers(1) == [sorted(os.sched_getaffinity(0))]


def test_cores_of_more_workers_than_cores_are_shared():
    cores = len(os.sched_getaffinity(0))
    assert [len(share) for share in cores_of_workers(cores + 1)] == [1] * (cores + 1)


def test_cpu_seconds_count_this_process_and_its_ended_children():
    """At least what clocks inside say, at most what clocks outside say."""
    outer = process_time() + ended_children()
    before = cpu_seconds()
    inner = process_time() + ended_children()
    subprocess.run([sys.executable, "-c", BURN.format(0.2)], check=True)
    exec(BURN.format(0.1))
    inside = process_time() + ended_children() - inner
    taken = cpu_seconds() - before
    outside = process_time() + ended_children() - outer
    assert inside - TICKS_CUT <= taken <= outside + TICKS_CUT
    assert taken >= 0.3 - TICKS_CUT


def ended_children():
    """Return the CPU seconds of this process's ended children, as `os.times` tells them."""
    times = os.times()
    return times.children_user + times.children_system
