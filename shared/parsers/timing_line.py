"""Bytes of a `-timing.txt` file, one line of times and sides: `key=value` pairs, or a JSON object of the same keys.

Map and round number stand in the file's name alone.
"""

from typing import Any

from shared.domain.vocabulary import Kind, ParseStatus, QuarantineReason
from shared.parsers import lenient_json, message_lists
from shared.parsers.notes import Notes
from shared.parsers.stats_message import MessageReading, StatsMessage

LARGEST_BYTES = 65_536
_KEYS = {
    "played": ("playtime", "lua_playtime_seconds"),
    "warmup": ("warmup", "warmup_seconds"),
    "pause_count": ("pauses", "pause_count"),
    "paused": ("pause_seconds", "total_pause_seconds"),
    "winner": ("winner", "winner_team"),
    "defender": ("defender", "defender_team"),
    "start": ("round_start_unix",),
    "end": ("round_end_unix",),
    "end_reason": ("end_reason",),
}


def read(body: bytes, map_name: str, round_number: int) -> MessageReading:
    """Read one file of this map and round (1 or 2); raises NotJson when it begins as JSON and is none, and nothing else."""
    if len(body) > LARGEST_BYTES:
        return _quarantined(Notes(), QuarantineReason.TOO_LARGE)
    text = body.decode("utf-8-sig", errors="replace").strip().strip("\0")
    if not text:
        return _quarantined(Notes(), QuarantineReason.EMPTY)
    notes = Notes()
    values = lenient_json.parse(body) if text.startswith(("{", "[")) else _pairs(text, notes)
    if not isinstance(values, dict) or values.keys().isdisjoint(key for keys in _KEYS.values() for key in keys):
        notes.drop("", "no_times", "none of the known keys is told")
        return _quarantined(notes, QuarantineReason.SCHEMA_VIOLATION)
    return _reading(values, map_name, round_number, notes)


def _quarantined(notes: Notes, reason: QuarantineReason) -> MessageReading:
    return MessageReading(
        Kind.GAMETIME_FILE, parse_status=ParseStatus.FAILED, problems=notes.problems, quarantine_reason=reason
    )


def _pairs(text: str, notes: Notes) -> dict[str, str]:
    """Of a key that stands twice the first value counts."""
    values: dict[str, str] = {}
    for number, token in enumerate(text.split()):
        key, sign, value = token.partition("=")
        if sign:
            values.setdefault(key.lower(), value)
        else:
            notes.drop(f"/{number}", "no_pair", "`key=value` is needed here")
    return values


def _reading(values: dict[str, Any], map_name: str, round_number: int, notes: Notes) -> MessageReading:
    at = {name: _first(values, keys) for name, keys in _KEYS.items()}
    start_unix, end_unix = notes.span_unix(at["start"], at["end"])
    message = StatsMessage(
        map_name=map_name,
        round_number=round_number,
        winner=notes.side(*at["winner"]),
        defender=notes.side(*at["defender"]),
        played_ms=notes.seconds_ms(*at["played"]),
        pause_count=notes.whole(*at["pause_count"], most=message_lists.MOST_PAUSES),
        paused_ms=notes.seconds_ms(*at["paused"]),
        end_reason=notes.text(*at["end_reason"]),
        warmup_ms=notes.seconds_ms(*at["warmup"]),
        round_start_unix=start_unix,
        round_end_unix=end_unix,
    )
    return MessageReading(Kind.GAMETIME_FILE, message, notes.parse_status, notes.problems)


def _first(values: dict[str, Any], keys: tuple[str, ...]) -> tuple[Any, str]:
    key = next((key for key in keys if key in values), keys[0])
    return values.get(key), f"/{key}"
