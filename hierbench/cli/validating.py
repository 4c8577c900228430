"""The verb validate."""

from hierbench.cli.arguments import Arguments
from hierbench.cli.calibrating import calibrate
from hierbench.errors import ConfigError

__all__ = ["validate"]


def validate(arguments: Arguments) -> int:
    """Calibrate the forms."""
    if arguments.calibration is None:
        raise ConfigError("validate: give --calibration N, a number of simulations such as 200")
    return calibrate(arguments)
