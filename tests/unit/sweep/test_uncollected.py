"""The workers' server imports without collecting."""

import subprocess
import sys

import pytest

from hierbench.sweep.server import PRELOADED

IMPORTED = "import gc, hierbench.sweep.uncollected; print(gc.isenabled())"
SERVER = "from multiprocessing.forkserver import main"


def test_the_server_imports_it_first():
    assert PRELOADED[0] == "hierbench.sweep.uncollected"


@pytest.mark.parametrize(
    ("program", "enabled"), [(f"{SERVER}; {IMPORTED}", "False"), (IMPORTED, "True")]
)
def test_only_the_server_collects_nothing(program, enabled):
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == enabled
