"""What the server compiles for its workers."""

import numpy as np
import pytest

from hierbench.sweep.server import PRELOADED
from hierbench.sweep.warm import assign_end


def test_the_server_imports_it():
    assert "hierbench.sweep.warm" in PRELOADED


def test_import_has_compiled_the_assignment():
    assert len(assign_end.signatures) == 1


def test_a_wrong_shape_is_told_with_both_shapes():
    """The sentence is what takes the time to compile."""
    with pytest.raises(ValueError, match=r"cannot assign slice of shape .* from input of shape"):
        assign_end(np.zeros(3), np.ones(1)[:0].repeat(5))
