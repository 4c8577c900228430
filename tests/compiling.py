"""Compile models for nutpie in this process, sample them, and print what happened as JSON.

`python -m tests.compiling NAME...` prints one line per model. A NAME is `form/likelihood` or one
of `MODELS`, after `SAMPLER:` where it is not for nutpie. After `--wait` it prints a line when all
is imported, and begins when it is sent one: so several processes begin at once.
"""

import json
import logging
import sys
from dataclasses import replace
from hashlib import sha256

from hierbench.environment import prepare

prepare()

import numpy as np  # noqa: E402
import pymc as pm  # noqa: E402
import pytensor.tensor as pt  # noqa: E402
from pymc.distributions.transforms import ordered  # noqa: E402

from hierbench.config.schema import PriorConfig  # noqa: E402
from hierbench.models.homes.building import build  # noqa: E402
from hierbench.models.homes.forms import FORMS  # noqa: E402
from hierbench.models.homes.priors import hyperprior  # noqa: E402
from hierbench.models.homes.rows import Rows  # noqa: E402
from hierbench.records import SamplerSettings  # noqa: E402
from hierbench.samplers import Source, compile_model  # noqa: E402
from hierbench.samplers.compilations import Compilations  # noqa: E402

SETTINGS = SamplerSettings("nutpie", 20, 30, 2, 0.8, 10)
GROUPS, ROWS = 6, 40


def unshipped() -> pm.Model:
    """Return a model unlike the shipped ones: transforms, constants, a Potential, two dims."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(30, 2))
    with pm.Model(coords={"column": ["a", "b"], "row": range(30)}) as model:
        y = pm.Data("y", x @ [1.0, -1.0] + rng.normal(size=30), dims="row")
        slopes = pm.Normal("slopes", 0, 2, dims="column", transform=ordered, initval=[-1.0, 1.0])
        nu = pm.Uniform("nu", 2, 30)
        pm.Deterministic("fitted", x @ slopes, dims="row")
        pm.Potential("pull", -0.5 * (slopes[1] - slopes[0]) ** 2)
        pm.StudentT("y_obs", nu, mu=x @ slopes, sigma=1.0, observed=y, dims="row")
    return model


def linear_algebra() -> pm.Model:
    """Return a model whose density calls LAPACK, and draws a simplex."""
    with pm.Model() as model:
        y = pm.Data("y", np.array([0.5, -0.5, 1.0]))
        weights = pm.Dirichlet("weights", np.ones(3))
        pm.MvNormal("y_obs", 0, np.eye(3) + pt.outer(weights, weights), observed=y)
    return model


def tiny(scale: float = 1.0) -> pm.Model:
    """Return the model that compiles soonest."""
    with pm.Model() as model:
        data = pm.Data("y", np.arange(3.0))
        mu = pm.Normal("mu", 0, scale)
        pm.Normal("y_obs", mu, 1, observed=data)
    return model


def shipped(name: str) -> pm.Model:
    """Return the shipped model `form/likelihood` on a small table."""
    form, likelihood = name.split("/")
    rng = np.random.default_rng(2412)
    group, x = np.arange(ROWS) % GROUPS, rng.normal(size=ROWS)
    y = rng.normal(size=GROUPS)[group] + x + 0.5 * rng.normal(size=ROWS)
    table = Rows("simulated", x, y, group, tuple("abcdef"), "x", "y")
    prior = hyperprior(PriorConfig("notebook", 1.0), FORMS[form].variant)
    return build(FORMS[form], table, prior, likelihood)


MODELS = {"unshipped": unshipped, "tiny": tiny, "linear_algebra": linear_algebra}


def model_of(name: str) -> pm.Model:
    """Return the model that `name` names."""
    return MODELS.get(name, lambda: shipped(name))()


class Sentences(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self.said.append(record.getMessage())


def compiled(model: pm.Model, sampler: str = "nutpie") -> dict[str, object]:
    """Return what compiling and sampling `model` did, with a digest of all its draws."""
    settings, sentences = replace(SETTINGS, name=sampler), Sentences()
    logging.getLogger("hierbench").addHandler(sentences)
    try:
        with Compilations() as compilations:
            ready = compile_model(Source(model), settings)
    finally:
        logging.getLogger("hierbench").removeHandler(sentences)
    values = {data.name: data.get_value() for data in model.data_vars}
    fit = ready.sample(values, settings, seed=1, cores=1)
    digest = sha256()
    for part in (fit.posterior, fit.sample_stats, fit.warmup_posterior, fit.warmup_sample_stats):
        for name, array in sorted(part.items()):
            digest.update(f"{name} {array.dtype} {array.shape}".encode() + array.tobytes())
    return {
        "from_disk": getattr(ready, "from_disk", False),
        "compilations": len(compilations.functions),
        "said": sentences.said,
        "digest": digest.hexdigest(),
    }


def main(words: list[str]) -> None:
    """Run the program."""
    if words[0] == "--wait":
        words = words[1:]
        print("ready", flush=True)
        sys.stdin.readline()
    for word in words:
        sampler, _, name = word.rpartition(":")
        found = compiled(model_of(name), sampler or "nutpie")
        print(json.dumps({"name": word, **found}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
