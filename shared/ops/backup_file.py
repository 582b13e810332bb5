"""A backup in one file: a zip archive whose last entry tells the length and checksum of every other one.

A file that was torn or changed is known as such before anything is done with it. Only whole files ever carry the name that
was asked for, and only their owner may read them: rounds, addresses and the hashes of tokens are in there.
"""

import hashlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shared.ops.errors import BackupError

FORMAT = 1
_CONTENTS = "contents.json"
_PIECE_BYTES = 1 << 20
_LARGEST_CONTENTS_BYTES = 64 * 1024 * 1024
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*")


class BackupWriter:
    """A backup being written; entries are given one after the other."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._entries: dict[str, dict[str, Any]] = {}

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """One entry, of any length."""
        digest, byte_count = hashlib.sha256(), 0
        with self._archive.open(name, "w", force_zip64=True) as entry:
            for piece in pieces:
                entry.write(piece)
                digest.update(piece)
                byte_count += len(piece)
        self._entries[name] = {"bytes": byte_count, "sha256": digest.hexdigest()}

    def finish(self, facts: Mapping[str, Any]) -> None:
        """The last entry: what the others are, and whatever a reader must know of them."""
        contents = {"format": FORMAT, **facts, "entries": self._entries}
        self._archive.writestr(_CONTENTS, json.dumps(contents, indent=1))


class BackupReader:
    """A backup that was found whole."""

    def __init__(self, archive: zipfile.ZipFile, contents: dict[str, Any]) -> None:
        self._archive = archive
        self.facts = contents
        self.names: tuple[str, ...] = tuple(contents["entries"])

    def pieces(self, name: str) -> Iterator[bytes]:
        """An entry's bytes."""
        with self._archive.open(name) as entry:
            while piece := entry.read(_PIECE_BYTES):
                yield piece


@contextmanager
def written_backup(file: Path) -> Iterator[BackupWriter]:
    """A new backup, which gets its name when the block ends well. Raises BackupError; an existing file is left alone."""
    if file.exists():
        raise BackupError(f"{file} exists already; name another file.")
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
                    yield BackupWriter(archive)
                stream.flush()
                os.fsync(stream.fileno())
            unfinished.rename(file)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise BackupError(f"{file} cannot be written: {error.strerror}.") from error


@contextmanager
def opened_backup(file: Path) -> Iterator[BackupReader]:
    """A backup, looked through from end to end before it is answered. Raises BackupError for anything but a whole one."""
    try:
        with zipfile.ZipFile(file) as archive:
            reader = BackupReader(archive, _contents(archive))
            for name in reader.names:
                _check(reader, name)
            yield reader
    except OSError as error:
        raise BackupError(f"{file} cannot be read: {error.strerror or error}.") from error
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, EOFError) as error:
        raise BackupError(f"{file} is no whole backup; nothing was changed.") from error


def _contents(archive: zipfile.ZipFile) -> dict[str, Any]:
    with archive.open(_CONTENTS) as entry:
        contents = json.loads(entry.read(_LARGEST_CONTENTS_BYTES))
    if contents["format"] != FORMAT:
        raise ValueError("a format of another version")
    return dict(contents)


def _check(reader: BackupReader, name: str) -> None:
    told, digest, byte_count = reader.facts["entries"][name], hashlib.sha256(), 0
    if not _PLAIN_NAME.fullmatch(name):
        raise ValueError("an entry that would lie anywhere")
    for piece in reader.pieces(name):
        digest.update(piece)
        byte_count += len(piece)
    if (byte_count, digest.hexdigest()) != (told["bytes"], told["sha256"]):
        raise ValueError("an entry that is not what was written")
