"""The one file in a zip or gzip archive, unpacked in memory up to a bound."""

import gzip
import io
import zipfile
import zlib

from hierbench.errors import DataError
from hierbench.tables.content import BYTES_PER_MIB, MOST_BYTES, Content, bounded

__all__ = ["unpacked"]

GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
ENCRYPTED = 1
"""The bit among a member's flags."""


def unpacked(content: Content) -> bytes:
    """Return the bytes of the file in the archive, or those of `content` if it is no archive.

    Raises
    ------
    DataError
        The archive is damaged, holds another number of files than one, or unpacks to more than
        `MOST_BYTES`.
    """
    try:
        if content.data.startswith((ZIP, EMPTY_ZIP)):
            data = _unzipped(content)
        elif content.data.startswith(GZIP):
            with gzip.GzipFile(fileobj=io.BytesIO(content.data)) as file:
                data = bounded(file)
        else:
            return content.data
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as err:
        raise DataError(f"{content.path} is a damaged archive ({err}); make it anew") from err
    if data is None:
        raise _too_large(content)
    if data.startswith((ZIP, EMPTY_ZIP, GZIP)):
        raise DataError(
            f"{content.path} is an archive in an archive; one level is read; unpack it first"
        )
    return data


def _unzipped(content: Content) -> bytes | None:
    with zipfile.ZipFile(io.BytesIO(content.data)) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) != 1:
            raise DataError(
                f"{content.path} is a zip archive of {len(members)} files; a table's archive "
                "holds exactly one; save a spreadsheet as CSV, or unpack the archive and choose"
            )
        (member,) = members
        if member.flag_bits & ENCRYPTED:
            raise DataError(f"{content.path} has a password; unpack it first")
        # The other methods unpack without a bound.
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise DataError(
                f"{content.path} is not compressed by the usual method of zip (deflate); unpack "
                "it first"
            )
        if member.file_size > MOST_BYTES:
            raise _too_large(content)
        with archive.open(member) as file:
            return bounded(file)


def _too_large(content: Content) -> DataError:
    return DataError(
        f"{content.path} unpacks to more than {MOST_BYTES // BYTES_PER_MIB:,} MiB, the most that "
        "a table may have; keep only the columns and rows that the model uses"
    )
