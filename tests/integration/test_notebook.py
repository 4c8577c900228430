"""A notebook that sweeps, compares, reproduces and plots, run as Jupyter runs it."""

import os
import re

import pytest

from hierbench.environment import THREADS
from tests.extras import away
from tests.integration.sweeps.test_python_api import TINY
from tests.waiting import PATIENCE_SECONDS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(away("nbclient")), reason=away("nbclient")),
]

OURS = {*THREADS, "PYTENSOR_FLAGS", "NUMBA_CACHE_DIR", "MPLBACKEND", "MPLCONFIGDIR"}

FORMS = ["centered", "noncentered"]

CELLS = (
    "import arviz, numpy\nimport hierbench",
    "found = hierbench.sweep(parameterization=['centered', 'noncentered'], seed=[1, 2],"
    f" workers=2, progress=True, **{TINY!r})",
    "found",
    "hierbench.compare()",
    "again = hierbench.reproduce(found.run_ids[0])\nprint(again.verdict)",
    "again",
    "draws = hierbench.posterior(found.run_ids[0])\n"
    "plots = arviz.plot_dist(draws, var_names=['sigma', 'mu_alpha'])",
    f"""
import os, signal, threading, time
from pathlib import Path

def press():
    cells = "sweeps/*/*/record.json"
    while not any('"RUNNING"' in of.read_text() for of in Path("runs").glob(cells)):
        time.sleep(0.01)
    os.killpg(0, signal.SIGINT)

threading.Thread(target=press).start()
try:
    hierbench.sweep(seed=[3, 4], **{TINY | {"sampler.tune": 300_000}!r})
except KeyboardInterrupt:
    print("interrupted", set(hierbench.runs("seed>2")["status"]))
""",
)
"""NumPy is imported before hierbench sets anything, and may have two threads. In the last cell
Jupyter's button is pressed: a SIGINT for the kernel and all that it has started."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the notebook is run."""
    return tmp_path_factory.mktemp("notebook")


@pytest.fixture(scope="module")
def outputs(folder):
    """What each cell of the notebook shows: a list of outputs each."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in CELLS])
    client = NotebookClient(
        notebook,
        timeout=int(PATIENCE_SECONDS),
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    inherited = {name: text for name, text in os.environ.items() if name not in OURS}
    client.execute(env={**inherited, "OPENBLAS_NUM_THREADS": "2"})
    return [cell.outputs for cell in notebook.cells]


def html_of(outputs):
    """Return the one thing that a cell shows, as HTML."""
    (shown,) = outputs
    return shown.data["text/html"]


def test_notebook_shows_progress_in_one_place(outputs):
    shown = html_of(outputs[1])
    assert '<progress value="4" max="4">' in shown
    assert shown.count("<code>") == 4


@pytest.mark.parametrize("cell", [2, 3])
def test_notebook_shows_the_settings_as_a_table(outputs, cell):
    shown = html_of(outputs[cell])
    assert re.findall(r'<th scope="row">(\w+)</th>', shown) in (FORMS, FORMS[::-1])


def test_notebook_reproduces_bit_by_bit(outputs):
    (printed,) = outputs[4]
    assert printed.text == "IDENTICAL\n"
    assert "all draws are equal, bit for bit" in html_of(outputs[5])


def test_notebook_plots_the_posterior(outputs):
    assert any("image/png" in shown.get("data", {}) for shown in outputs[6])


def test_notebook_closes_its_runs_when_it_is_interrupted(outputs):
    (printed,) = outputs[7]
    assert printed.text == "interrupted {'KILLED'}\n"


def test_notebook_leaves_nothing_but_its_store(outputs, folder):
    assert [of.name for of in folder.iterdir()] == ["runs"]
