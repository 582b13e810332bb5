"""Which files are shipped, and under which name. Pure."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

KNOWN_FORMATS = ("*-round-*.txt", "gametime-*.json", "*analysis.json")
LONGEST_NAME = 255


class Unsendable(ValueError):
    """A name that no service takes; the message says why."""


def is_wanted(file_name: str, patterns: Sequence[str]) -> bool:
    """Does a pattern name this file? Hidden files are never wanted: that is where writers prepare theirs."""
    return not file_name.startswith(".") and any(fnmatchcase(file_name, pattern) for pattern in patterns)


def upload_name(file_name: str) -> str:
    """The name a file is sent under. Old writers put their folder into the name with a backslash; that is taken off.

    `file_name` as the file system gave it, bytes that are no UTF-8 as lone surrogates. Raises Unsendable.
    """
    name = file_name.rpartition("\\")[2]
    if not name.isprintable():
        raise Unsendable("its name holds bytes that are no printable text")
    if not name or name.startswith(".") or ".." in name or "/" in name:
        raise Unsendable("its name is not that of a plain file")
    if len(name) > LONGEST_NAME:
        raise Unsendable(f"its name is longer than {LONGEST_NAME} characters")
    return name
