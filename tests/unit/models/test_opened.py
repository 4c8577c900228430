"""A model's file, opened: what it gives goes to the form that asked."""

import numpy as np
import pytest

from hierbench.config.schema import DataConfig
from hierbench.errors import ConfigError
from hierbench.models import model_of
from hierbench.records import Hyperprior

TEXT = '''
"""Two forms that leave theta out, and one that has it."""

import pymc as pm

PRIOR = {"mu": 1.0}
ESTIMANDS = {"hyper": ("mu",), "effects": ("theta",)}
DATA = {"y": (1.0, 2.0, 4.0)}


def data(table):
    return {"y": table["y"]}, {"row": ("a", "b", "c")}


def whole(data, scale):
    mu = pm.Normal("mu", 0, scale["mu"])
    theta = pm.Normal("theta", mu, 1, dims="row")
    pm.Normal("outcome", theta, 1, observed=data["y"], dims="row")


def left_out(data, scale):
    mu = pm.Normal("mu", 0, scale["mu"])
    pm.Normal("outcome", mu, 2**0.5, observed=data["y"], dims="row")


def mus(hyper):
    return hyper["mu"][:, None]


FORMS = {"whole": whole, "one": left_out, "two": left_out}
COMPLETE = {
    "one": lambda rng, data, scale, hyper: {"theta": mus(hyper) + 0 * data["y"]},
    "two": lambda rng, data, scale, hyper: {"theta": scale["mu"] * data["y"] + 0 * mus(hyper)},
}
'''


@pytest.fixture
def model(tmp_path):
    """Return the record of a model whose file has this text."""

    def of(text):
        path = tmp_path / "mine.py"
        path.write_text(text, "utf-8")
        return model_of(str(path))

    return of


def data_of(model):
    return model.data["own"].load(DataConfig("own"))


def test_each_form_is_completed_by_its_own_function(model):
    mine = model(TEXT)
    of, data = mine.load(), data_of(mine)
    prior = Hyperprior("own", {"mu": 3.0})
    posterior = {"mu": np.array([[0.5, 1.5]])}
    found = {}
    for name in ("one", "two"):
        values = of.values(mine.forms[name], data, prior, "rowwise")
        rng = np.random.default_rng(1)
        found[name] = of.complete(mine.forms[name], posterior, values, data, rng, cores=1)
    assert found["one"]["theta"].tolist() == [[[0.5] * 3, [1.5] * 3]]
    assert found["two"]["theta"].tolist() == [[[3.0, 6.0, 12.0]] * 2]


def test_outcome_dims_and_estimands_are_read_off_the_graph(model):
    data = data_of(model(TEXT))
    assert (data.outcome.variable, data.outcome.array, data.row_dim) == ("outcome", "y", "row")
    assert data.dims == {"theta": ("row",)}


def test_model_without_a_whole_form_is_one_sentence(model):
    mine = model(TEXT.replace('"whole": whole, ', ""))
    with pytest.raises(ConfigError, match="every form is in COMPLETE; write one that has all"):
        data_of(mine)


def test_array_named_as_the_scales_is_refused(model):
    mine = model(TEXT.replace('{"y": table["y"]}, ', '{"scales": table["y"]}, '))
    with pytest.raises(ConfigError, match="taken for the prior scales; rename it"):
        data_of(mine)


def test_model_that_observes_two_variables_predicts_nothing(model):
    second = '    pm.Normal("other", mu, 1, observed=data["y"])\n\n\ndef left_out'
    data = data_of(model(TEXT.replace("\n\ndef left_out", second, 1)))
    assert data.observed.size == 0
