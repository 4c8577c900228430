"""What a script or a notebook sees: its names, its errors, and what was kept."""

import json
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import arviz
import numpy as np
import pytest

import hierbench
from hierbench.api import asking
from hierbench.comparison import cells_frame, compare_cells
from hierbench.datatree import read_groups
from hierbench.tracking import cells_of
from tests.integration.compare.planted import Planted, grid, plant_sweep
from tests.integration.reproduce.handmade import make_run
from tests.integration.sweeps.sweeping import empty_store


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A store with two sweeps, of two seeds on ames and of three on radon; and their ids."""
    store = empty_store(tmp_path_factory.mktemp("kept"))
    first = plant_sweep(store, grid(2))
    radon = [Planted({**cell.params, "data": "radon"}, cell.metrics) for cell in grid(3)]
    return store, first, plant_sweep(store, radon)


@pytest.fixture
def uri(kept):
    return kept[0].location.uri


@pytest.fixture(autouse=True)
def no_server(monkeypatch):
    """Nothing here is fitted, so that no server of workers need import anything."""
    monkeypatch.setattr(asking, "start_server", lambda: None)


def test_import_is_light():
    """Nothing but the standard library, the environment's settings and the errors."""
    program = (
        "import sys; before = set(sys.modules); import hierbench, json;"
        "print(json.dumps(sorted({name.partition('.')[0] for name in set(sys.modules) - before})))"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert set(json.loads(printed.stdout)) <= {"hierbench", *sys.stdlib_module_names}


def test_every_name_is_there():
    assert [name for name in hierbench.__all__ if not hasattr(hierbench, name)] == []
    assert set(dir(hierbench)) == set(hierbench.__all__)
    with pytest.raises(AttributeError, match="no attribute 'rums'"):
        hierbench.rums  # noqa: B018


def test_no_room_has_the_name_of_a_function():
    """Python would set the room in the function's place once it is imported."""
    rooms = {path.stem for path in Path(hierbench.__file__).parent.iterdir()}
    assert rooms & set(hierbench.__all__) == set()


@pytest.mark.slow
def test_sweeps_own_process_imports_nothing_that_samples():
    program = "import sys, hierbench; hierbench.sweep, hierbench.Swept; print(*sys.modules)"
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert not {"pymc", "pytensor", "nutpie"} & set(printed.stdout.decode().split())


@pytest.mark.parametrize("fit", [hierbench.run, hierbench.sweep, hierbench.validate])
@pytest.mark.parametrize(
    ("overrides", "keys", "said"),
    [
        (["sed=1"], {}, r"^sed: no such key"),
        ([], {"parameterization": "centred"}, "centred"),
        ([], {"prior": {"scale": -1}}, r"^prior\.scale=-1"),
        ([], {"seed": object()}, r"^seed=<object .*: a object; allowed are text, numbers"),
        ([], {"seed": []}, r"^seed=\[\]: no value; give one or more"),
        ([3], {}, r"^3: not an override; write them as text"),
    ],
)
def test_wrong_override_is_one_sentence_and_makes_no_store(
    fit, overrides, keys, said, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(hierbench.ConfigError, match=said):
        fit(*overrides, **keys)
    assert list(tmp_path.iterdir()) == []


def test_sweep_in_the_calling_process_is_refused():
    with pytest.raises(hierbench.ConfigError, match=r"^hydra/launcher=basic: fits in the process"):
        hierbench.sweep("hydra/launcher=basic", "seed=1,2")


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"of": "01234567", "seed": 1}, "^seed=1: of judges a sweep as it is"),
        ({"accept_data": True}, "^accept_data: .* it needs of=SWEEP_ID"),
    ],
)
def test_validate_refuses_what_does_not_go_together(keys, said):
    with pytest.raises(hierbench.ConfigError, match=said):
        hierbench.validate(**keys)


def test_single_precision_is_refused(monkeypatch):
    monkeypatch.setenv("PYTENSOR_FLAGS", "floatX=float32")
    with pytest.raises(hierbench.ConfigError, match=r"^PYTENSOR_FLAGS has floatX=float32"):
        hierbench.run()


def test_runs_are_all_cells(kept, uri):
    store, first, second = kept
    cells = hierbench.runs(store=uri)
    assert cells["sweep_id"].tolist() == [first] * 4 + [second] * 6
    assert cells["run_id"].tolist()[:4] == [run.run_id for run in cells_of(store, first)]
    assert cells["ess_per_second"].dtype == np.float64


def test_runs_meet_every_condition(uri):
    cells = hierbench.runs("data=radon", "seed>=2", "parameterization=centered", store=uri)
    assert cells["seed"].tolist() == ["2", "3"]
    assert set(cells["data"]) == {"radon"}


def test_runs_say_which_condition_is_wrong(uri):
    with pytest.raises(hierbench.ConfigError, match=r"^where dat=radon: the cells have no dat; "):
        hierbench.runs("dat=radon", store=uri)


def test_runs_of_no_store_say_so_and_make_none(tmp_path):
    file = tmp_path / "none.db"
    with pytest.raises(hierbench.StoreError, match="no runs are kept there"):
        hierbench.runs(store=f"sqlite:///{file}")
    assert list(tmp_path.iterdir()) == []


def test_compare_is_that_of_the_latest_sweep(kept, uri):
    store, _, second = kept
    found = hierbench.compare(store=uri)
    expected = compare_cells(cells_frame(cells_of(store, second)))
    assert [setting.name for setting in found.comparison.settings] == [
        setting.name for setting in expected.settings
    ]
    assert set(found.cells["sweep_id"]) == {second}


def test_compare_gives_each_settings_interval(kept, uri):
    found = hierbench.compare(kept[1], metric="ess_per_gradient", store=uri)
    settings = found.settings
    best = found.comparison.settings[0].estimates["ess_per_gradient"]
    assert settings["parameterization"].tolist() == ["noncentered", "centered"]
    assert settings.loc[0, ["median", "low", "high"]].tolist() == [best.median, best.low, best.high]
    assert settings["p_best"].sum() == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("where", ["seed=1", ["seed=1"], ["seed<2", "data=ames"], "seed<2 seed=1"])
def test_compare_of_one_seed_has_no_interval(kept, uri, where):
    settings = hierbench.compare(kept[1], where=where, store=uri).settings
    assert settings[["low", "high", "p_best"]].isna().all(axis=None)
    assert settings["median"].notna().all()


def test_compare_names_an_unknown_metric(uri):
    with pytest.raises(hierbench.ConfigError, match=r"^metric speed: no cell has it; known are "):
        hierbench.compare(metric="speed", store=uri)


def test_compare_is_read_as_text(kept, uri):
    shown = repr(hierbench.compare(kept[1], store=uri))
    assert "| noncentered |" in shown
    assert "P(best)" in shown


def test_compare_is_a_table_in_a_notebook(kept, uri):
    tags = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, _: tags.append(tag)
    parser.feed(hierbench.compare(kept[1], store=uri)._repr_html_())
    assert tags.count("tr") == 3
    assert {"table", "caption", "th"} <= set(tags)


def test_compare_shows_what_a_store_says_as_text(tmp_path):
    store = empty_store(tmp_path)
    cells = [
        Planted({"parameterization": "<script>alert(1)</script>", "seed": seed}) for seed in "12"
    ]
    plant_sweep(store, [*cells, *grid(2)])
    shown = hierbench.compare(store=store.location.uri)._repr_html_()
    assert "&lt;script&gt;" in shown
    assert "<script>" not in shown


def test_posterior_is_ready_for_arviz(tmp_path):
    store = empty_store(tmp_path / "store")
    made = make_run(store, tmp_path)
    draws = hierbench.posterior(made.short, store=store.location.uri)
    posterior, _ = read_groups(made.folder / "posterior.nc", ("posterior", "sample_stats"))
    assert draws["posterior"].data_vars.keys() == posterior.keys()
    assert np.array_equal(draws["posterior"]["sigma"].values, posterior["sigma"])
    assert arviz.summary(draws, var_names=["sigma"]).index.tolist() == ["sigma"]


def test_posterior_of_a_sweep_is_refused(kept, uri):
    with pytest.raises(hierbench.StoreError, match=r"a sweep has no draws; give the id of one"):
        hierbench.posterior(kept[1], store=uri)


def test_posterior_that_is_damaged_is_one_sentence(tmp_path):
    store = empty_store(tmp_path / "store")
    made = make_run(store, tmp_path)
    file = made.folder / "posterior.nc"
    file.write_bytes(file.read_bytes()[:200])
    with pytest.raises(hierbench.StoreError, match=r"its posterior.nc is altered or damaged"):
        hierbench.posterior(made.run_id, store=store.location.uri)
