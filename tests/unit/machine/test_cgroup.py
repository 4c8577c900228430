"""Limits of control groups, planted as the kernel shows them."""

import pytest

from hierbench.machine.cgroup import memory_left_mib, quota_cores, throttled_seconds

MIB = 2**20


@pytest.fixture
def plant(tmp_path):
    """Write files below a root, and the membership; return both."""

    def planted(membership, **files):
        root = tmp_path / "cgroup"
        for name, text in files.items():
            file = root / name.replace("__", "/").replace("_of_", ".")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{text}\n")
        (tmp_path / "membership").write_text(f"{membership}\n")
        return root, tmp_path / "membership"

    return planted


@pytest.mark.parametrize(
    ("membership", "files", "cores"),
    [
        ("0::/job", {"job__cpu_of_max": "150000 100000"}, 1.5),
        ("0::/", {"cpu_of_max": "200000 100000"}, 2.0),
        ("0::/job", {"job__cpu_of_max": "max 100000"}, None),
        ("0::/job", {"job__cpu_of_max": "max 100000", "cpu_of_max": "50000 100000"}, 0.5),
        ("0::/a/b", {"a__b__cpu_of_max": "300000 100000", "a__cpu_of_max": "100000 100000"}, 1.0),
        ("0::/a", {"other__cpu_of_max": "100000 100000"}, None),
        ("0::/", {}, None),
        (
            "4:cpu,cpuacct:/job\n0::/",
            {"cpu__job__cpu_of_cfs_quota_us": "250000", "cpu__job__cpu_of_cfs_period_us": "100000"},
            2.5,
        ),
        (
            "4:cpu:/",
            {"cpu__cpu_of_cfs_quota_us": "-1", "cpu__cpu_of_cfs_period_us": "100000"},
            None,
        ),
    ],
)
def test_quota_is_the_tightest_of_the_groups(plant, membership, files, cores):
    assert quota_cores(*plant(membership, **files)) == cores


@pytest.mark.parametrize(
    ("membership", "files", "mib"),
    [
        ("0::/j", {"j__memory_of_max": 900 * MIB, "j__memory_of_current": 300 * MIB}, 600.0),
        ("0::/j", {"j__memory_of_max": "max", "j__memory_of_current": 300 * MIB}, None),
        (
            "4:memory:/j",
            {
                "memory__j__memory_of_limit_in_bytes": 100 * MIB,
                "memory__j__memory_of_usage_in_bytes": 90 * MIB,
            },
            10.0,
        ),
        ("0::/", {}, None),
    ],
)
def test_memory_left_is_that_of_the_group(plant, membership, files, mib):
    assert memory_left_mib(*plant(membership, **files)) == mib


@pytest.mark.parametrize(
    ("membership", "files", "seconds"),
    [
        ("0::/j", {"j__cpu_of_stat": "nr_throttled 5\nthrottled_usec 2500000"}, 2.5),
        ("4:cpu:/j", {"cpu__j__cpu_of_stat": "nr_periods 7\nthrottled_time 1500000000"}, 1.5),
        ("0::/j", {"cpu_of_stat": "throttled_usec 7", "j__cpu_of_stat": "throttled_usec 9"}, 9e-6),
        ("0::/j", {}, 0.0),
    ],
)
def test_throttled_seconds_are_those_of_the_group_stopped_longest(
    plant, membership, files, seconds
):
    assert throttled_seconds(*plant(membership, **files)) == pytest.approx(seconds)


def test_limits_without_control_groups_are_none(tmp_path):
    assert quota_cores(tmp_path, tmp_path / "none") is None
    assert memory_left_mib(tmp_path, tmp_path / "none") is None
