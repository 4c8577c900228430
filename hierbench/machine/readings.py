"""All that `doctor` reads of a machine, as one record; reads, and judges nothing."""

import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from shutil import disk_usage
from time import sleep

from hierbench.compiled_files import CompiledFiles
from hierbench.environment import cache_home, compiled_folder
from hierbench.machine.cgroup import memory_left_mib, quota_cores, read_lines, read_words
from hierbench.machine.cpu import cores_of_this_process, read_cpu
from hierbench.machine.kernel import machine_speed
from hierbench.machine.meter import reset_peak
from hierbench.machine.neighbours import living, meeting_place
from hierbench.machine.window import Window, thread_pools, window_between
from hierbench.samplers import SAMPLERS

__all__ = [
    "Folder",
    "KeptModels",
    "Processor",
    "Readings",
    "StoreReading",
    "read_folder",
    "read_machine",
]

SYSTEM = Path("/sys/devices/system/cpu")
PACKAGES = (
    "pymc",
    "pytensor",
    "nutpie",
    "numba",
    "numpy",
    "arviz",
    "mlflow",
    *dict.fromkeys(package for one in SAMPLERS.values() for package in one.packages),
)
WATCHED_SECONDS = 1.0
SPEEDS = 10


@dataclass(frozen=True)
class Processor:
    """The processor as this process sees it.

    Attributes
    ----------
    cores : tuple of int
        Those that this process may use.
    count : int
        Of the whole machine.
    quota_cores : float or None
        CPU time that a control group gives, in cores; None: all.
    siblings : tuple of tuple of int
        Those of `cores` that are threads of one physical core, where there are several.
    governors : tuple of str
        How the kernel sets the frequency of `cores`; empty where it does not say.
    turbo : bool or None
        Whether the frequency rises when few cores work; None where the kernel does not say.
    """

    cores: tuple[int, ...]
    count: int
    quota_cores: float | None
    siblings: tuple[tuple[int, ...], ...]
    governors: tuple[str, ...]
    turbo: bool | None


@dataclass(frozen=True)
class Folder:
    """One folder.

    Attributes
    ----------
    writable : bool
        It, or where it does not exist the folder that it would be made in.
    mib, free_mib : float
        What is in it, and what its disk has left.
    """

    path: str
    writable: bool
    mib: float
    free_mib: float


@dataclass(frozen=True)
class StoreReading:
    """The store of runs.

    Attributes
    ----------
    uri : str
        Without credentials.
    answer : str
        How it stands.
    problem : str
        Why it cannot be used; empty: it can.
    disk : Folder
        Where runs lie, or wait to be sent.
    doubt : str
        What to do about a store that is used with a limit; empty: nothing.
    """

    uri: str
    answer: str
    problem: str
    disk: Folder
    doubt: str = ""


@dataclass(frozen=True)
class KeptModels:
    """The compiled models on disk.

    Attributes
    ----------
    number : int
        Of models.
    mib : float
        Of their files.
    problem : str
        Why they are not used; empty: they are.
    """

    number: int
    mib: float
    problem: str


@dataclass(frozen=True)
class Readings:
    """What a machine showed.

    Attributes
    ----------
    versions : mapping of str to str or None
        Of Python and of packages; None: not installed.
    flags : mapping of str to str
        PyTensor's, as the environment sets them.
    load : float
        Mean number of processes that ran or waited for a core in the last minute.
    window : Window
        A second in which this process slept.
    speeds : tuple of float
        Of the calibration kernel, measured one after the other [repetitions / s].
    cells : tuple of str
        Process ids of cells that are sampled now.
    available_mib : float or None
        Memory that this process can still take.
    peak_can_be_reset : bool
        Whether the kernel lets a process set back its peak of memory.
    """

    versions: Mapping[str, str | None]
    flags: Mapping[str, str]
    processor: Processor
    load: float
    window: Window
    speeds: tuple[float, ...]
    cells: tuple[str, ...]
    cache: Folder
    kept: KeptModels
    store: StoreReading
    available_mib: float | None
    peak_can_be_reset: bool


def read_machine(store: StoreReading) -> Readings:
    """Read this machine; takes a little over a second."""
    start = read_cpu()
    sleep(WATCHED_SECONDS)
    window = window_between(start, read_cpu(), thread_pools(), ())
    return Readings(
        versions={"python": platform.python_version(), **read_versions(PACKAGES)},
        flags=flags_of(os.environ.get("PYTENSOR_FLAGS", "")),
        processor=read_processor(SYSTEM),
        load=os.getloadavg()[0],
        window=window,
        speeds=tuple(machine_speed() for _ in range(SPEEDS)),
        cells=tuple(pid for pid, _ in living(meeting_place()).values()),
        cache=read_folder(cache_home()),
        kept=read_kept(CompiledFiles(compiled_folder())),
        store=store,
        available_mib=available_mib(),
        peak_can_be_reset=reset_peak(),
    )


def read_versions(packages: Iterable[str]) -> dict[str, str | None]:
    """Return the version of each package, None for one that is not installed."""
    found: dict[str, str | None] = {}
    for name in packages:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def flags_of(text: str) -> dict[str, str]:
    """Return PyTensor's flags; of one that stands twice the last, as PyTensor does.

    >>> flags_of("numba__cache=True,floatX=float64,numba__cache=False")
    {'numba__cache': 'False', 'floatX': 'float64'}
    """
    words = [word.partition("=") for word in text.split(",") if "=" in word]
    return {name.strip(): value.strip() for name, _, value in words}


def read_processor(system: Path) -> Processor:
    """Return the processor, from the folder that the kernel shows it in."""
    cores = cores_of_this_process()
    governors = [
        *(read_words(system / f"cpu{core}" / "cpufreq" / "scaling_governor") for core in cores)
    ]
    groups = {
        tuple(sorted({*cores} & {*core_numbers(read_words(list_of_siblings(system, core)))}))
        for core in cores
    }
    return Processor(
        cores=cores,
        count=os.cpu_count() or len(cores),
        quota_cores=quota_cores(),
        siblings=tuple(sorted(group for group in groups if len(group) > 1)),
        governors=tuple(sorted({word for words in governors for word in words})),
        turbo=read_turbo(system),
    )


def list_of_siblings(system: Path, core: int) -> Path:
    """Return the file that names the threads of a core's physical core."""
    return system / f"cpu{core}" / "topology" / "thread_siblings_list"


def core_numbers(words: Iterable[str]) -> list[int]:
    """Return the numbers of the kernel's lists of cores.

    >>> core_numbers(["0-2,5"])
    [0, 1, 2, 5]
    """
    ranges = [part.split("-") for word in words for part in word.split(",")]
    return [core for ends in ranges for core in range(int(ends[0]), int(ends[-1]) + 1)]


def read_turbo(system: Path) -> bool | None:
    """Return whether the frequency rises when few cores work, None where it is not told."""
    no_turbo = read_words(system / "intel_pstate" / "no_turbo")
    boost = read_words(system / "cpufreq" / "boost")
    return no_turbo == ["0"] if no_turbo else boost == ["1"] if boost else None


def available_mib() -> float | None:
    """Return the memory that this process can still take [MiB]."""
    lines = [line.split() for line in read_lines(Path("/proc/meminfo"))]
    free = [int(words[1]) / 1024 for words in lines if words[0] == "MemAvailable:"]
    left = memory_left_mib()
    return min([*free, *([] if left is None else [left])], default=None)


def read_kept(files: CompiledFiles) -> KeptModels:
    """Return what is kept of compiled models."""
    sizes = files.sizes()
    return KeptModels(len(sizes), sum(sizes) / 2**20, files.problem())


def read_folder(path: Path) -> Folder:
    """Return what there is to know of a folder that may not exist yet."""
    place = next(folder for folder in (path, *path.parents) if folder.exists())
    files = [file.stat().st_size for file in path.rglob("*") if file.is_file()]
    return Folder(
        str(path),
        os.access(place, os.W_OK | os.X_OK),
        sum(files) / 2**20,
        disk_usage(place).free / 2**20,
    )
