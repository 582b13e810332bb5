"""What is known of one file: how it looked, and what became of what it held then."""

from dataclasses import dataclass
from enum import StrEnum


class FileOutcome(StrEnum):
    """What became of a file's content."""

    TAKEN = "taken"
    REFUSED = "refused"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Stamp:
    """How a file looked: another stamp means that it may hold other bytes."""

    size_bytes: int
    modified_ns: int
    changed_ns: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the checkpoint. path: absolute. stamp: how the file looked when this became of it.

    content_sha256: of the content the outcome is about, None when it was not read to its end. attempts: of this content.
    status: of the last answer, None without one. answer: of a refusal or a quarantine, or why there was none; else "".
    """

    path: str
    stamp: Stamp
    outcome: FileOutcome
    content_sha256: str | None
    attempts: int
    next_attempt_unix: float | None
    status: int | None
    answer: str
    noted_unix: float
