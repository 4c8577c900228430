import json
from dataclasses import replace

import numpy as np
import pytest

from hierbench.config.schema import Config, DataConfig, PriorConfig
from hierbench.errors import DataError
from hierbench.models.data import load
from hierbench.models.homes import references
from hierbench.models.homes.priors import hyperprior
from hierbench.models.homes.references import reference_of, shipped
from hierbench.models.homes.references.files import folder, read, write
from hierbench.models.homes.rows import Rows
from hierbench.records import Hyperprior

SACRAMENTO = load(Config(data=DataConfig("sacramento", y_scale=1e5)))
NOTEBOOK = hyperprior(PriorConfig("notebook"), "independent")
UNKNOWN = replace(NOTEBOOK, scales={**NOTEBOOK.scales, "sigma": 5.01})


def test_reference_of_sacramento():
    """The means are those of an independent computation, to its two last digits."""
    found = reference_of(SACRAMENTO, "independent", NOTEBOOK)
    assert found.mean["mu_alpha"] == pytest.approx(2.7639, abs=2e-4)
    assert found.mean["sigma_beta"] == pytest.approx(0.3406, abs=6e-4)
    assert found.sd["sigma"] == pytest.approx(0.0157, abs=1e-4)


def test_reference_has_every_estimand():
    found = reference_of(
        SACRAMENTO, "correlated", hyperprior(PriorConfig("notebook"), "correlated")
    )
    shapes = {name: value.shape for name, value in found.mean.items()}
    hyper = ("mu_alpha", "mu_beta", "sigma_alpha", "sigma_beta", "sigma", "rho")
    assert shapes == {**dict.fromkeys(hyper, ()), "alpha": (68,), "beta": (68,)}
    assert all(getattr(found, of).keys() == shapes.keys() for of in ("sd", "mcse_mean", "mcse_sd"))


@pytest.mark.parametrize("scale", [0.5, 2.0, 4.0])
def test_reference_of_another_prior_scale_is_another(scale):
    prior = hyperprior(PriorConfig("notebook", scale=scale), "independent")
    found = reference_of(SACRAMENTO, "independent", prior)
    assert found.name == f"sacramento-independent-notebook-{scale:g}"


def test_reference_is_found_through_rounding():
    scales = {name: scale * (1 + 1e-15) for name, scale in NOTEBOOK.scales.items()}
    assert reference_of(SACRAMENTO, "independent", Hyperprior("exponential", scales)) is not None


@pytest.mark.parametrize(
    "changed",
    [
        (replace(SACRAMENTO, y=SACRAMENTO.y + 1e-9), "independent", NOTEBOOK),
        (replace(SACRAMENTO, labels=SACRAMENTO.labels[::-1]), "independent", NOTEBOOK),
        (SACRAMENTO, "varying_sigma", NOTEBOOK),
        (SACRAMENTO, "independent", replace(NOTEBOOK, family="halfnormal")),
        (SACRAMENTO, "independent", UNKNOWN),
    ],
    ids=["y", "labels", "model", "family", "scale"],
)
def test_reference_of_another_posterior_is_none(changed):
    assert reference_of(*changed) is None


@pytest.fixture
def cold():
    """Forget the shipped files before and after."""
    shipped.cache_clear()
    yield
    shipped.cache_clear()


@pytest.mark.usefixtures("cold")
def test_reference_of_reads_each_file_once_in_a_process(monkeypatch):
    opened = []
    monkeypatch.setattr(references, "read", lambda path: opened.append(path) or read(path))
    for _ in range(3):
        reference_of(SACRAMENTO, "independent", NOTEBOOK)
    assert sorted(opened) == sorted(folder().glob("*.json"))


@pytest.mark.parametrize(("prior", "most"), [(NOTEBOOK, 1), (UNKNOWN, 0)])
def test_reference_of_hashes_the_data_only_where_all_else_matches(prior, most, monkeypatch):
    hashed, of = [], Rows.arrays_sha256.fget
    monkeypatch.setattr(
        Rows, "arrays_sha256", property(lambda data: hashed.append(data) or of(data))
    )
    found = reference_of(SACRAMENTO, "independent", prior)
    assert (found is not None, len(hashed)) == (bool(most), most)


def test_write_and_read_return_the_same(tmp_path):
    known = shipped()[0]
    again = read(write(known, tmp_path))
    assert replace(again, reference=known.reference) == known
    for of in ("mean", "sd", "mcse_mean", "mcse_sd"):
        for name, value in getattr(known.reference, of).items():
            np.testing.assert_array_equal(getattr(again.reference, of)[name], value)


@pytest.mark.parametrize("damage", ["{", "[]", '{"overrides": []}'])
def test_read_names_a_damaged_file(damage, tmp_path):
    path = tmp_path / "torn.json"
    path.write_text(damage)
    with pytest.raises(DataError, match=r"torn\.json: not readable .*; install hierbench again"):
        read(path)


def test_read_names_a_missing_column(tmp_path):
    path = write(shipped()[0], tmp_path)
    content = json.loads(path.read_text())
    del content["mcse_sd"]
    path.write_text(json.dumps(content))
    with pytest.raises(DataError, match="mcse_sd"):
        read(path)
