"""The fingerprint holds what can change draws, and not what cannot."""

import pytest

from hierbench.provenance import requirements, took_place
from hierbench.provenance.fingerprint import flags_of, packages

SAMPLER = {"name": "nutpie", "backend": "numba"}


def test_fingerprint_is_the_same_twice():
    assert took_place(SAMPLER, 1) == took_place(SAMPLER, 1)


def test_fingerprint_has_every_source_file():
    assert "models/homes/centered.py" in took_place(SAMPLER, 1)["code"]["modules"]


@pytest.mark.parametrize("name", ["OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS"])
def test_fingerprint_has_one_thread(name):
    assert took_place(SAMPLER, 1)["threads"][name] == "1"


def test_flags_leave_out_caches():
    environment = {"NUMBA_CACHE_DIR": "/a", "PYTENSOR_FLAGS": "base_compiledir=/b"}
    assert flags_of(environment) == {}


def test_flags_leave_out_threads():
    assert flags_of({"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}) == {}


@pytest.mark.parametrize("name", ["NUMBA_CPU_NAME", "OPENBLAS_CORETYPE", "MKL_CBWR"])
def test_flags_keep_what_chooses_instructions(name):
    assert flags_of({name: "x"}) == {name: "x"}


def test_requirements_pin_every_package_but_ours():
    lines = requirements().splitlines()
    assert lines == [f"{name}=={text}" for name, text in packages().items() if name != "hierbench"]
