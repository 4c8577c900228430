"""Limits that a container or a job scheduler sets on this process: CPU time and memory."""

from collections.abc import Iterator
from pathlib import Path

__all__ = ["memory_left_mib", "quota_cores", "read_lines", "read_words", "throttled_seconds"]

ROOT = Path("/sys/fs/cgroup")
MEMBERSHIP = Path("/proc/self/cgroup")


def quota_cores(root: Path = ROOT, membership: Path = MEMBERSHIP) -> float | None:
    """Return the CPU time that this process's control groups give it [cores], None: all."""
    quotas = [
        *(quota_of(read_words(group / "cpu.max")) for group in groups(root, membership, "")),
        *(
            quota_of(
                read_words(group / "cpu.cfs_quota_us") + read_words(group / "cpu.cfs_period_us")
            )
            for group in groups(root, membership, "cpu")
        ),
    ]
    known = [quota for quota in quotas if quota is not None]
    return min(known, default=None)


def memory_left_mib(root: Path = ROOT, membership: Path = MEMBERSHIP) -> float | None:
    """Return the memory that this process's control groups still give it [MiB], None: all."""
    names = {
        "": ("memory.max", "memory.current"),
        "memory": ("memory.limit_in_bytes", "memory.usage_in_bytes"),
    }
    left = []
    for controller, (limit_name, usage_name) in names.items():
        for group in groups(root, membership, controller):
            limit, usage = read_words(group / limit_name), read_words(group / usage_name)
            if limit and usage and limit[0] != "max":
                left.append((int(limit[0]) - int(usage[0])) / 2**20)
    return min(left, default=None)


def throttled_seconds(root: Path = ROOT, membership: Path = MEMBERSHIP) -> float:
    """Return for how long this process's control groups were stopped, all cores together.

    Counted since each group was made; the largest of them. Never less than before.
    """
    units = {"throttled_usec": 1e-6, "throttled_time": 1e-9}
    found = [0.0]
    for controller in ("", "cpu"):
        for group in groups(root, membership, controller):
            pairs = [line.split() for line in read_lines(group / "cpu.stat")]
            found += [float(text) * units[name] for name, text in pairs if name in units]
    return max(found)


def quota_of(words: list[str]) -> float | None:
    """Return quota over period, None when there is no limit.

    >>> quota_of(["150000", "100000"]), quota_of(["max", "100000"]), quota_of(["-1", "100000"])
    (1.5, None, None)
    """
    if len(words) != 2 or words[0] in ("max", "-1"):
        return None
    return int(words[0]) / int(words[1])


def groups(root: Path, membership: Path, controller: str) -> Iterator[Path]:
    """Give the folder of this process's control group and of each group above it.

    Parameters
    ----------
    controller : str
        Of cgroup version 1; "" for version 2.
    """
    for line in read_lines(membership):
        _, controllers, path = line.split(":", 2)
        if controller not in controllers.split(","):
            continue
        place = Path(path.lstrip("/"))
        for group in (place, *place.parents):
            yield root / controller / group


def read_words(file: Path) -> list[str]:
    """Return the words of a small file of the kernel, none where it is not there."""
    return [word for line in read_lines(file) for word in line.split()]


def read_lines(file: Path) -> list[str]:
    """Return the lines of a small file of the kernel, none where it is not there."""
    try:
        return file.read_text().splitlines()
    except OSError:
        return []
