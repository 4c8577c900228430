"""Models and forms by name."""

import subprocess
import sys
from pathlib import Path

import pytest

from hierbench.errors import ConfigError
from hierbench.models import LOOKS, MODELS, eight_schools, form_of, model_of
from hierbench.models.homes import MODEL
from hierbench.models.homes.forms import FORMS


def test_models_have_their_key_as_name():
    assert all(model.name == name for name, model in MODELS.items())


def test_model_is_found_by_name():
    assert model_of("homes") is MODEL


def test_model_of_an_unknown_name_lists_the_known():
    with pytest.raises(
        ConfigError, match=r"^model=none: known are homes.*; choose one of them, or give the path"
    ):
        model_of("none")


def test_form_is_found_by_name():
    assert form_of(MODEL, "marginal") is FORMS["marginal"]


def test_form_of_an_unknown_name_lists_those_of_the_model():
    known = ", ".join(FORMS)
    with pytest.raises(ConfigError) as caught:
        form_of(MODEL, "none")
    assert str(caught.value) == f"parameterization=none: known are {known}; choose one of them"


def test_looks_have_every_form():
    assert set(LOOKS) == {name for model in MODELS.values() for name in model.forms}


def test_estimands_are_those_of_the_blocks_in_their_order():
    assert MODEL.estimands == (
        *("mu_alpha", "mu_beta", "sigma_alpha", "sigma_beta", "sigma"),
        *("alpha", "beta", "rho"),
    )


def test_own_form_is_noncentered():
    assert MODEL.own_form == "noncentered"


def test_abilities_are_loaded_once():
    for model in MODELS.values():
        assert model.load() is model.load()


def test_a_file_with_the_name_of_another_model_is_refused(tmp_path):
    path = tmp_path / "eight_schools.py"
    path.write_text(Path(eight_schools.__file__).read_text("utf-8"))
    with pytest.raises(ConfigError, match="is the name of another model"):
        model_of(str(path))


def test_records_are_read_without_pymc():
    program = "import sys, hierbench.models; sys.exit('pymc' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
