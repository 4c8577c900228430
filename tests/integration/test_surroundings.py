"""A sweep by a user of whom the machine knows nothing, in surroundings that nobody would choose."""

import os
import subprocess
import sys

import pytest

from tests.integration.sweeps.programs import TINY
from tests.waiting import finished

pytestmark = pytest.mark.slow

NOBODY = 54321
LONGEST_TMPDIR = 130
"""Characters; a socket's name has at most 107."""


@pytest.fixture
def odd(tmp_path_factory):
    """Return a working folder and what is to be given to a program that is started in it.

    No home and no entry among the users where root runs the tests with an interpreter that all may
    start, a long name for temporary files, ASCII, a notebook's MPLBACKEND, and float32 in the
    user's own file for PyTensor.
    """
    place = tmp_path_factory.mktemp("odd")
    name = "t" * (LONGEST_TMPDIR - len(f"{place}/"))
    temporary, work = place / name, place / "work"
    for folder in (temporary, work):
        folder.mkdir()
        folder.chmod(0o777)
    (place / "pytensorrc").write_text("[global]\nfloatX = float32\n")
    environment = {
        "PATH": os.environ["PATH"],
        "TMPDIR": str(temporary),
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONIOENCODING": "ascii",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTENSORRC": str(place / "pytensorrc"),
    }
    for folder in (place, *place.parents[:3]):
        if folder.stat().st_uid == os.getuid():
            folder.chmod(folder.stat().st_mode | 0o055)
    return work, {"env": environment, "cwd": work, **unknown_user()}


def unknown_user():
    """Return whom to start a program as: nobody whom the machine knows, if that is possible."""
    unknown = {"user": NOBODY, "group": NOBODY}
    try:
        subprocess.run([sys.executable, "-c", "import hierbench"], check=True, **unknown)
    except (OSError, subprocess.CalledProcessError):  # not root, or an interpreter of root alone
        return {}
    return unknown


def test_sweep_in_odd_surroundings_works(odd):
    work, given = odd
    program = [sys.executable, "-m", "hierbench"]
    swept = finished([*program, "sweep", *TINY, "plots=all", "seed=1,2"], "a sweep", **given)
    assert swept.returncode == 0, swept.stderr
    assert (swept.stdout + swept.stderr).isascii()
    assert (work / "runs" / "mlflow.db").is_file()
    for verb in ("show", "compare", "status"):
        words = [verb] if verb != "show" else [verb, sweep_of(swept.stdout)]
        asked = finished([*program, *words], verb, **given)
        assert (asked.returncode, asked.stderr) == (0, ""), verb
        assert asked.stdout.isascii()


def sweep_of(printed):
    """Return the sweep's id from its last line."""
    return printed.splitlines()[-1].split()[1].rstrip(":")
