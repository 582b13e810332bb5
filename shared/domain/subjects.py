"""What somebody may mean by a word who asks why: a fingerprint, match, round, delivery or file. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_ID = re.compile(r"(?:(round|delivery):)?([0-9]{1,18})")


class SubjectKind(StrEnum):
    """What a subject names."""

    FINGERPRINT = "fingerprint"
    MATCH = "match"
    ROUND = "round"
    DELIVERY = "delivery"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Subject:
    """One reading of a word. `name`: of a round or delivery its id in decimal."""

    kind: SubjectKind
    name: str


def meanings(word: str) -> Iterator[Subject]:
    """What a word may mean, the likeliest first. A bare number is a round."""
    if word.startswith("rf1:"):
        yield Subject(SubjectKind.FINGERPRINT, word)
    elif word.startswith("m1:"):
        yield Subject(SubjectKind.MATCH, word)
    elif found := _ID.fullmatch(word):
        kind, number = found.groups()
        yield Subject(SubjectKind(kind or SubjectKind.ROUND), number)
    yield Subject(SubjectKind.FILE, word)
