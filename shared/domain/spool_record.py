"""One arrival as the spool keeps it while the database is away, in a form that shows whether all of it is there. Pure.

A segment of the spool is its head, which holds a mark, and records, each of which begins with that mark. The mark is made
for each segment and told to nobody: bytes that a sender chose can never pass for a record, not even where a damaged one
is skipped. Head and body of a record have checksums of their own, so that heads can be read without the bodies.
"""

import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from shared.domain.vocabulary import Kind, Outcome

MARK_BYTES = 16
_TITLE = b"roundwire spool 1\n"
_SEGMENT_HEAD = struct.Struct(f">{len(_TITLE)}s{MARK_BYTES}sI")
_FRAME = struct.Struct(f">{MARK_BYTES}sIIII")  # mark, lengths of head and body in bytes, their checksums


class Readable(Protocol):
    """A segment's bytes, wherever they are."""

    @property
    def size_bytes(self) -> int:
        """How many there are."""

    def read(self, at: int, length: int) -> bytes:
        """So many from there on, fewer at the end."""

    def find(self, mark: bytes, at: int) -> int | None:
        """Where these bytes come next, from there on."""


@dataclass(frozen=True, slots=True)
class SpoolHead:
    """What is known of a record besides its body.

    A delivery has a `kind` and the `server_id` whose it is. What was refused without being kept has no `kind`, and a
    greeting, which is no delivery, no `outcome`. `may_be_stored`: the database was lost while it was being written, so it
    may be there already.
    """

    spool_id: str
    received_at: datetime
    outcome: Outcome | None
    answer_code: int | None = None
    server_id: str | None = None
    kind: Kind | None = None
    filename: str | None = None
    headers: Mapping[str, str] | None = None
    remote_hash: str | None = None
    may_be_stored: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A record found in a segment: its head, which is sound, and where it lies."""

    head: SpoolHead
    begins_at: int
    body_at: int
    ends_at: int
    body_checksum: int

    def body(self, segment: Readable) -> bytes | None:
        """The verbatim bytes; None when they are not what was written."""
        body = segment.read(self.body_at, self.ends_at - self.body_at)
        return body if zlib.crc32(body) == self.body_checksum else None


def segment_head(mark: bytes) -> bytes:
    """What a segment begins with."""
    return _SEGMENT_HEAD.pack(_TITLE, mark, zlib.crc32(mark))


def framed(mark: bytes, head: SpoolHead, body: bytes) -> tuple[bytes, bytes]:
    """What is appended to the segment of this mark, in two pieces."""
    told = _encode(head)
    body_checksum = zlib.crc32(body)
    sealed = struct.pack(">III", len(told), len(body), body_checksum)
    frame = _FRAME.pack(mark, len(told), len(body), zlib.crc32(sealed + told), body_checksum)
    return frame + told, body


def mark_of(segment: Readable) -> bytes | None:
    """The mark of a segment; None while it has none. A damaged head is made good by the first record, which repeats it."""
    head = segment.read(0, _SEGMENT_HEAD.size)
    if len(head) == _SEGMENT_HEAD.size:
        title, mark, checksum = _SEGMENT_HEAD.unpack(head)
        if title == _TITLE and zlib.crc32(mark) == checksum:
            return bytes(mark)
    mark = segment.read(_SEGMENT_HEAD.size, MARK_BYTES)
    return mark if _entry_at(segment, mark, _SEGMENT_HEAD.size) else None


def entries(segment: Readable, mark: bytes, begin_at: int | None = None) -> Iterator[Entry]:
    """Every whole record in the order of writing, from there on. Damage is skipped: an entry that does not begin where the
    one before ended tells of it. What follows the last one is a record torn while it was written, or still being written.
    """
    at: int | None = _SEGMENT_HEAD.size if begin_at is None else begin_at
    while at is not None and at < segment.size_bytes:
        entry = _entry_at(segment, mark, at)
        if entry is None:
            at = segment.find(mark, at + 1)
            continue
        yield entry
        at = entry.ends_at


def first_record_at() -> int:
    """Where the first record of a segment begins."""
    return _SEGMENT_HEAD.size


def _entry_at(segment: Readable, mark: bytes, at: int) -> Entry | None:
    frame = segment.read(at, _FRAME.size)
    if len(frame) < _FRAME.size or not frame.startswith(mark):
        return None
    _mark, head_length, body_length, head_checksum, body_checksum = _FRAME.unpack(frame)
    body_at = at + _FRAME.size + head_length
    if body_at + body_length > segment.size_bytes:
        return None
    told = segment.read(at + _FRAME.size, head_length)
    if zlib.crc32(struct.pack(">III", head_length, body_length, body_checksum) + told) != head_checksum:
        return None
    return Entry(_decode(told), at, body_at, body_at + body_length, body_checksum)


def _encode(head: SpoolHead) -> bytes:
    told: dict[str, Any] = {
        "spool_id": head.spool_id,
        "received_at": head.received_at.isoformat(),
        "outcome": head.outcome,
        "answer_code": head.answer_code,
        "server_id": head.server_id,
        "kind": head.kind,
        "filename": head.filename,
        "headers": None if head.headers is None else dict(head.headers),
        "remote_hash": head.remote_hash,
        "may_be_stored": head.may_be_stored,
    }
    return json.dumps({name: value for name, value in told.items() if value not in (None, False)}).encode()


def _decode(told: bytes) -> SpoolHead:
    known = json.loads(told)
    return SpoolHead(
        **known
        | {
            "received_at": datetime.fromisoformat(known["received_at"]),
            "outcome": Outcome(known["outcome"]) if "outcome" in known else None,
            "kind": Kind(known["kind"]) if "kind" in known else None,
        }
    )
