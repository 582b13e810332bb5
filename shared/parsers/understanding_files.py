"""Files that other programs of a game server wrote, and notices of them, understood: their names say which round. Pure."""

from dataclasses import replace

from shared.domain import fingerprint
from shared.domain.round_facts import RoundFacts, Stamp
from shared.domain.stamps import stamp
from shared.domain.vocabulary import ExitKind, Kind, QuarantineReason
from shared.parsers import endstats_file, file_name, filename_notice, proximity_header, stats_file, stats_file_facts
from shared.parsers.file_name import FileName, NameProblem
from shared.parsers.problem import Problem
from shared.parsers.understood import Origin, Reading, Understanding, quarantined, without_facts


def of_stats_file(content: bytes, origin: Origin) -> Understanding:
    """A stats file: its name tells when, its header the rest."""
    file = stats_file.read(content)
    understood = without_facts(Kind.STATS_FILE, file)
    if file.quarantine_reason is not None or file.header is None:
        return understood
    name = file_name.read(origin.filename or "")
    told = stats_file_facts.from_stats_file(file, name, origin.server_id, origin.time_zone, origin.received_at)
    source = file.header.round_time_source
    return replace(understood, facts=replace(told, counted=file.players), round_time_source=source)


def of_endstats_file(content: bytes, origin: Origin) -> Understanding:
    """A file of awards and duels."""
    reading = endstats_file.read(content)
    understood = _of_named(Kind.ENDSTATS_FILE, file_name.read(origin.filename or ""), origin, reading)
    return replace(understood, endstats=reading.file)


def of_filename_notice(content: bytes, origin: Origin) -> Understanding:
    """A notice that a file has been written."""
    reading = filename_notice.read(content)
    understood = _of_named(Kind.FILENAME_NOTICE, reading.file, origin, reading)
    name = reading.file.name if reading.file else None
    return replace(understood, names_file=name, is_chat_message=reading.is_chat_message)


def of_proximity_file(content: bytes, origin: Origin) -> Understanding:
    """A proximity tracker's file, of which the head is read."""
    reading = proximity_header.read(content)
    name = file_name.read(origin.filename or "")
    understood = replace(without_facts(Kind.PROXIMITY_FILE, reading), proximity=reading.header)
    if reading.header is None:
        return understood
    told = proximity_header.to_facts(reading.header, name, _stamp(name, origin), origin.server_id, origin.received_at)
    return replace(understood, facts=told) if told else _of_no_round(name)


def of_unknown_file(_content: bytes, origin: Origin) -> Understanding:
    """A file of a name that no format has."""
    return _of_no_round(file_name.read(origin.filename or ""))


def _of_named(kind: Kind, name: FileName | None, origin: Origin, reading: Reading) -> Understanding:
    """A file or notice of which only the name says which round it belongs to."""
    understood = without_facts(kind, reading)
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
    return quarantined(name.kind, QuarantineReason.UNKNOWN_KIND, [problem])


def _stamp(name: FileName, origin: Origin) -> Stamp | None:
    if name.round_date is None or name.round_time is None:
        return None
    return stamp(name.round_date, name.round_time, origin.time_zone, origin.received_at)
