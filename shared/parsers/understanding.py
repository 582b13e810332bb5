"""One delivery understood: whatever its format, what it tells of which round, and what reading it left to say. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Any, Protocol

from shared.domain import fingerprint
from shared.domain.errors import NotJson
from shared.domain.round_facts import RoundFacts, Stamp
from shared.domain.stamps import stamp
from shared.domain.vocabulary import ExitKind, Kind, ParseStatus, QuarantineReason
from shared.parsers import (
    endstats_file,
    file_name,
    filename_notice,
    gametime_file,
    proximity_header,
    report_facts,
    round_report,
    stats_file,
    stats_file_facts,
    stats_message,
    stats_message_facts,
    suite_submit,
    suite_submit_facts,
    timing_line,
)
from shared.parsers.file_name import FileName, NameProblem
from shared.parsers.problem import Problem
from shared.parsers.stats_message import MessageReading

Notes = dict[str, Any]


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

    `notes`: fields that were dropped or not known, None when there is nothing to say.
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


class Reading(Protocol):
    """What every reader's result has: how well it went."""

    @property
    def parse_status(self) -> ParseStatus: ...  # noqa: D102
    @property
    def problems(self) -> tuple[Problem, ...]: ...  # noqa: D102
    @property
    def quarantine_reason(self) -> QuarantineReason | None: ...  # noqa: D102


Reader = Callable[[bytes, Origin], Understanding]


def understand(kind: Kind, content: bytes, origin: Origin) -> Understanding:
    """Read one delivery, already inflated; raises NotJson for a message that ought to be JSON and is none, and nothing else.

    A file that ought to be JSON and is none may be half written: it waits in quarantine.
    """
    reader = _READERS.get(kind)
    if reader is None:
        return Understanding(kind, None)
    try:
        return reader(content, origin)
    except NotJson:
        if origin.filename is None:
            raise
        reason = QuarantineReason.MALFORMED_JSON
        return Understanding(kind, None, ParseStatus.FAILED, _notes((), reason), reason)


def _round_report(content: bytes, origin: Origin) -> Understanding:
    return _of_report(round_report.read(content), Kind.ROUND_REPORT, origin)


def _of_report(reading: round_report.Reading, kind: Kind, origin: Origin) -> Understanding:
    report = reading.report
    unknown = list(reading.unknown_fields)
    understood = Understanding(
        kind=kind,
        facts=None,
        parse_status=reading.parse_status,
        notes=_notes(reading.problems, reading.quarantine_reason, unknown, sanitised=reading.sanitised),
        quarantine_reason=reading.quarantine_reason,
    )
    if report is None:
        return understood
    return replace(
        understood,
        facts=replace(report_facts.from_report(report, origin.server_id, origin.received_at), kind=kind),
        event_id=report.event_id if kind is Kind.ROUND_REPORT else None,
        sequence=report.sequence,
        attempt=report.attempt,
        own_files=frozenset(report.files or ()),
    )


def _stats_message(content: bytes, origin: Origin) -> Understanding:
    return _of_message(stats_message.read(content), Kind.STATS_MESSAGE, origin)


def _gametime_file(content: bytes, origin: Origin) -> Understanding:
    name = file_name.read(origin.filename or "")
    if name.round_date is not None and name.map_name is not None and name.round_number is not None:
        return _of_message(timing_line.read(content, name.map_name, name.round_number), Kind.GAMETIME_FILE, origin)
    reading = gametime_file.read(content)
    if isinstance(reading, round_report.Reading):
        return _of_report(reading, Kind.GAMETIME_FILE, origin)
    return _of_message(reading, Kind.GAMETIME_FILE, origin)


def _of_message(reading: MessageReading, kind: Kind, origin: Origin) -> Understanding:
    message = reading.message
    return Understanding(
        kind=kind,
        facts=None
        if message is None
        else stats_message_facts.from_message(message, origin.server_id, origin.received_at, kind=kind),
        parse_status=reading.parse_status,
        notes=_notes(reading.problems, reading.quarantine_reason, sanitised=reading.sanitised),
        quarantine_reason=reading.quarantine_reason,
    )


def _suite_json(content: bytes, origin: Origin) -> Understanding:
    reading = suite_submit.read([content])
    understood, submit = _without_facts(Kind.SUITE_JSON, reading), reading.submit
    if submit is None:
        return understood
    told = suite_submit_facts.from_submit(submit, origin.server_id, origin.received_at)
    return replace(understood, facts=replace(told, counted=submit.stats()))


def _stats_file(content: bytes, origin: Origin) -> Understanding:
    file = stats_file.read(content)
    understood = _without_facts(Kind.STATS_FILE, file)
    if file.quarantine_reason is not None:
        return understood
    name = file_name.read(origin.filename or "")
    told = stats_file_facts.from_stats_file(file, name, origin.server_id, origin.time_zone, origin.received_at)
    return replace(understood, facts=replace(told, counted=file.players))


def _endstats_file(content: bytes, origin: Origin) -> Understanding:
    reading = endstats_file.read(content)
    return _of_named(Kind.ENDSTATS_FILE, file_name.read(origin.filename or ""), origin, reading)


def _filename_notice(content: bytes, origin: Origin) -> Understanding:
    reading = filename_notice.read(content)
    return _of_named(Kind.FILENAME_NOTICE, reading.file, origin, reading)


def _proximity_file(content: bytes, origin: Origin) -> Understanding:
    reading = proximity_header.read(content)
    name = file_name.read(origin.filename or "")
    if reading.header is None:
        return _without_facts(Kind.PROXIMITY_FILE, reading)
    told = proximity_header.to_facts(reading.header, name, _stamp(name, origin), origin.server_id, origin.received_at)
    return replace(_without_facts(Kind.PROXIMITY_FILE, reading), facts=told) if told else _of_no_round(name)


def _of_named(kind: Kind, name: FileName | None, origin: Origin, reading: Reading) -> Understanding:
    """A file or notice of which only the name says which round it belongs to."""
    understood = _without_facts(kind, reading)
    if name is None or understood.quarantine_reason is not None:
        return understood
    if name.map_name is None or name.round_number is None or name.problem is not None:
        return _of_no_round(name)
    facts = RoundFacts(
        server_id=origin.server_id,
        map_name=fingerprint.map_name(name.map_name),
        round_number=name.round_number,
        round_start_unix=None,
        round_end_unix=name.round_end_unix,
        exit_kind=ExitKind.UNKNOWN,
        has_exit_line=False,
        kind=kind,
        stamp=_stamp(name, origin),
    )
    return replace(understood, facts=facts)


def _of_no_round(name: FileName) -> Understanding:
    problem = Problem("/filename", name.problem or NameProblem.UNKNOWN_FORMAT, "the name tells of no round")
    reason = QuarantineReason.UNKNOWN_KIND
    return Understanding(name.kind, None, ParseStatus.FAILED, _notes([problem], reason), reason)


def _stamp(name: FileName, origin: Origin) -> Stamp | None:
    if name.round_date is None or name.round_time is None:
        return None
    return stamp(name.round_date, name.round_time, origin.time_zone, origin.received_at)


def _without_facts(kind: Kind, reading: Reading) -> Understanding:
    """What reading a delivery left to say, whatever it says of a round."""
    return Understanding(
        kind=kind,
        facts=None,
        parse_status=reading.parse_status,
        notes=_notes(reading.problems, reading.quarantine_reason),
        quarantine_reason=reading.quarantine_reason,
    )


def _notes(
    problems: Iterable[Problem],
    quarantine_reason: QuarantineReason | None,
    unknown_fields: Sequence[str] = (),
    *,
    sanitised: bool = False,
) -> Notes | None:
    notes: Notes = {
        "problems": [asdict(problem) for problem in problems],
        "unknown_fields": list(unknown_fields),
        "sanitised": sanitised,
        "quarantine_reason": quarantine_reason,
    }
    return {name: value for name, value in notes.items() if value} or None


_READERS: Mapping[Kind, Reader] = {
    Kind.ROUND_REPORT: _round_report,
    Kind.STATS_MESSAGE: _stats_message,
    Kind.SUITE_JSON: _suite_json,
    Kind.GAMETIME_FILE: _gametime_file,
    Kind.STATS_FILE: _stats_file,
    Kind.ENDSTATS_FILE: _endstats_file,
    Kind.PROXIMITY_FILE: _proximity_file,
    Kind.FILENAME_NOTICE: _filename_notice,
    Kind.UNKNOWN_FILE: lambda _content, origin: _of_no_round(file_name.read(origin.filename or "")),
}
