"""Configurations of schema 1 are read as those of schema 2."""

import pytest

from hierbench.config.earlier import READ, from_earlier, params_from_earlier
from hierbench.config.plain import from_plain
from hierbench.models.homes.datasets import DATASETS

SCALES = dict.fromkeys(("mu_alpha", "mu_beta", "sigma_alpha", "sigma_beta", "sigma"))
DATA = {
    "name": "sacramento",
    "path": None,
    "group": None,
    "x": None,
    "y": None,
    "y_scale": 100000.0,
    "standardize": True,
    "seed": 1,
    "rows": 8014,
    "groups": 219,
    "effects": "correlated",
    "residuals": "normal",
    "model": None,
    **SCALES,
}
FIRST = {
    "data": DATA,
    "parameterization": "centered",
    "prior": {"name": "notebook", "scale": 2.0, **SCALES},
}


def test_scales_that_are_null_are_left_out():
    prior = from_plain(from_earlier(FIRST)).prior
    assert (prior.name, prior.scale, prior.scales) == ("notebook", 2.0, {})


def test_keys_that_the_data_did_not_read_are_left_out():
    data = from_plain(from_earlier(FIRST)).data
    assert (data.y_scale, data.standardize) == (100000.0, True)
    assert (data.rows, data.groups, data.effects, data.seed) == (None, None, None, None)


def test_scales_become_a_mapping():
    prior = {"name": "halfnormal", "scale": 1.0, **dict.fromkeys(SCALES, 3.0)}
    found = from_plain(from_earlier({**FIRST, "prior": prior})).prior
    assert found.scales == dict.fromkeys(SCALES, 3.0)


def test_scales_of_a_truth_follow_the_prior():
    scales = dict.fromkeys(SCALES, 3.0)
    data = {**DATA, "name": "prior_draw", "model": "correlated", **scales, "sigma": 1.0}
    prior = {"name": "halfnormal", "scale": 1.0, **scales}
    found = from_plain(from_earlier({**FIRST, "data": data, "prior": prior})).data
    assert (found.model, found.rows, found.scales) == ("correlated", 8014, {"sigma": 1.0})


def test_what_is_mapped_stays():
    once = from_earlier(FIRST)
    assert from_earlier(once) == once


def test_content_is_not_changed():
    kept = {group: dict(of) if isinstance(of, dict) else of for group, of in FIRST.items()}
    from_earlier(FIRST)
    assert kept == FIRST


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"prior": 3, "data": []},
        {"data": {"name": ["a"], "rows": 1}},
        {"data": {"name": "mine", "rows": 5}},
        {"prior": {"scales": 4}, "data": {"scales": 5}},
    ],
    ids=str,
)
def test_what_is_no_configuration_is_left_to_the_check(content):
    assert from_earlier(content) == content


def test_every_data_set_of_schema_1_reads_what_it_reads_now():
    """Fixtures of the past: a data set that changes its keys keeps those of schema 1 here."""
    assert {name: {*READ[name], "scales"} for name in READ} == {
        name: {*source.keys, "scales"} for name, source in DATASETS.items()
    }


def test_params_lose_what_is_logged_no_more():
    params = {"data": "sacramento", "data.rows": "8014", "data.y_scale": "100000", "seed": "1"}
    assert params_from_earlier(params) == {
        "data": "sacramento",
        "data.y_scale": "100000",
        "seed": "1",
    }


def test_params_of_a_truth_lose_the_scales_of_the_prior():
    params = {"data": "prior_draw", "data.rows": "80", "data.sigma": "1", "prior.sigma": "1"}
    found = params_from_earlier({**params, "data.mu_beta": "2", "prior.mu_beta": "3"})
    assert "data.sigma" not in found
    assert (found["data.rows"], found["data.mu_beta"], found["prior.sigma"]) == ("80", "2", "1")
