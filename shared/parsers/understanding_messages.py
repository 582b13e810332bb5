"""What game servers say themselves, understood: our reporter's report, older messages, the JSON suite, gametime files. Pure.

Of a gametime file the content may have any of the first two forms, or one of its own.
"""

from dataclasses import replace

from shared.domain import fingerprint
from shared.domain.known_maps import BASE_LIMITS_MS
from shared.domain.vocabulary import Kind
from shared.parsers import (
    file_name,
    gametime_file,
    report_facts,
    round_report,
    stats_message,
    stats_message_facts,
    suite_submit,
    suite_submit_facts,
    timing_line,
)
from shared.parsers.stats_message import MessageReading
from shared.parsers.understood import Origin, Understanding, notes_of, without_facts


def of_round_report(content: bytes, origin: Origin) -> Understanding:
    """Our reporter's own report."""
    return _of_report(round_report.read(content), Kind.ROUND_REPORT, origin)


def of_stats_message(content: bytes, origin: Origin) -> Understanding:
    """A message as older scripts post it to a chat."""
    return replace(_of_message(stats_message.read(content), Kind.STATS_MESSAGE, origin), is_chat_message=True)


def of_gametime_file(content: bytes, origin: Origin) -> Understanding:
    """One of the three forms of a file that tells of a round's end."""
    name = file_name.read(origin.filename or "")
    if name.round_date is not None and name.map_name is not None and name.round_number is not None:
        return _of_message(timing_line.read(content, name.map_name, name.round_number), Kind.GAMETIME_FILE, origin)
    reading = gametime_file.read(content)
    if isinstance(reading, round_report.Reading):
        return _of_report(reading, Kind.GAMETIME_FILE, origin)
    return _of_message(reading, Kind.GAMETIME_FILE, origin)


def of_suite_json(content: bytes, origin: Origin) -> Understanding:
    """A submit of the JSON stats suite."""
    reading = suite_submit.read([content])
    understood, submit = without_facts(Kind.SUITE_JSON, reading), reading.submit
    if submit is None:
        return understood
    told = suite_submit_facts.from_submit(submit, origin.server_id, origin.received_at)
    return replace(understood, facts=replace(told, counted=submit.stats()), timeline=submit.timeline)


def _of_report(reading: round_report.Reading, kind: Kind, origin: Origin) -> Understanding:
    report = reading.report
    unknown = list(reading.unknown_fields)
    understood = replace(
        without_facts(kind, reading),
        notes=notes_of(reading.problems, reading.quarantine_reason, unknown, sanitised=reading.sanitised),
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


def _of_message(reading: MessageReading, kind: Kind, origin: Origin) -> Understanding:
    message = reading.message
    facts = None
    if message is not None:
        base_limit_ms = BASE_LIMITS_MS.get(fingerprint.map_name(message.map_name))
        facts = stats_message_facts.from_message(message, origin.server_id, origin.received_at, base_limit_ms, kind)
    notes = notes_of(reading.problems, reading.quarantine_reason, sanitised=reading.sanitised)
    return replace(without_facts(kind, reading), facts=facts, notes=notes)
