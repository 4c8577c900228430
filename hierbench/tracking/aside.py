"""Setting aside a run's folder that nothing can be done with: renamed and named, never deleted."""

import os
from pathlib import Path

from hierbench.disk import PARTIAL
from hierbench.errors import StoreError
from hierbench.shown import warn
from hierbench.tracking.record import RECORD, BadRecord, read
from hierbench.tracking.spool import SENDING, places_below

__all__ = ["set_aside", "set_bad_aside"]


def set_bad_aside(folder: Path) -> list[Path]:
    """Set aside the runs below `folder` whose record is damaged; return where they are now.

    One that cannot be read at all may be a colleague's: it is named and left.
    """
    moved = []
    for place in places_below(folder):
        try:
            read(place)
        except FileNotFoundError:
            continue
        except BadRecord as error:
            moved.append(set_aside(place, str(error)))
        except StoreError as error:
            warn(f"{error}; it is passed over, make it readable to send its run")
    return moved


def set_aside(folder: Path, why: str) -> Path:
    """Rename `folder` so that nothing looks at it again, say so, and return its new name.

    Where it holds more than one run, as a sweep's does, its record alone is renamed.
    """
    own = (RECORD, PARTIAL, SENDING, "artifacts")
    alone = all(name.startswith(own) for name in os.listdir(folder))
    old = folder if alone else folder / RECORD
    new = free_name(old)
    try:
        old.rename(new)
    except OSError as err:
        warn(f"{why}; it cannot be set aside ({err.strerror}) and is passed over")
        return old
    warn(f"{why}; kept as {new}, and nothing more is done with it unless you rename it back")
    return new


def free_name(path: Path) -> Path:
    """Return the first name of what is set aside that does not exist."""
    new, number = path.with_name(f"{path.name}.set-aside"), 1
    while os.path.lexists(new):
        number += 1
        new = path.with_name(f"{path.name}.set-aside-{number}")
    return new
