"""What `doctor` reads, against what was planted and what Python says."""

import os
import platform
from importlib.metadata import version

import pytest

from hierbench.machine import Window
from hierbench.machine.readings import (
    StoreReading,
    read_folder,
    read_machine,
    read_processor,
    read_turbo,
    read_versions,
)

CORE, *OTHERS = sorted(os.sched_getaffinity(0))


def plant(system, path, text):
    file = system / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{text}\n")


def test_processor_of_a_bare_system_shows_its_cores_alone(tmp_path):
    found = read_processor(tmp_path)
    assert (found.cores, found.count) == ((CORE, *OTHERS), os.cpu_count())
    assert (found.siblings, found.governors, found.turbo) == ((), (), None)


def test_processor_has_its_governors(tmp_path):
    plant(tmp_path, f"cpu{CORE}/cpufreq/scaling_governor", "powersave")
    plant(tmp_path, "cpu999/cpufreq/scaling_governor", "performance")
    assert read_processor(tmp_path).governors == ("powersave",)


def test_processor_without_siblings_here_has_none(tmp_path):
    plant(tmp_path, f"cpu{CORE}/topology/thread_siblings_list", f"{CORE},998-999")
    assert read_processor(tmp_path).siblings == ()


@pytest.mark.skipif(not OTHERS, reason="needs two cores")
@pytest.mark.parametrize("form", ["{0},{1}", "{0}-{1}"])
def test_processor_names_siblings_once(tmp_path, form):
    for core in (CORE, OTHERS[0]):
        path = f"cpu{core}/topology/thread_siblings_list"
        plant(tmp_path, path, form.format(CORE, OTHERS[0]))
    assert set(read_processor(tmp_path).siblings[0]) >= {CORE, OTHERS[0]}
    assert len(read_processor(tmp_path).siblings) == 1


@pytest.mark.parametrize(
    ("path", "text", "turbo"),
    [
        ("intel_pstate/no_turbo", "0", True),
        ("intel_pstate/no_turbo", "1", False),
        ("cpufreq/boost", "1", True),
        ("cpufreq/boost", "0", False),
    ],
)
def test_turbo_as_the_drivers_tell_it(tmp_path, path, text, turbo):
    plant(tmp_path, path, text)
    assert read_turbo(tmp_path) is turbo


def test_versions_are_those_installed():
    found = read_versions(["numpy", "no-such-package"])
    assert found == {"numpy": version("numpy"), "no-such-package": None}


def test_folder_counts_what_is_in_it(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(bytes(3 * 2**20))
    found = read_folder(tmp_path)
    assert (found.mib, found.writable, found.path) == (3.0, True, str(tmp_path))


def test_folder_that_is_not_there_is_judged_by_the_one_above(tmp_path):
    assert read_folder(tmp_path / "not" / "there").writable
    assert not (tmp_path / "not").exists()
    free = os.statvfs(tmp_path)
    expected = free.f_bavail * free.f_frsize / 2**20
    assert read_folder(tmp_path / "not" / "there").free_mib == pytest.approx(expected, rel=0.01)


def test_machine_is_read_whole(tmp_path):
    reading = read_machine(StoreReading("sqlite:///x", "answers", "", read_folder(tmp_path)))
    assert isinstance(reading.window, Window)
    assert reading.window.seconds >= 1
    assert reading.versions["python"] == platform.python_version()
    assert reading.flags["numba__fastmath"] == "False"
    assert len(reading.speeds) == 10
    assert reading.available_mib > 0
    assert reading.processor.cores == (CORE, *OTHERS)
