"""What reading one delivery comes to, whatever its format: the form that all readers' results are brought into. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Protocol

from shared.domain.round_facts import RoundFacts
from shared.domain.vocabulary import Kind, ParseStatus, QuarantineReason
from shared.parsers.endstats_file import EndstatsFile
from shared.parsers.problem import Problem
from shared.parsers.proximity_header import ProximityHeader
from shared.parsers.stats_header import TimeSource
from shared.parsers.suite_log import LogEntry

Notes = dict[str, Any]
_SIDE_FIELD = re.compile(r"(winner|defender)[^/]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a delivery came from: the server its token named, the zone of that server's file stamps, when it came,
    and under which name when it is a file.
    """

    server_id: str
    received_at: datetime
    filename: str | None = None
    time_zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a delivery says. `facts` None: it tells of no round, or, with a `quarantine_reason`, nobody can say of which.

    `notes`: fields that were dropped or not known, None when there is nothing to say. `is_chat_message`: it was posted as
    to a chat, which gives messages ids. `names_file`: the file that a notice is about. `round_time_source`: which field of
    a stats file's header tells how long the round took. `endstats`, `proximity`, `timeline`: what only those kinds tell.
    """

    kind: Kind
    facts: RoundFacts | None
    parse_status: ParseStatus = ParseStatus.OK
    notes: Notes | None = None
    quarantine_reason: QuarantineReason | None = None
    event_id: str | None = None
    sequence: int | None = None
    attempt: int | None = None
    own_files: frozenset[str] = frozenset()
    is_chat_message: bool = False
    names_file: str | None = None
    round_time_source: TimeSource | None = None
    endstats: EndstatsFile | None = None
    proximity: ProximityHeader | None = None
    timeline: tuple[LogEntry, ...] = ()

    @property
    def has_unreadable_side(self) -> bool:
        """Whether it told a winner or a defender that is no side."""
        problems = (self.notes or {}).get("problems", ())
        return any(_SIDE_FIELD.search(problem["pointer"]) for problem in problems)


class Reading(Protocol):
    """What every reader's result has: how well it went."""

    @property
    def parse_status(self) -> ParseStatus: ...  # noqa: D102
    @property
    def problems(self) -> tuple[Problem, ...]: ...  # noqa: D102
    @property
    def quarantine_reason(self) -> QuarantineReason | None: ...  # noqa: D102


def without_facts(kind: Kind, reading: Reading) -> Understanding:
    """What reading a delivery left to say, whatever it says of a round."""
    return Understanding(
        kind=kind,
        facts=None,
        parse_status=reading.parse_status,
        notes=notes_of(reading.problems, reading.quarantine_reason),
        quarantine_reason=reading.quarantine_reason,
    )


def quarantined(kind: Kind, reason: QuarantineReason, problems: Iterable[Problem] = ()) -> Understanding:
    """Nobody can say what a delivery tells; it waits until somebody can."""
    return Understanding(kind, None, ParseStatus.FAILED, notes_of(problems, reason), reason)


def notes_of(
    problems: Iterable[Problem],
    quarantine_reason: QuarantineReason | None,
    unknown_fields: Sequence[str] = (),
    *,
    sanitised: bool = False,
) -> Notes | None:
    """Notes as they are stored; None when there is nothing to say."""
    notes: Notes = {
        "problems": [asdict(problem) for problem in problems],
        "unknown_fields": list(unknown_fields),
        "sanitised": sanitised,
        "quarantine_reason": quarantine_reason,
    }
    return {name: value for name, value in notes.items() if value} or None
