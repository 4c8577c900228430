"""What a check finds of one form; light to import."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

__all__ = ["CHECKS", "Answer", "Finding", "NotAskedError", "RefusedError", "asked"]

CHECKS: Mapping[str, str] = {
    "builds": "builds twice to the same graph, without random numbers or network",
    "free": "free variables are continuous, no value is missing, no minibatch",
    "reach": "every free variable reaches an observed variable or a Potential",
    "start": "the log density is finite at the start, its gradient equals finite differences",
    "constants": "no constant in the graph changes with the data or with a prior scale",
    "dims": "the estimands are there, with the same dims and shapes in every form",
    "scale": "every prior scale changes the log density, none changes the likelihood",
    "likelihood": "log p(y | estimands) differs from the other form's by a constant alone",
    "prior": "the estimands have the other form's joint prior",
    "completed": "COMPLETE draws what is integrated out from its conditional given y",
    "density": "the integrated density of y has the gradient that the other form implies",
}
"""The checks by name, in their order, and what each asks of a form."""


@dataclass(frozen=True)
class Finding:
    """What one check found for one form.

    Attributes
    ----------
    form : str
        The form.
    check : str
        One of `CHECKS`.
    passed : bool or None
        None where the check does not apply or was left out; `text` says why.
    text : str
        One sentence: what differs, in which estimand, and by how much.
    """

    form: str
    check: str
    passed: bool | None
    text: str


type Answer = tuple[bool, str]
"""Whether a check passed, and the sentence."""


class NotAskedError(Exception):
    """A check does not apply; the message says why."""


class RefusedError(Exception):
    """A form cannot be checked as it is; the message says what to do instead."""


def asked(form: str, check: str, ask: Callable[[], Answer]) -> Finding:
    """Return what a check finds; an error that it raises is a finding in one line."""
    try:
        passed, text = ask()
    except NotAskedError as reason:
        return Finding(form, check, None, str(reason))
    except RefusedError as reason:
        return Finding(form, check, False, f"{form}: {reason}")
    except Exception as err:
        first = (str(err).strip() or "no message").splitlines()[0]
        return Finding(form, check, False, f"{form}: {type(err).__name__}: {first}")
    return Finding(form, check, bool(passed), text)
