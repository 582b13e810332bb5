"""The lists inside STATS_READY messages and gametime files: players, pauses, spawns. JSON in JSON, or already a list.

A list that was cut on its way, or holds what is no player, costs that list and nothing else.
"""

import re
from dataclasses import dataclass
from typing import Any

from shared.domain.errors import NotJson
from shared.domain.vocabulary import Side
from shared.parsers import lenient_json
from shared.parsers.notes import Notes

MOST_PLAYERS = 64
MOST_PAUSES = 1_000
LONGEST_NAME = 256
_SECOND_MS = 1_000
_PAUSES = re.compile(r"([0-9]{1,6})(?: *\(([0-9]{1,6})(?: *s(?:ec)?)?\))?")
_SUMMARY_NAMES = ("players", "spawns", "avgrespawn", "maxrespawn")


@dataclass(frozen=True, slots=True)
class ListedPlayer:
    """One of those connected at the end. `guid` in capitals, `name` as sent."""

    guid: str
    name: str
    side: Side


@dataclass(frozen=True, slots=True)
class ListedPause:
    """One finished pause."""

    number: int | None
    start_unix: int | None
    end_unix: int | None
    length_ms: int | None


@dataclass(frozen=True, slots=True)
class SpawnSummary:
    """The sender's one line about all players; for display only."""

    players: int | None
    spawns: int | None
    avg_respawn_ms: int | None
    max_respawn_ms: int | None


@dataclass(frozen=True, slots=True)
class SpawnStats:
    """One player's lives, sampled twice a second on a clock that runs on in pauses. `guid` in capitals."""

    guid: str
    name: str
    spawns: int | None
    deaths: int | None
    dead_ms: int | None
    avg_respawn_ms: int | None
    max_respawn_ms: int | None


def pause_totals(value: Any, pointer: str, notes: Notes) -> tuple[int | None, int | None]:
    """How many pauses, and how long together, of `2 (12 sec)` or of a bare count."""
    text = notes.text(value, pointer)
    if text is None:
        return None, None
    found = _PAUSES.fullmatch(text.strip())
    if found is None or int(found[1]) > MOST_PAUSES:
        notes.drop(pointer, "not_pauses", "a count is needed here, with seconds in parentheses")
        return None, None
    return int(found[1]), None if found[2] is None else int(found[2]) * _SECOND_MS


def pauses(value: Any, pointer: str, notes: Notes) -> tuple[ListedPause, ...] | None:
    """The finished pauses of `[{n, start, end, sec}]`."""
    items = _objects(value, pointer, MOST_PAUSES, notes)
    if items is None:
        return None
    return tuple(
        ListedPause(
            number=notes.whole(item.get("n"), f"{at}/n"),
            start_unix=notes.unix(item.get("start"), f"{at}/start"),
            end_unix=notes.unix(item.get("end"), f"{at}/end"),
            length_ms=notes.seconds_ms(item.get("sec"), f"{at}/sec"),
        )
        for at, item in items
    )


def roster(axis: tuple[Any, str], allies: tuple[Any, str], notes: Notes) -> tuple[ListedPlayer, ...] | None:
    """Both sides, or None: one side alone would look like a whole roster."""
    of_axis = _objects(*axis, MOST_PLAYERS, notes)
    of_allies = _objects(*allies, MOST_PLAYERS, notes)
    if of_axis is None or of_allies is None:
        return None
    listed = [(Side.AXIS, at, item) for at, item in of_axis] + [(Side.ALLIES, at, item) for at, item in of_allies]
    return tuple(ListedPlayer(*_identity(item, at, notes), side) for side, at, item in listed)


def spawn_stats(value: Any, pointer: str, notes: Notes) -> tuple[SpawnStats, ...] | None:
    """Every player of `[{guid, name, spawns, deaths, dead_seconds, avg_respawn, max_respawn}]`."""
    items = _objects(value, pointer, MOST_PLAYERS, notes)
    if items is None:
        return None
    return tuple(
        SpawnStats(
            *_identity(item, at, notes),
            spawns=notes.whole(item.get("spawns"), f"{at}/spawns"),
            deaths=notes.whole(item.get("deaths"), f"{at}/deaths"),
            dead_ms=notes.seconds_ms(item.get("dead_seconds"), f"{at}/dead_seconds"),
            avg_respawn_ms=notes.seconds_ms(item.get("avg_respawn"), f"{at}/avg_respawn"),
            max_respawn_ms=notes.seconds_ms(item.get("max_respawn"), f"{at}/max_respawn"),
        )
        for at, item in items
    )


def spawn_summary(value: Any, pointer: str, notes: Notes) -> SpawnSummary | None:
    """The figures of `Players:N | Spawns:N | AvgRespawn:Ns | MaxRespawn:Ns`."""
    text = notes.text(value, pointer)
    if text is None:
        return None
    parts = dict(part.split(":", 1) for part in text.lower().replace(" ", "").split("|") if ":" in part)
    if parts.keys().isdisjoint(_SUMMARY_NAMES):
        notes.drop(pointer, "not_a_summary", "`Players:N | Spawns:N | AvgRespawn:Ns | MaxRespawn:Ns` is needed here")
        return None
    return SpawnSummary(
        players=notes.whole(parts.get("players"), pointer),
        spawns=notes.whole(parts.get("spawns"), pointer),
        avg_respawn_ms=notes.seconds_ms(parts.get("avgrespawn"), pointer),
        max_respawn_ms=notes.seconds_ms(parts.get("maxrespawn"), pointer),
    )


def _identity(item: dict[str, Any], at: str, notes: Notes) -> tuple[str, str]:
    guid = notes.text(item.get("guid"), f"{at}/guid", LONGEST_NAME) or ""
    return guid.upper(), notes.text(item.get("name"), f"{at}/name", LONGEST_NAME) or ""


def _objects(value: Any, pointer: str, most: int, notes: Notes) -> list[tuple[str, dict[str, Any]]] | None:
    """The objects of a list with their pointers; None when there is no list, or not a whole one."""
    items = _unwrapped(value, pointer, notes)
    if items is None:
        return None
    if items == {}:  # a Lua table without entries may come as either
        items = []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        notes.drop(pointer, "not_a_list", "a list of objects is needed here")
        return None
    if len(items) > most:
        notes.drop(pointer, "too_long", f"more than {most} entries")
        return None
    return [(f"{pointer}/{number}", item) for number, item in enumerate(items)]


def _unwrapped(value: Any, pointer: str, notes: Notes) -> Any:
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    try:
        return lenient_json.parse(value.encode())
    except NotJson:
        notes.drop(pointer, "not_json", "JSON in text is needed here; this one is cut or was never whole")
        return None
