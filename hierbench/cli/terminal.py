"""Where tables are printed to; light to import."""

from rich.console import Console

__all__ = ["console"]


def console() -> Console:
    """Return a console on standard output, 100 columns wide where it is no terminal."""
    out = Console(highlight=False, markup=False)
    return out if out.is_terminal else Console(highlight=False, markup=False, width=100)
