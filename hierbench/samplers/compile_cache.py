"""What nutpie compiles for a PyMC model, kept on disk and checked before it is used again.

A kept function gives the same draws as one compiled now, bit for bit: it is the same machine code.
Where anything is wrong with a file the model is compiled anew, with at most one sentence.
"""

import ctypes
import logging
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import nutpie
import pymc as pm
from numba.core.caching import NullCache
from numpy.typing import NDArray
from nutpie.compile_pymc import (
    CompiledPyMCModel,
    _prepare_dims_and_coords,
    _rv_dict_to_flat_array_wrapper,
    _wrap_with_lock,
    make_user_data,
)
from pymc.initial_point import make_initial_point_fn
from pytensor.configdefaults import config

from hierbench.compiled_files import CompiledFiles, UnusableError
from hierbench.environment import compiled_folder
from hierbench.samplers.compile_key import ModelKey, key_of
from hierbench.samplers.graph_words import NoWordsError
from hierbench.samplers.machine_code import as_bytes, from_bytes, is_movable, recorder

__all__ = ["compiled_for_nutpie"]

_said: set[str] = set()


@dataclass(frozen=True)
class Kept:
    """One compiled model as a file holds it.

    Attributes
    ----------
    logp, expand : bytes
        The two callbacks that nutpie's sampler calls.
    order : tuple of int
        The shared variables in the order of the callbacks' data, by their place in the key.
    point : ndarray
        An unconstrained point, dims (value,).
    data : tuple of ndarray
        The shared variables' values, in the same order, at which `answers` were computed.
    answers : tuple of bytes
        What the callbacks gave there when they were compiled.
    """

    logp: bytes
    expand: bytes
    order: tuple[int, ...]
    n_dim: int
    n_expanded: int
    shape_info: Any
    reparameterized_names: tuple[str, ...]
    point: NDArray[np.float64]
    data: tuple[NDArray[Any], ...]
    answers: tuple[bytes, ...]


def compiled_for_nutpie(model: pm.Model) -> tuple[CompiledPyMCModel, bool]:
    """Return `model` compiled for nutpie, and whether it came from disk."""
    if not config.numba__cache:
        return nutpie.compile_pymc_model(model, backend="numba"), False
    try:
        key = key_of(model)
    except NoWordsError:
        return nutpie.compile_pymc_model(model, backend="numba"), False
    files = CompiledFiles(compiled_folder())
    found = loaded(files, model, key)
    if found is not None:
        return found, True
    with files.locked(key.key):
        found = loaded(files, model, key)  # by whoever held the lock
        if found is not None:
            return found, True
        return compiled_and_kept(files, model, key), False


def loaded(files: CompiledFiles, model: pm.Model, key: ModelKey) -> CompiledPyMCModel | None:
    """Return the model from its file, None where there is none to be trusted."""
    try:
        content = files.read(key.key)
        return None if content is None else put_together(content, model, key)
    except UnusableError as error:
        warn(key, f"compiling anew: {error}")
    except Exception as error:  # whatever a strange file makes of pickle, numba or PyMC
        files.drop(key.key)
        warn(key, f"compiling anew: a kept function cannot be used ({type(error).__name__})")
    return None


def put_together(content: bytes, model: pm.Model, key: ModelKey) -> CompiledPyMCModel:
    """Return the model whose functions are in `content`.

    Raises
    ------
    UnusableError
        If the functions do not give what they gave when they were compiled.
    """
    kept: Kept = pickle.loads(content)
    logp, expand = from_bytes(kept.logp), from_bytes(kept.expand)
    keys = {key.shared[place]: f"shared{index}" for index, place in enumerate(kept.order)}
    then = dict(zip(keys.values(), kept.data, strict=True))
    if answers(logp, expand, kept, user_data_of(keys, then)) != kept.answers:
        raise UnusableError("a kept function does not give what it gave when it was compiled")
    now = {name: frozen(variable.get_value()) for variable, name in keys.items()}
    names, _, shapes = kept.shape_info
    dims, coords = _prepare_dims_and_coords(
        model, kept.shape_info, list(kept.reparameterized_names)
    )
    return CompiledPyMCModel(
        _n_dim=kept.n_dim,
        dims=dims,
        _coords=coords,
        _shapes={name: tuple(shape) for name, shape in zip(names, shapes, strict=True)},
        compiled_logp_func=logp,
        compiled_expand_func=expand,
        initial_point_func=initial_point_of(model, kept),
        shared_data=now,
        shared_var_keys=keys,
        user_data=user_data_of(keys, now),
        n_expanded=kept.n_expanded,
        shape_info=kept.shape_info,
        logp_func=None,
        expand_func=None,
        reparameterized_names=list(kept.reparameterized_names),
    )


def initial_point_of(model: pm.Model, kept: Kept) -> Any:
    """Return nutpie's start of a chain as a function of a seed; PyMC computes it in Python."""
    values = [model.rvs_to_values[variable].name for variable in model.free_RVs]
    start = make_initial_point_fn(
        model=model,
        default_strategy="support_point",
        jitter_rvs=set(model.free_RVs),
        return_transformed=True,
    )
    shapes = dict(zip(kept.shape_info[0], kept.shape_info[2], strict=True))
    return _rv_dict_to_flat_array_wrapper(
        _wrap_with_lock(start), names=values, shapes=[shapes[name] for name in values]
    )


def compiled_and_kept(files: CompiledFiles, model: pm.Model, key: ModelKey) -> CompiledPyMCModel:
    """Return `model` compiled now, and keep it where that can be done."""
    results: list[Any] = []
    compiled = nutpie.compile_pymc_model(model, backend="numba", pipeline_class=recorder(results))
    try:
        kept = taken_apart(compiled, results, key)
        if kept is not None:
            files.write(key.key, pickle.dumps(kept))
    except UnusableError as error:
        warn(key, f"compiled functions are not kept: {error}")
    except Exception as error:  # of numba's private methods, which another numba may change
        warn(key, f"compiled functions are not kept: {type(error).__name__} of numba")
    return compiled


def taken_apart(compiled: CompiledPyMCModel, results: Sequence[Any], key: ModelKey) -> Kept | None:
    """Return what is kept of a compiled model, None where its code serves this process alone."""
    logp, expand = results
    if not (is_movable(logp) and is_movable(expand) and pytensor_keeps(compiled)):
        return None
    places = {variable: place for place, variable in enumerate(key.shared)}
    kept = Kept(
        logp=as_bytes(logp),
        expand=as_bytes(expand),
        order=tuple(places[variable] for variable in compiled.shared_var_keys),
        n_dim=compiled.n_dim,
        n_expanded=compiled.n_expanded,
        shape_info=compiled.shape_info,
        reparameterized_names=tuple(compiled.reparameterized_names),
        point=compiled.initial_point_func(0),
        data=tuple(compiled.shared_data.values()),
        answers=(),
    )
    given = answers(
        compiled.compiled_logp_func, compiled.compiled_expand_func, kept, compiled.user_data
    )
    return Kept(**{**vars(kept), "answers": given})


def pytensor_keeps(compiled: CompiledPyMCModel) -> bool:
    """Return whether PyTensor has keys for all of the code, and keeps it on disk itself."""
    functions = (compiled.logp_func, compiled.expand_func)
    return not any(isinstance(one.vm.jit_fn._cache, NullCache) for one in functions)


def answers(logp: Any, expand: Any, kept: Kept, user_data: NDArray[Any]) -> tuple[bytes, ...]:
    """Return what the callbacks give at the kept point: codes, density, gradient, variables."""
    doubles = ctypes.POINTER(ctypes.c_double)

    def address(array: NDArray[Any]) -> Any:
        return array.ctypes.data_as(doubles)

    point = np.array(kept.point)
    density, gradient, expanded = np.zeros(()), np.zeros(kept.n_dim), np.zeros(kept.n_expanded)
    long, pointer = ctypes.c_uint64, ctypes.c_void_p
    of_density = ctypes.CFUNCTYPE(ctypes.c_int64, long, doubles, doubles, doubles, pointer)
    of_names = ctypes.CFUNCTYPE(ctypes.c_int64, long, long, doubles, doubles, pointer)
    data = user_data.ctypes.data
    codes = (
        of_density(logp.address)(
            kept.n_dim, address(point), address(gradient), address(density), data
        ),
        of_names(expand.address)(
            kept.n_dim, kept.n_expanded, address(point), address(expanded), data
        ),
    )
    return (repr(codes).encode(), density.tobytes(), gradient.tobytes(), expanded.tobytes())


def user_data_of(keys: Mapping[Any, str], values: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    """Return the record of addresses through which the callbacks find the data."""
    record: NDArray[Any] = make_user_data(keys, values)
    return record


def frozen(value: Any) -> NDArray[Any]:
    """Return a copy that cannot be written, as nutpie keeps its data."""
    copy: NDArray[Any] = np.array(value, order="C", copy=True)
    copy.flags.writeable = False
    return copy


def warn(key: ModelKey, sentence: str) -> None:
    """Say on stderr what is wrong with the cache, once a model and once a sentence."""
    if not {key.key, sentence} & _said:
        logging.getLogger(__name__).warning(sentence)
    _said.update((key.key, sentence))
