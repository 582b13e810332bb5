"""Bytes of a gametime file, which the game server keeps of a round in case its message is lost: what it says, or why not.

It is our own reporter's report, or an older script's message (`payload`) beside its times (`meta`). The payload is believed
for sides, the meta for times and lives; either may be JSON in text.
"""

import dataclasses
from typing import Any

from shared.domain.errors import NotJson
from shared.domain.vocabulary import Kind, ParseStatus, QuarantineReason
from shared.parsers import lenient_json, message_lists, round_report, stats_message
from shared.parsers.notes import Notes
from shared.parsers.problem import Problem
from shared.parsers.stats_message import MessageReading, StatsMessage

LARGEST_BYTES = 1_048_576
_META, _PAYLOAD = "/meta", "/payload"


def read(body: bytes) -> MessageReading | round_report.Reading:
    """Read one file; raises NotJson when it is not JSON at all (half written, say), and nothing else.

    A report of our own reporter is read as such. Any other is a message of kind `gametime_file`.
    """
    if len(body) > LARGEST_BYTES:
        return _quarantined(QuarantineReason.TOO_LARGE)
    tree = lenient_json.parse(body)
    if isinstance(tree, dict) and "schema_version" in tree:
        return round_report.read(body)
    reading = _read_tree(tree)
    return dataclasses.replace(reading, kind=Kind.GAMETIME_FILE, sanitised=not lenient_json.is_sound(body))


def _read_tree(tree: Any) -> MessageReading:
    payload, meta = (
        (_unwrapped(tree.get("payload")), _unwrapped(tree.get("meta"))) if isinstance(tree, dict) else (None,) * 2
    )
    told = stats_message.read_tree(payload)
    problems = tuple(dataclasses.replace(problem, pointer=_PAYLOAD + problem.pointer) for problem in told.problems)
    if told.message is None:
        if told.kind is not Kind.STATS_MESSAGE:
            problems = (Problem(_PAYLOAD, "no_round", "the payload tells of no round"),)
        return _quarantined(QuarantineReason.SCHEMA_VIOLATION, problems)
    notes = Notes()
    message = _with_meta(told.message, meta, notes)
    is_partial = ParseStatus.PARTIAL in (told.parse_status, notes.parse_status)
    return dataclasses.replace(
        told,
        message=message,
        problems=problems + notes.problems,
        parse_status=ParseStatus.PARTIAL if is_partial else ParseStatus.OK,
    )


def _quarantined(reason: QuarantineReason, problems: tuple[Problem, ...] = ()) -> MessageReading:
    return MessageReading(
        Kind.GAMETIME_FILE, parse_status=ParseStatus.FAILED, problems=problems, quarantine_reason=reason
    )


def _unwrapped(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return lenient_json.parse(value.encode())
    except NotJson:
        return None


def _with_meta(message: StatsMessage, meta: Any, notes: Notes) -> StatsMessage:
    """The message with whatever times and lives the meta tells."""
    if not isinstance(meta, dict):
        notes.drop(_META, "missing", "the times are told beside the message")
        return message
    start_unix, end_unix = notes.span_unix(_at(meta, "round_start_unix"), _at(meta, "round_end_unix"))
    told: dict[str, Any] = {
        "round_start_unix": start_unix,
        "round_end_unix": end_unix,
        "played_ms": notes.seconds_ms(*_at(meta, "actual_duration_seconds")),
        "warmup_ms": notes.seconds_ms(*_at(meta, "warmup_seconds")),
        "paused_ms": notes.seconds_ms(*_at(meta, "pause_seconds")),
        "pause_count": notes.whole(*_at(meta, "pause_count"), most=message_lists.MOST_PAUSES),
        "spawn_stats": message_lists.spawn_stats(*_at(meta, "spawn_stats"), notes),
    }
    return dataclasses.replace(message, **{name: value for name, value in told.items() if value is not None})


def _at(meta: dict[str, Any], name: str) -> tuple[Any, str]:
    return meta.get(name), f"{_META}/{name}"
