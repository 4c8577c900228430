"""Keys of compiled models: equal for equal code alone. Nothing is compiled here."""

import sys
from importlib import import_module
from types import ModuleType

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from pytensor.compile.builders import OpFromGraph
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op
from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_and_cache_key

from hierbench.samplers import compile_key
from hierbench.samplers.compile_key import key_of
from hierbench.samplers.graph_words import GraphWords, NoWordsError, words_of_value


def model_with(density, data=(1.0, 2.0), name="x", prior=pm.Normal, **settings):
    """Return a model of one free variable of length 2 and a Potential of `density`."""
    with pm.Model() as model:
        values = pm.Data("values", np.asarray(data))
        free = prior(name, shape=2, **settings)
        pm.Potential("density", density(free, values))
    return model


def plain(free, values):
    return -((free - values[:2]) ** 2).sum()


def key(model):
    return key_of(model).key


BASE = key(model_with(plain))


def scanned(scale):
    def density(free, values):
        return pytensor.scan(
            lambda one, before: before + scale * one,
            sequences=free,
            outputs_info=pt.as_tensor(0.0, dtype="float64"),
            return_updates=False,
        )[-1]

    return density


def inside(scale, inline=False):
    x = pt.dvector("x")
    op = OpFromGraph([x], [(x * scale).sum()], inline=inline)
    return lambda free, values: op(free)


def constant(value):
    return lambda free, values: (free * pt.constant(value)).sum()


# Equal


def test_the_same_model_built_twice_has_one_key():
    assert key(model_with(plain)) == BASE


def test_values_of_data_are_not_in_the_key():
    assert key(model_with(plain, data=(5.0, -1.0))) == BASE


@pytest.mark.parametrize("density", [scanned(2.0), inside(2.0)], ids=["scan", "op from graph"])
def test_a_graph_with_an_inner_graph_built_twice_has_one_key(density):
    assert key(model_with(density)) == key(model_with(density))


def test_the_key_names_each_shared_variable_once():
    model = model_with(lambda free, values: plain(free, values) + values.sum())
    assert [one.name for one in key_of(model).shared] == ["values"]


# Different

OTHERS = {
    "density": model_with(lambda free, values: -((free - values[:2]) ** 4).sum()),
    "operands": model_with(lambda free, values: -((values[:2] - free) ** 2).sum()),
    "name": model_with(plain, name="y"),
    "prior": model_with(plain, prior=pm.Cauchy, alpha=0, beta=1),
    "constant of the prior": model_with(plain, sigma=2.0),
    "transform": model_with(plain, transform=pm.distributions.transforms.ordered),
    "length of data": model_with(plain, data=(1.0, 2.0, 3.0)),
    "type of data": model_with(plain, data=np.array([1, 2])),
    "rank of data": model_with(plain, data=[[1.0, 2.0], [3.0, 4.0]]),
}


@pytest.mark.parametrize("of", OTHERS)
def test_another_model_has_another_key(of):
    assert key(OTHERS[of]) != BASE


def test_no_two_of_the_others_share_a_key():
    assert len({key(model) for model in OTHERS.values()}) == len(OTHERS)


PAIRS = {
    "inner constant of a scan": (scanned(2.0), scanned(3.0)),
    "inner constant of an op": (inside(2.0), inside(3.0)),
    "inlining": (inside(2.0), inside(2.0, inline=True)),
    "bits of a constant": (constant([1.0, 0.0]), constant([1.0, -0.0])),
    "type of a constant": (constant(np.float32([1, 2])), constant(np.float64([1, 2]))),
    "axis": (
        lambda free, values: pt.outer(free, free).sum(axis=0)[0],
        lambda free, values: pt.outer(free, free).sum(axis=1)[0],
    ),
    "a cast": (
        lambda free, values: free.astype("float32").sum(),
        lambda free, values: free.astype("int8").sum(),
    ),
    "an index": (lambda free, values: free[0], lambda free, values: free[1]),
}


@pytest.mark.parametrize("of", PAIRS)
def test_a_property_of_an_op_is_in_the_key(of):
    one, other = (key(model_with(density)) for density in PAIRS[of])
    assert one != other


def two(first, second):
    with pm.Model() as model:
        for name in (first, second):
            pm.Normal(name)
    return model


def test_the_order_of_variables_is_in_the_key():
    assert key(two("a", "b")) != key(two("b", "a"))


def kept(*names):
    with pm.Model() as model:
        free = pm.Normal("free")
        for name in names:
            pm.Deterministic(name, free + len(name))
    return model


def test_the_order_of_deterministics_is_in_the_key():
    assert key(kept("a", "bb")) != key(kept("bb", "a"))


def test_the_length_of_a_dim_is_in_the_key():
    keys = []
    for length in (2, 3):
        with pm.Model(coords={"dim": range(length)}) as model:
            pm.Normal("free", dims="dim")
        keys.append(key(model))
    assert keys[0] != keys[1]


def test_checks_of_parameters_are_in_the_key():
    model = model_with(plain)
    model.check_bounds = False
    assert key(model) != BASE


@pytest.mark.parametrize(
    "flag", [("numba__fastmath", True), ("cycle_detection", "fast"), ("floatX", "float32")]
)
def test_flags_are_in_the_key(flag):
    model = model_with(plain)
    with pytensor.config.change_flags(**dict([flag])):
        assert key(model) != BASE


def test_numbas_flags_are_in_the_key(monkeypatch):
    monkeypatch.setattr("numba.core.config.OPT", 0)
    assert key(model_with(plain)) != BASE


def test_the_processor_is_in_the_key(monkeypatch):
    codegen = type(compile_key.cpu_target.target_context.codegen())
    monkeypatch.setattr(codegen, "magic_tuple", lambda self: ("x86_64", "old", "-avx"))
    assert key(model_with(plain)) != BASE


@pytest.mark.parametrize("package", compile_key.PACKAGES)
def test_versions_are_in_the_key(monkeypatch, package):
    found = compile_key.distribution

    class Newer:
        def __init__(self, name):
            self.version = "99" if name == package else found(name).version
            self.read_text = found(name).read_text

    monkeypatch.setattr(compile_key, "distribution", Newer)
    compile_key.installed.cache_clear()
    assert key(model_with(plain)) != BASE
    monkeypatch.undo()
    compile_key.installed.cache_clear()
    assert key(model_with(plain)) == BASE


def test_rewrites_that_a_package_registers_are_in_the_key(monkeypatch):
    monkeypatch.setitem(pytensor.compile.mode.optdb.__db__, "theirs", set())
    assert key(model_with(plain)) != BASE


# Ops that no library holds

OWN_OP = """
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op
from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_and_cache_key
from {package}.algebra import double

class Doubled(Op):
    __props__ = ("times",)

    def __init__(self, times):
        self.times = times

    def make_node(self, x):
        return Apply(self, [x], [x.type()])

    def perform(self, node, inputs, outputs):
        raise NotImplementedError

@register_funcify_and_cache_key(Doubled)
def doubled(op, **_):
    @numba_njit
    def function(x):
        return double(x)
    return function, "{declared}"
"""


@pytest.fixture
def own_op(tmp_path, monkeypatch):
    """Return a function that writes and imports a package with an Op of its own."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    names = []

    def made(algebra="def double(x):\n    return 2 * x\n", declared="1"):
        names.append("package_with_an_op")
        for loaded in [one for one in sys.modules if one.startswith(names[0])]:
            del sys.modules[loaded]
        folder = tmp_path / names[0]
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").write_text("")
        (folder / "algebra.py").write_text(algebra)
        (folder / "ops.py").write_text(OWN_OP.format(package=names[0], declared=declared))
        return import_module(f"{names[0]}.ops").Doubled

    yield made
    for loaded in [one for one in sys.modules if one.startswith("package_with_an_op")]:
        del sys.modules[loaded]


def with_op(op):
    return key(model_with(lambda free, values: op(free).sum()))


def test_an_op_of_ones_own_has_a_key(own_op):
    assert with_op(own_op()(2)) == with_op(own_op()(2))


def test_the_properties_of_an_op_of_ones_own_are_in_the_key(own_op):
    op = own_op()
    assert with_op(op(2)) != with_op(op(3))


def test_the_code_that_an_op_of_ones_own_calls_is_in_the_key(own_op):
    before = with_op(own_op()(2))
    assert with_op(own_op(algebra="def double(x):\n    return x + x\n")(2)) != before


def test_the_key_that_its_author_gives_an_op_is_in_the_key(own_op):
    before = with_op(own_op()(2))
    assert with_op(own_op(declared="2")(2)) != before


# Without a key


class Untold(Op):
    """An Op of unknown code: numba would call its Python."""

    __props__ = ()

    def make_node(self, x):
        return Apply(self, [x], [x.type()])

    def perform(self, node, inputs, outputs):
        raise NotImplementedError


class Keyless(Untold):
    """An Op whose numba code has no key."""


@register_funcify_and_cache_key(Keyless)
def keyless(op, **_):
    @numba_njit
    def function(x):
        return x

    return function, None


@pytest.mark.parametrize("op", [Untold(), Keyless()], ids=["no code", "no key"])
def test_an_op_without_a_key_gives_the_model_none(op):
    with pytest.raises(NoWordsError):
        key(model_with(lambda free, values: op(free).sum()))


def test_functions_of_one_line_are_told_apart_by_their_constants():
    functions = [lambda x: 2 * x, lambda x: 3 * x, lambda x: (lambda y: 3 * y)(x)]
    assert len({words_of_value(one) for one in functions}) == 3


def test_functions_are_told_apart_by_what_they_close_over():
    def times(number):
        return lambda x: number * x

    assert words_of_value(times(2)) == words_of_value(times(2))
    assert words_of_value(times(2)) != words_of_value(times(3))


def test_an_op_that_was_typed_at_a_prompt_gives_the_model_no_key(monkeypatch):
    prompt = ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", prompt)
    of = type("Typed", (Untold,), {"__module__": "__main__"})
    with pytest.raises(NoWordsError):
        key(model_with(lambda free, values: of()(free).sum()))


def test_a_shared_variable_that_is_no_array_gives_the_model_no_key():
    graph = GraphWords([])
    with pytest.raises(NoWordsError, match="not an array"):
        graph.add([pytensor.shared(np.random.default_rng(1))])
