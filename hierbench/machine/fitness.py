"""Whether a machine is fit for timing: judgments on what was read of it, reading nothing."""

from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from hierbench.machine.readings import Readings
from hierbench.machine.timing import SHARE_BOUND, load_reasons, words

__all__ = ["Finding", "Status", "findings_of", "is_fit"]

REQUIRED = ("python", "pymc", "pytensor", "nutpie", "numba", "numpy", "arviz", "mlflow")
STEADY, UNSTEADY = 0.05, 0.20
"""Range over median of the kernel's pace: of the size of the timing bound, and of the log-sd of
ess_per_second between seeds (0.19 to 0.31), which it would double."""

WORKER_MIB = 1536
"""Peak memory of a worker on 7,258 rows, 219 groups and 4 x 1000 draws, rounded up."""

LEAST_DISK_MIB, AMPLE_DISK_MIB = 1024, 5120
"""A cell of that size takes about 21 MiB in the store: 50 cells, 240 cells."""


class Status(StrEnum):
    """How one part of a machine is; only `BAD` makes it unfit."""

    OK = "ok"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One part of a machine.

    Attributes
    ----------
    found : str
        What was read.
    advice : str
        What to do about it; empty when nothing.
    """

    name: str
    status: Status
    found: str
    advice: str = ""


def is_fit(findings: tuple[Finding, ...]) -> bool:
    """Return whether nothing is bad."""
    return all(finding.status is not Status.BAD for finding in findings)


def findings_of(readings: Readings) -> tuple[Finding, ...]:
    """Judge every part."""
    return tuple(judge(readings) for judge in JUDGES)


def versions(readings: Readings) -> Finding:
    """Judge the packages."""
    missing = [name for name in REQUIRED if not readings.versions.get(name)]
    found = ", ".join(f"{name} {text}" for name, text in readings.versions.items() if text)
    if missing:
        advice = f"install {', '.join(missing)}: `make setup`, or install hierbench again"
        return Finding("versions", Status.BAD, found, advice)
    return Finding("versions", Status.OK, found)


def threads(readings: Readings) -> Finding:
    """Judge the threads inside one chain."""
    pools = readings.window.pools
    found = ", ".join(f"{name} {count}" for name, count in sorted(pools.items()))
    if set(pools.values()) != {1}:
        advice = (
            "more than one thread inside a chain changes draws and times: unset what sets it "
            "in Python's start-up files"
        )
        return Finding("threads", Status.BAD, found, advice)
    return Finding("threads", Status.OK, found)


def flags(readings: Readings) -> Finding:
    """Judge PyTensor's flags."""
    fast, cached = (readings.flags.get(f"numba__{name}", "") for name in ("fastmath", "cache"))
    found = f"numba__fastmath={fast}, numba__cache={cached}"
    if fast == "True" and cached == "True":
        advice = (
            "fast-math with the cache gives other draws once the cache is warm: set "
            "numba__fastmath=False or numba__cache=False in PYTENSOR_FLAGS, or unset it"
        )
        return Finding("pytensor flags", Status.BAD, found, advice)
    if (fast, cached) != ("False", "True"):
        advice = "not hierbench's own: compare with cells of the same flags alone"
        return Finding("pytensor flags", Status.WARNING, found, advice)
    return Finding("pytensor flags", Status.OK, found)


def cores(readings: Readings) -> Finding:
    """Judge the cores and what limits them."""
    processor = readings.processor
    count, quota = len(processor.cores), processor.quota_cores
    found = f"cores {words(processor.cores)} of {processor.count}; " + (
        f"a control group gives {quota:g} cores' time" if quota else "no CPU quota"
    )
    if quota is not None and quota < count:
        whole = max(1, int(quota))
        advice = (
            "chains are stopped when the quota is used up: raise it, or start hierbench with "
            f"`taskset -c {words(processor.cores[:whole])}`"
        )
        return Finding("cores", Status.BAD, found, advice)
    if processor.siblings:
        pairs = " and ".join(words(group) for group in processor.siblings)
        advice = (
            f"{pairs} are threads of one physical core and slow each other: use one of each, "
            f"`taskset -c {words(one_of_each(processor.cores, processor.siblings))}`"
        )
        return Finding("cores", Status.WARNING, found, advice)
    return Finding("cores", Status.OK, found)


def one_of_each(cores: tuple[int, ...], siblings: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
    """Return one core of each physical one.

    >>> one_of_each((0, 1, 2, 3), ((0, 2), (1, 3)))
    (0, 1)
    """
    left_out = {core for group in siblings for core in group[1:]}
    return tuple(core for core in cores if core not in left_out)


def frequency(readings: Readings) -> Finding:
    """Judge what may change the clock."""
    processor = readings.processor
    if not processor.governors:
        return Finding("frequency", Status.OK, "not shown, as in a virtual machine; see pace")
    turbo = {True: "on", False: "off", None: "not shown"}[processor.turbo]
    found = f"governor {', '.join(processor.governors)}; turbo {turbo}"
    advice = []
    if processor.governors != ("performance",):
        advice.append("set the governor: `sudo cpupower frequency-set -g performance`")
    if processor.turbo:
        advice.append("with turbo, cells beside others run slower: switch it off to compare")
    status = Status.WARNING if advice else Status.OK
    return Finding("frequency", status, found, "; ".join(advice))


def load(readings: Readings) -> Finding:
    """Judge what else the cores do."""
    shares = readings.window.metrics
    told = {"foreign CPU": "foreign_cpu_share", "steal time": "steal_share"}
    found = [f"{name} {shares[key]:.1%}" for name, key in told.items() if key in shares]
    text = f"{', '.join(found) or 'not known'} of these cores' time in "
    text += f"{readings.window.seconds:.1f} s (allowed {SHARE_BOUND:.0%}); load {readings.load:.2f}"
    if readings.cells:
        text += f"; cells are sampled now by {', '.join(readings.cells)}"
    reasons = load_reasons(readings.window)
    if reasons:
        advice = (
            "seconds will not count (hierbench.timing_valid): end other work on these cores, "
            "take others with `taskset -c`, or look for a quieter host"
        )
        return Finding("load", Status.BAD, text, advice)
    if readings.cells:
        return Finding("load", Status.BAD, text, "wait until they have ended")
    return Finding("load", Status.OK, text)


def pace(readings: Readings) -> Finding:
    """Judge how steady the machine is."""
    middle = median(readings.speeds)
    spread = (max(readings.speeds) - min(readings.speeds)) / middle
    found = (
        f"machine_speed {middle:.0f} / s, median of {len(readings.speeds)} tests; they spread by "
    )
    found += f"{spread:.1%} (steady up to {STEADY:.0%})"
    if spread <= STEADY:
        return Finding("pace", Status.OK, found)
    advice = (
        "the core's own pace changes: fix its frequency, cool it, or on a shared host compare "
        "by gradients and take more seeds"
    )
    status = Status.WARNING if spread <= UNSTEADY else Status.BAD
    return Finding("pace", status, found, advice)


def memory(readings: Readings) -> Finding:
    """Judge the memory."""
    left, count = readings.available_mib, len(readings.processor.cores)
    if left is None:
        return Finding("memory", Status.WARNING, "not known", "watch peak_rss_mib of the cells")
    found = f"{left:.0f} MiB available"
    workers = int(left // WORKER_MIB)
    if workers == 0:
        return Finding("memory", Status.BAD, found, f"a cell may take {WORKER_MIB} MiB: free some")
    if workers < count:
        advice = f"enough for --workers {workers}, at {WORKER_MIB} MiB each"
        return Finding("memory", Status.WARNING, found, advice)
    return Finding("memory", Status.OK, found)


def peak(readings: Readings) -> Finding:
    """Judge whether a cell's own peak of memory can be measured."""
    if readings.peak_can_be_reset:
        return Finding("peak memory", Status.OK, "measured for each cell")
    advice = "/proc/self/clear_refs cannot be written here: cells will lack peak_rss_mib"
    return Finding("peak memory", Status.WARNING, "cannot be set back", advice)


def cache(readings: Readings) -> Finding:
    """Judge the folder of compiled functions."""
    folder = readings.cache
    kept = readings.kept
    models = "model" if kept.number == 1 else "models"
    found = (
        f"{folder.path}, {folder.mib:.0f} MiB; in it {kept.number} compiled {models}, "
        f"{kept.mib:.0f} MiB"
    )
    if kept.problem:
        return Finding("cache", Status.BAD, found, kept.problem)
    if not folder.writable:
        advice = "cannot be written, so all is compiled anew: name another with XDG_CACHE_HOME"
        return Finding("cache", Status.BAD, found, advice)
    return Finding("cache", Status.OK, found)


def store(readings: Readings) -> Finding:
    """Judge the store of runs."""
    reading = readings.store
    if reading.problem:
        return Finding("store", Status.BAD, reading.uri, reading.problem)
    status = Status.WARNING if reading.doubt else Status.OK
    return Finding("store", status, f"{reading.uri}: {reading.answer}", reading.doubt)


def disk(readings: Readings) -> Finding:
    """Judge the disk under the store."""
    folder = readings.store.disk
    found = f"{folder.free_mib:.0f} MiB free at {folder.path}"
    if not folder.writable:
        return Finding("disk", Status.BAD, found, "cannot be written: choose another folder")
    if folder.free_mib < AMPLE_DISK_MIB:
        status = Status.BAD if folder.free_mib < LEAST_DISK_MIB else Status.WARNING
        advice = "a cell takes about 21 MiB: free some, or name a store on another disk"
        return Finding("disk", status, found, advice)
    return Finding("disk", Status.OK, found)


JUDGES = (
    versions,
    threads,
    flags,
    cores,
    frequency,
    load,
    pace,
    memory,
    peak,
    cache,
    store,
    disk,
)
