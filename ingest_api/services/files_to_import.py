"""Which files of some folders are evidence of rounds, and in which order they came to be."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from shared.domain.stamps import stamp
from shared.domain.vocabulary import Kind
from shared.parsers import file_name
from shared.parsers.file_name import FileName


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file of a known kind. `near_unix`: the end of its round as its name tells, None when it does not."""

    path: Path
    kind: Kind
    near_unix: int | None


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """The files of known kinds, oldest first, and how many others lay between them."""

    files: tuple[FoundFile, ...]
    other_count: int


def find_files(folders: Iterable[Path], time_zone: tzinfo, now: datetime) -> FoundFiles:
    """Look through the folders and all below them. `time_zone`: of the stamps in the names."""
    found: dict[Path, FoundFile] = {}
    other_count = 0
    for path in _plain_files(folders):
        name = file_name.read(path.name)
        if name.kind is Kind.UNKNOWN_FILE:
            other_count += 1
        else:
            found[path] = FoundFile(path, name.kind, _near_unix(name, time_zone, now))
    return FoundFiles(tuple(sorted(found.values(), key=_age)), other_count)


def _plain_files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        if folder.is_file():
            yield folder
        else:
            yield from (path for path in folder.rglob("*") if path.is_file())


def _near_unix(name: FileName, time_zone: tzinfo, now: datetime) -> int | None:
    if name.round_date is None or name.round_time is None:
        return name.round_end_unix
    ends = stamp(name.round_date, name.round_time, time_zone, now).ends_unix
    return ends[0] if ends else None


def _age(file: FoundFile) -> tuple[bool, int, str, str]:
    """What tells no time comes last: whatever it belongs to is there by then."""
    return (file.near_unix is None, file.near_unix or 0, file.path.name, str(file.path))
