"""Which tables of parameters a sweep's end reads, and what it says where it cannot."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import hierbench.tracking.tables as tables
from hierbench.comparison import cells_frame
from hierbench.sweeps import rivals
from hierbench.sweeps.rivals import found_agreement, rivals_of
from hierbench.tracking import cells_of
from hierbench.tracking.contract import PARAMETERS
from hierbench.tracking.fetching import MAX_BYTES
from tests.integration.compare.planted import Planted, plant_sweep
from tests.integration.sweeps.sweeping import empty_store

GATED = {"gate.r_hat_max": "1.01"}


def table(mean, error):
    return pd.DataFrame(
        {
            "parameter": ["mu_alpha"],
            "estimand": [True],
            "mean": [mean + error],
            "sd": [1.0],
            "mcse_mean": [0.02],
            "mcse_sd": [0.02],
        }
    )


def planted(form, scale="1", *, mean=0.0, seeds=2, params=GATED, gate="passed"):
    """Return one setting's cells, each with an error of its own."""
    rng = np.random.default_rng([len(form), int(scale)])
    return [
        Planted(
            {"parameterization": form, "prior.scale": scale, "seed": str(seed), **params},
            tags={"gate": gate},
            parameters=table(mean, rng.normal(0, 0.02)),
        )
        for seed in range(1, seeds + 1)
    ]


@pytest.fixture
def ended(tmp_path):
    """Return a function that plants cells, and gives the store and what it has of them."""
    store = empty_store(tmp_path)

    def plant(*settings):
        sweep_id = plant_sweep(store, [cell for cells in settings for cell in cells])
        return store, cells_of(store, sweep_id)

    return plant


def read(store, cells, **options):
    """Return names and numbers of tables of the settings read, and what was left out."""
    found = rivals_of(store, cells_frame(cells), **options)
    return {of.name: len(of.tables) for of in found.rivals.values()}, found.left_out


def test_rivals_are_the_settings_that_share_a_posterior(ended):
    store, cells = ended(planted("centered"), planted("noncentered"), planted("marginal", "4"))
    assert read(store, cells) == ({"centered": 2, "noncentered": 2}, ())


def test_rivals_may_be_alone_where_there_is_a_reference(ended):
    store, cells = ended(planted("centered"), planted("marginal", "4"))
    assert read(store, cells, alone=True) == ({"centered": 2, "marginal": 2}, ())


@pytest.mark.parametrize(
    ("gate", "params"), [("failed", GATED), ("passed", {"gate.r_hat_max": ""})]
)
def test_rivals_have_passed_a_gate(gate, params, ended):
    """A gate without thresholds is passed by everything."""
    others = planted("marginal", gate=gate, params=params)
    store, cells = ended(planted("centered"), planted("noncentered"), others)
    assert set(read(store, cells)[0]) == {"centered", "noncentered"}


def test_rivals_of_a_large_sweep_are_fewer_seeds(ended, monkeypatch):
    monkeypatch.setattr(rivals, "MOST_TABLES", 4)
    store, cells = ended(planted("centered", seeds=3), planted("noncentered", seeds=3))
    assert read(store, cells) == ({"centered": 2, "noncentered": 2}, ())


def test_rivals_of_a_larger_sweep_are_fewer_settings(ended, monkeypatch):
    monkeypatch.setattr(rivals, "MOST_TABLES", 2)
    store, cells = ended(*(planted(form, seeds=1) for form in ("a", "b", "c")))
    assert read(store, cells) == ({"a": 1, "b": 1}, ("1 more settings were not looked at.",))


def test_rivals_end_at_a_table_that_cannot_be_read(ended):
    gone = [replace(cell, parameters=None) for cell in planted("b")]
    store, cells = ended(planted("a"), gone, planted("c"))
    found, said = read(store, cells)
    assert found == {"a": 2}
    assert said == ("Tables of parameters cannot be read: the rest is unchecked.",)


def test_found_agreement_names_the_setting_that_differs(ended):
    store, cells = ended(planted("a"), planted("bb", mean=0.5), planted("ccc"))
    said = found_agreement(store, cells_frame(cells))
    assert said.startswith("Disagreement: 1 of 3 settings differ")
    assert "bb on ames · independent · notebook · scale 1 · 0, where the mean of mu_alpha" in said


def test_found_agreement_never_ends_a_sweep(ended, monkeypatch):
    def broken(*_, **__):
        raise ValueError("no ink\nat all")

    store, cells = ended(planted("a"), planted("bb"))
    monkeypatch.setattr(rivals, "rivals_of", broken)
    assert found_agreement(store, cells_frame(cells)) == "Agreement not checked: no ink."


def test_rivals_are_read_in_place_where_this_machine_has_them(ended, monkeypatch):
    """MLflow takes ten times as long for each."""

    def asked(*_, **__):
        raise AssertionError("the store was asked")

    store, cells = ended(planted("a"), planted("bb"))
    monkeypatch.setattr(tables, "fetched", asked)
    assert read(store, cells) == ({"a": 2, "bb": 2}, ())


def test_rivals_are_read_at_hand_where_the_store_has_no_files_yet(ended, tmp_path):
    unsent = [replace(cell, parameters=None) for cell in (*planted("a"), *planted("bb"))]
    store, cells = ended(unsent)
    at_hand = {cell.run_id: tmp_path / cell.run_id for cell in cells}
    for folder in at_hand.values():
        folder.mkdir()
        table(0.0, 0.0).to_parquet(folder / PARAMETERS)
    assert read(store, cells) == (
        {},
        ("Tables of parameters cannot be read: the rest is unchecked.",),
    )
    assert read(store, cells, at_hand=at_hand) == ({"a": 2, "bb": 2}, ())


@pytest.mark.parametrize("fault", ["large", "linked"])
def test_rivals_at_hand_are_bounded_as_those_of_the_store(ended, tmp_path, monkeypatch, fault):
    """The folders of a sweep may have come with somebody's store."""
    unsent = [replace(cell, parameters=None) for cell in (*planted("a"), *planted("bb"))]
    store, cells = ended(unsent)
    table(0.0, 0.0).to_parquet(tmp_path / "elsewhere")
    (tmp_path / PARAMETERS).symlink_to(tmp_path / "elsewhere")
    if fault == "large":
        (tmp_path / "elsewhere").replace(tmp_path / PARAMETERS)
        monkeypatch.setitem(MAX_BYTES, PARAMETERS, 10)
    found, said = read(store, cells, at_hand=dict.fromkeys((of.run_id for of in cells), tmp_path))
    assert found == {}
    assert said == ("Tables of parameters cannot be read: the rest is unchecked.",)
