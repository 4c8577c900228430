"""What a user's own functions raise, in one sentence that says where."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hierbench.errors import ConfigError, HierbenchError

__all__ = ["first_line", "sentence_for", "users_code"]


@contextmanager
def users_code(place: str, what: str, file: Path) -> Iterator[None]:
    """Turn what a function of a model's file raises into one sentence.

    Parameters
    ----------
    place : str
        What the sentence begins with, such as ``model=schools.py``.
    what : str
        What ran, such as ``form centered``.
    file : Path
        The model's own.

    Raises
    ------
    ConfigError
        For whatever is raised inside.
    """
    try:
        yield
    except HierbenchError:
        raise
    except KeyError as err:
        name = err.args[0] if err.args else ""
        text = f"{what} asks for {name!r}, which is not there"
        raise ConfigError(sentence_for(place, text, err, file)) from err
    except Exception as err:
        text = f"{what} raised {type(err).__name__}: {first_line(err)}"
        raise ConfigError(sentence_for(place, text, err, file)) from err


def sentence_for(place: str, text: str, err: BaseException, file: Path) -> str:
    """Return the sentence, with the file's line that the error came through."""
    return f"{place}: {text}{line_of(err, file)}; mend it, or see docs/your-model.md"


def first_line(err: BaseException) -> str:
    """Return the first line of what an error says."""
    return (str(err).strip() or "nothing more").splitlines()[0].rstrip(".")


def line_of(err: BaseException, file: Path) -> str:
    """Return the last line of the model's files that an error came through."""
    found, trace = "", err.__traceback__
    while trace is not None:
        place = Path(trace.tb_frame.f_code.co_filename)
        if place == file or (file.parent in place.parents and "site-packages" not in place.parts):
            found = f" ({place.relative_to(file.parent)}, line {trace.tb_lineno})"
        trace = trace.tb_next
    return found
