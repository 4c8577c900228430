"""A PyTensor graph in words that are equal only for graphs that compile to the same code.

The words name every Op with its properties and inner graph, every type, constant and edge. What
cannot be put into words, such as a user's object in an Op without `__props__`, raises: such a
graph has no key and is compiled in every process.
"""

import dataclasses
import enum
import types
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Any

import numpy as np
from pytensor.compile.builders import OpFromGraph
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant
from pytensor.graph.op import HasInnerGraph, Op
from pytensor.graph.type import Type
from pytensor.scan.op import Scan

from hierbench.samplers.own_code import is_library, own_code, own_key

__all__ = ["GraphWords", "NoWordsError", "words_of_value"]

VOLATILE = ("_hash", "_frozen_lop", "_frozen_rop", "_lop_op_cache", "_rop_op_cache", "_fn")
"""Attributes of Ops that are filled while they are used."""

PLAIN = (type(None), type(...), bool, int, float, complex, str, bytes, np.generic, np.dtype)


class NoWordsError(Exception):
    """Something in a graph cannot be put into words."""


class GraphWords:
    """The words of one graph, and the shared variables in the order in which it names them.

    Parameters
    ----------
    inputs : sequence of Variable
        What the outputs are functions of, besides shared variables and constants.
    """

    def __init__(self, inputs: Sequence[Any]) -> None:
        self.shared: list[Any] = []
        self._words: list[Any] = [words_of_value(one.type) for one in inputs]
        self._numbers: dict[Any, Any] = {one: place for place, one in enumerate(inputs)}

    def add(self, outputs: Iterable[Any]) -> None:
        """Name `outputs` and all that they are computed from."""
        self._words.append(("outputs", *(self._number(output) for output in outputs)))

    def words(self) -> tuple[Any, ...]:
        """Return what was named so far."""
        return tuple(self._words)

    def _number(self, output: Any) -> Any:
        """Return the number of `output`, naming first what it is computed from."""
        waiting = [output]
        while waiting:
            variable = waiting[-1]
            if variable in self._numbers:
                waiting.pop()
                continue
            node = variable.owner
            unnamed = [one for one in node.inputs if one not in self._numbers] if node else []
            if unnamed:
                waiting.extend(reversed(unnamed))
                continue
            self._name(variable)
        return self._numbers[output]

    def _name(self, variable: Any) -> None:
        """Name a variable whose inputs have numbers, with its node's other outputs."""
        node = variable.owner
        place = len(self._words)
        if node is not None:
            inputs = tuple(self._numbers[one] for one in node.inputs)
            outputs = tuple(words_of_value(one.type) for one in node.outputs)
            self._words.append(("node", words_of_op(node.op, node), inputs, outputs))
            self._numbers |= {one: (place, index) for index, one in enumerate(node.outputs)}
            return
        self._words.append(self._words_of_root(variable))
        self._numbers[variable] = place

    def _words_of_root(self, variable: Any) -> Any:
        of_type = words_of_value(variable.type)
        if isinstance(variable, Constant):
            return ("constant", of_type, words_of_value(variable.data))
        if isinstance(variable, SharedVariable):
            value: Any = variable.get_value(borrow=True)  # type: ignore[no-untyped-call]
            if not isinstance(value, np.ndarray | np.generic) or value.dtype.hasobject:
                raise NoWordsError(f"the shared variable {variable} is not an array")
            self.shared.append(variable)
            return ("shared", of_type, value.dtype.str, value.shape)
        raise NoWordsError(f"{variable} is neither data nor a free variable")


def words_of_op(op: Op, node: Any = None) -> Any:
    """Return the class of an Op and all that its instance adds to it."""
    found: list[Any] = [words_of_class(type(op))]
    if not is_library(type(op).__module__):
        key = own_key(op, node)
        if key is None:
            raise NoWordsError(f"{type(op).__name__} gives numba no key")
        found.append(key)
    if isinstance(op, HasInnerGraph):
        found.append(words_of_inner(op.fgraph))
    found.append(words_of_attributes(op, attributes_of(op)))
    if isinstance(op, OpFromGraph):
        found.append(words_of_value(op.connection_pattern(node)))  # type: ignore[no-untyped-call]
    return tuple(found)


def attributes_of(op: Any) -> Sequence[str]:
    """Return the names of the attributes that tell one instance of an Op from another."""
    props = getattr(op, "__props__", None)
    if isinstance(op, OpFromGraph):
        own = ("is_inline", "destroy_map", "pullback_overrides", "pushforward_overrides")
        return (*own, *(props or ()))
    if isinstance(op, Scan):
        return ("info", "truncate_gradient", "name", "allow_gc", "mode", "strict")
    if props is not None:
        return [name for name in props if name != "fgraph"]
    return [name for name in sorted(vars(op)) if name not in ("fgraph", *VOLATILE)]


def words_of_inner(graph: Any) -> Any:
    """Return the words of an inner graph; its data are its inputs."""
    inside = GraphWords(graph.inputs)
    inside.add(graph.outputs)
    if inside.shared:
        raise NoWordsError("an inner graph holds a shared variable")
    return ("inner", len(graph.inputs), inside.words())


def words_of_attributes(of: Any, names: Iterable[str]) -> Any:
    """Return the values of attributes by name."""
    return tuple((name, words_of_value(getattr(of, name, None))) for name in names)


def words_of_class(of: type) -> Any:
    """Return a class by its name, and the code of one that no library holds."""
    return ("class", of.__module__, of.__qualname__, code_of(of.__module__))


def code_of(module: str) -> str:
    """Return a hash of the code in `module` and of what it imports; empty for a library's."""
    if is_library(module):
        return ""
    code = own_code(module)
    if code is None:
        raise NoWordsError(f"the code of {module} cannot be read")
    return code


def words_of_value(value: Any) -> Any:
    """Return a property, type or constant in words, exactly."""
    for kind, said in WORDS:
        if isinstance(value, kind):
            return said(value)
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        return (words_of_class(type(value)), words_of_attributes(value, names))
    if type(value).__module__.startswith("pytensor.") and hasattr(value, "__dict__"):
        return (words_of_class(type(value)), words_of_attributes(value, sorted(vars(value))))
    raise NoWordsError(f"a {type(value).__name__} cannot be put into words")


def words_of_plain(value: Any) -> Any:
    """Return a scalar: its type, and its bits."""
    if isinstance(value, np.generic):
        return ("numpy", value.dtype.str, value.tobytes())
    if isinstance(value, np.dtype):
        return ("dtype", value.str, repr(value.descr))
    if isinstance(value, float | complex):
        return (type(value).__name__, np.asarray(value).tobytes())
    return (type(value).__name__, repr(value))


def words_of_array(value: np.ndarray[Any, Any]) -> Any:
    """Return an array: its type, shape, order in memory and a hash of its bits."""
    if value.dtype.hasobject:
        raise NoWordsError("an array of objects cannot be put into words")
    order = (value.flags.c_contiguous, value.flags.f_contiguous, value.flags.aligned)
    bits = sha256(value.tobytes()).hexdigest()
    return ("array", value.dtype.str, repr(value.dtype.descr), value.shape, order, bits)


def words_of_type(of: Any) -> Any:
    """Return a PyTensor type with its dtype and static shape."""
    props = getattr(of, "__props__", None)
    names = props if props is not None else [one for one in sorted(vars(of)) if one != "name"]
    return (words_of_class(type(of)), words_of_attributes(of, names))


def words_of_function(function: Any) -> Any:
    """Return a function by its name, the code of its module, its closure and defaults."""
    cells = tuple(words_of_value(cell.cell_contents) for cell in function.__closure__ or ())
    defaults = words_of_value((function.__defaults__, function.__kwdefaults__))
    place = (function.__module__, function.__qualname__)
    code = words_of_code(function.__code__)
    return ("function", place, code, code_of(function.__module__), cells, defaults)


def words_of_code(code: types.CodeType) -> Any:
    """Return what a function's bytecode does: it, its names and constants."""
    names = (code.co_names, code.co_freevars, code.co_varnames)
    return ("code", code.co_code, names, tuple(words_of_value(one) for one in code.co_consts))


def words_of_mapping(value: Any) -> Any:
    """Return a mapping in its order."""
    return ("mapping", *((words_of_value(key), words_of_value(of)) for key, of in value.items()))


def words_of_set(value: Any) -> Any:
    """Return a set in the order of its words."""
    return ("set", *sorted((words_of_value(one) for one in value), key=repr))


def words_of_sequence(value: Any) -> Any:
    """Return a tuple or list in its order."""
    return (type(value).__qualname__, *(words_of_value(one) for one in value))


WORDS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (enum.Enum, lambda one: (words_of_class(type(one)), one.name)),
    (PLAIN, words_of_plain),
    (np.ndarray, words_of_array),
    (Type, words_of_type),
    (Op, words_of_op),
    (type, words_of_class),
    ((tuple, list), words_of_sequence),
    ((set, frozenset), words_of_set),
    ((dict, types.MappingProxyType), words_of_mapping),
    (slice, lambda one: ("slice", words_of_value((one.start, one.stop, one.step)))),
    (types.FunctionType, words_of_function),
    (types.CodeType, words_of_code),
    (types.MethodType, lambda one: (words_of_value(one.__func__), words_of_value(one.__self__))),
)
