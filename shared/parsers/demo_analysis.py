"""An analysis of a recorded demo: what tells which rounds it holds. Its kills and highlights are passed over here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.domain.vocabulary import ParseStatus, QuarantineReason, Side
from shared.parsers.json_stream import JsonStream
from shared.parsers.notes import Notes
from shared.parsers.problem import Problem

SUPPORTED_MAJOR = "1"
MOST_ROUNDS = 64
MOST_PLAYERS = 256
LONGEST_MAP_NAME = 64
_DATE = re.compile(r"(?<![0-9])([0-9]{4})[-_]([0-9]{2})[-_]([0-9]{2})(?![0-9])")


@dataclass(frozen=True, slots=True)
class DemoRound:
    """One round of a demo, on the demo's own clock of absolute server time. `scores`: first and second place."""

    start_ms: int | None
    end_ms: int | None
    duration_ms: int | None
    winner: Side | None
    scores: tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class DemoAnalysis:
    """What tells which rounds a demo holds. Players are known by name alone; `filename_date` is `YYYY-MM-DD`."""

    filename: str | None
    filename_date: str | None
    map_name: str
    rounds: tuple[DemoRound, ...]
    player_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnalysisReading:
    """What a delivery says. `analysis` is None exactly when `quarantine_reason` is set."""

    analysis: DemoAnalysis | None
    parse_status: ParseStatus
    problems: tuple[Problem, ...] = ()
    quarantine_reason: QuarantineReason | None = None


def read(chunks: Iterable[bytes]) -> AnalysisReading:
    """Read one analysis in chunks of any size; raises NotJson, whatever the chunks raise, and nothing else."""
    stream, notes = JsonStream(chunks), Notes()
    names: tuple[str, ...] = ()
    told: dict[str, Any] = {}
    if not stream.opens("{"):
        stream.skip()
    else:
        for member in stream.members():
            if member in ("schema_version", "metadata"):
                told[member] = stream.value()
            elif member == "players" and stream.opens("["):
                names = _names(stream, notes)
            else:
                stream.skip()
    stream.end()
    return _reading(told, names, notes)


def _reading(told: dict[str, Any], names: tuple[str, ...], notes: Notes) -> AnalysisReading:
    version = notes.text(told.get("schema_version"), "/schema_version")
    if version is not None and version.partition(".")[0] != SUPPORTED_MAJOR:
        notes.drop("/schema_version", "unsupported", f"version {SUPPORTED_MAJOR} is read here")
        return _quarantined(notes, QuarantineReason.UNSUPPORTED_VERSION)
    metadata = told.get("metadata")
    known = metadata if isinstance(metadata, dict) else {}
    map_name = notes.text(known.get("map"), "/metadata/map", LONGEST_MAP_NAME)
    if map_name is None:
        notes.drop("/metadata/map", "no_map", "an analysis needs its map")
        return _quarantined(notes, QuarantineReason.SCHEMA_VIOLATION)
    filename = notes.text(known.get("filename"), "/metadata/filename")
    analysis = DemoAnalysis(filename, _date(filename), map_name, _rounds(known.get("rounds"), notes), names)
    return AnalysisReading(analysis, notes.parse_status, notes.problems)


def _quarantined(notes: Notes, reason: QuarantineReason) -> AnalysisReading:
    return AnalysisReading(None, ParseStatus.FAILED, notes.problems, reason)


def _names(stream: JsonStream, notes: Notes) -> tuple[str, ...]:
    """Whoever has a name; those without are nobody that can be found again."""
    names: list[str] = []
    for number, _ in enumerate(stream.entries()):
        player = stream.value()
        name = notes.text(player.get("name"), f"/players/{number}/name") if isinstance(player, dict) else None
        if name is not None and len(names) < MOST_PLAYERS:
            names.append(name)
    return tuple(names)


def _date(filename: str | None) -> str | None:
    found = _DATE.search(filename or "")
    try:
        return date(*map(int, found.groups())).isoformat() if found else None
    except ValueError:
        return None


def _rounds(value: Any, notes: Notes) -> tuple[DemoRound, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > MOST_ROUNDS:
        notes.drop("/metadata/rounds", "not_rounds", f"a list of at most {MOST_ROUNDS} rounds is needed here")
        return ()
    return tuple(_round(item, f"/metadata/rounds/{number}", notes) for number, item in enumerate(value))


def _round(item: Any, at: str, notes: Notes) -> DemoRound:
    told = item if isinstance(item, dict) else {}
    first, second = (
        notes.whole(told.get(name, told.get(other)), f"{at}/{name}")
        for name, other in (("first_place_score", "firstPlaceScore"), ("second_place_score", "secondPlaceScore"))
    )
    return DemoRound(
        start_ms=notes.whole(told.get("start_ms"), f"{at}/start_ms"),
        end_ms=notes.whole(told.get("end_ms"), f"{at}/end_ms"),
        duration_ms=notes.whole(told.get("duration_ms"), f"{at}/duration_ms") or None,
        winner=notes.side(told.get("winner"), f"{at}/winner"),
        scores=(first, second),
    )
