"""provenance.json is what its description says, and a reader knows when it is not."""

import json

import pytest

from hierbench.provenance import Provenance, fault_of, fingerprint, took_place, untagged

ASKED = {
    "arrays_sha256": "0" * 64,
    "model": "independent",
    "hyperprior": {"family": "exponential", "scales": {"mu_alpha": 20.0}},
    "parameterization": "centered",
    "likelihood": "rowwise",
    "sampler": {
        "name": "nutpie",
        "draws": 1000,
        "tune": 1000,
        "chains": 4,
        "target_accept": 0.8,
        "max_treedepth": 10,
    },
    "seed": 1,
}


@pytest.fixture
def content():
    ran_on = took_place({"name": "nutpie", "backend": "numba"}, cores=2)
    return json.loads(json.dumps(Provenance(ASKED, ran_on).content()))


def planted(content, value, *keys):
    part = content
    for key in keys[:-1]:
        part = part[key]
    part[keys[-1]] = value
    return fault_of(content)


def test_schema_fits_what_is_written(content):
    assert fault_of(content) is None


@pytest.mark.parametrize("version", [0, 2, "1", None, 1.0, True])
def test_schema_refuses_another_version(content, version):
    assert "schema version" in planted(content, version, "schema")


def test_schema_names_a_missing_part(content):
    del content["ran_on"]["cpu"]["features"]
    assert fault_of(content) == "ran_on.cpu.features is missing"


@pytest.mark.parametrize("adaptation", ["low_rank", "diag"])
def test_schema_knows_an_adaptation(adaptation, content):
    assert planted(content, adaptation, "asked", "sampler", "adaptation") is None


def test_schema_names_an_unknown_part(content):
    assert planted(content, 1, "ran_on", "pet") == "ran_on.pet is unknown"


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        (1, ("cell_key",)),
        ([], ("asked",)),
        ("1", ("asked", "seed")),
        (True, ("asked", "seed")),
        ({"mu_alpha": "20"}, ("asked", "hyperprior", "scales")),
        ({"pymc": 6}, ("ran_on", "packages")),
        ("avx", ("ran_on", "cpu", "features")),
        ([["avx"]], ("ran_on", "cpu", "features")),
        ("yes", ("ran_on", "code", "dirty")),
        (None, ("ran_on", "python")),
    ],
)
def test_schema_names_a_part_of_another_type(content, value, keys):
    assert planted(content, value, *keys).startswith(".".join(keys))


def test_schema_is_described_part_by_part(content):
    parts = [*content["ran_on"], *content["asked"], *content["ran_on"]["code"]]
    assert [part for part in parts if part not in fingerprint.__doc__] == []


def test_untagged_nothing(content):
    tags = {"cell_key": content["cell_key"], "fingerprint": content["fingerprint"]}
    assert untagged(content, tags) == {}


def test_untagged_names_what_was_edited(content):
    tags = {"cell_key": content["cell_key"], "fingerprint": content["fingerprint"]}
    content["asked"]["seed"] = 2
    assert list(untagged(content, tags)) == ["cell_key"]
