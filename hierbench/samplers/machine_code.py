"""C callbacks that numba compiled, as bytes, and back in another process.

numba keeps what it compiles by taking a `CompileResult` apart and putting it together again, in
private methods. A callback of nutpie's is never kept by numba itself, because it closes over
names that are new in every process; the same methods serve it.
"""

import pickle
from dataclasses import dataclass
from typing import Any

from numba.core import serialize
from numba.core.compiler import Compiler, CompileResult
from numba.core.registry import cpu_target

__all__ = ["Callback", "as_bytes", "from_bytes", "is_movable", "recorder"]


@dataclass(frozen=True)
class Callback:
    """A compiled C callback, with what nutpie reads of numba's own.

    Attributes
    ----------
    address : int
        Where its code begins; the code stays while `result` does.
    """

    address: int
    result: Any


def recorder(results: list[Any]) -> type[Any]:
    """Return numba's compiler as a class that adds each result to `results`."""

    class Recorder(Compiler):
        def compile_extra(self, function: Any) -> Any:
            results.append(super().compile_extra(function))  # type: ignore[no-untyped-call]
            return results[-1]

    return Recorder


def is_movable(result: Any) -> bool:
    """Return whether the code holds no address of this process and calls no Python."""
    return not (result.library.has_dynamic_globals or result.lifted or result.objectmode)


def as_bytes(result: Any) -> bytes:
    """Return a compiled callback as bytes."""
    reduced: bytes = serialize.dumps(result._reduce())  # type: ignore[no-untyped-call]
    return reduced


def from_bytes(content: bytes) -> Callback:
    """Return the callback in `content`, which must be trusted: it is code."""
    cpu_target.target_context.refresh()
    cpu_target.typing_context.refresh()
    parts = pickle.loads(content)
    result = CompileResult._rebuild(  # type: ignore[no-untyped-call]
        cpu_target.target_context, *parts
    )
    name = result.fndesc.llvm_cfunc_wrapper_name
    return Callback(result.library.get_pointer_to_function(name), result)
