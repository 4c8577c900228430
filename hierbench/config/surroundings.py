"""What a fit finds around it: a working folder, and PyTensor's flags."""

import os

from hierbench.errors import ConfigError, HierbenchError

__all__ = ["check_surroundings"]


def check_surroundings() -> None:
    """Raise HierbenchError where nothing can be fitted: no working folder, or single precision."""
    try:
        os.getcwd()
    except OSError as err:
        raise HierbenchError(
            "the working folder does not exist any more; change to one that does, with cd"
        ) from err
    flags = os.environ.get("PYTENSOR_FLAGS", "").replace(" ", "").split(",")
    floats = [flag for flag in flags if flag.partition("=")[0] == "floatX"]
    if floats and floats[-1] != "floatX=float64":
        raise ConfigError(
            f"PYTENSOR_FLAGS has {floats[-1]}: hierbench fits in float64, as its reference "
            "posteriors are; take it out of PYTENSOR_FLAGS"
        )
