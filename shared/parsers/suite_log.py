"""The JSON stats suite's log of a round, entry by entry: kills, revives and objectives are kept, the rest is counted. Pure.

Damage, shots and chat are most of a log and stay in the delivery.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from shared.parsers.json_stream import JsonStream
from shared.parsers.lenient_json import storable
from shared.parsers.notes import Notes
from shared.parsers.suite_text import guid_of, unescaped

MOST_KEPT = 20_000
MOST_LABELS = 100
LONGEST_DETAIL = 256
_EARLIEST_UNIX_MS = 1_577_836_800_000  # 2020-01-01
_LATEST_UNIX_MS = 2**43


class LogEntry(NamedTuple):
    """One thing that happened. `at_unix_ms` None: before the round went live, or not told.

    `player_guid` did it (killer, medic, engineer), `other_guid` suffered it or was helped; both in capitals.
    """

    at_unix_ms: int | None
    label: str
    player_guid: str | None
    other_guid: str | None
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Kept:
    """Who did it, to whom, and what else is kept of one label."""

    player: str
    other: str
    details: tuple[str, ...]


_KILL = _Kept(
    "killer",
    "victim",
    tuple(
        "weapon killer_health killer_class victim_class killer_pos victim_pos allies_alive axis_alive killer_reinf "
        "victim_reinf".split()
    ),
)
_OBJECTIVE = _Kept("player", "", ("objective", "flag"))
_KEPT_LABELS = {
    "kill": _KILL,
    "revive": _Kept("player", "victim", ("player_pos", "victim_pos")),
    **dict.fromkeys(
        "obj_planted obj_defused obj_destroyed obj_repaired obj_taken obj_secured obj_returned obj_carrierkilled "
        "obj_flag_captured".split(),
        _OBJECTIVE,
    ),
}


class RoundLog:
    """What was kept and what was counted so far. `obituaries`: with the process clock's milliseconds of each."""

    def __init__(self) -> None:
        self.entries: list[LogEntry] = []
        self.obituaries: list[tuple[int, LogEntry]] = []
        self.counts: Counter[str] = Counter()
        self._wanted = 0

    def take(self, stream: JsonStream, pointer: str, notes: Notes) -> None:
        """The list of entries that comes next, of the suite's second version."""
        for number, entry in _each(stream, pointer, notes):
            label = entry.get("label")
            if not isinstance(label, str):
                notes.drop(f"{pointer}/{number}", "no_label", "an entry of the log has a label")
                continue
            self._count(label)
            kept = _KEPT_LABELS.get(label)
            if kept is not None and self._has_room(pointer, notes):
                self.entries.append(_entry(label, kept, entry))

    def take_obituaries(self, stream: JsonStream, pointer: str, notes: Notes) -> None:
        """The list that comes next, of the suite's first version; who killed himself killed nobody."""
        for number, entry in _each(stream, pointer, notes):
            at_ms = notes.whole(entry.get("timestamp"), f"{pointer}/{number}/timestamp")
            death = _obituary(entry)
            if at_ms is None:
                notes.drop(f"{pointer}/{number}", "no_time", "an obituary has a time")
                continue
            if death.player_guid == death.other_guid:
                continue
            self._count(death.label)
            if self._has_room(pointer, notes):
                self.obituaries.append((at_ms, death))

    def _count(self, label: str) -> None:
        name = str(storable(label[:LONGEST_DETAIL]))
        if name in self.counts or len(self.counts) < MOST_LABELS:
            self.counts[name] += 1

    def _has_room(self, pointer: str, notes: Notes) -> bool:
        self._wanted += 1
        if self._wanted == MOST_KEPT + 1:
            notes.drop(pointer, "too_long", f"of a log {MOST_KEPT} kills, revives and objectives are kept")
        return self._wanted <= MOST_KEPT


def _each(stream: JsonStream, pointer: str, notes: Notes) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of the list that comes next, each by its number, none of them kept."""
    if not stream.opens("["):
        if stream.value() not in ({}, None):
            notes.drop(pointer, "not_a_list", "a list of entries is needed here")
        return
    for number, _ in enumerate(stream.entries()):
        entry = stream.raw_value()
        if isinstance(entry, dict):
            yield number, entry
        else:
            notes.drop(f"{pointer}/{number}", "no_entry", "an entry is an object")


def _entry(label: str, kept: _Kept, entry: dict[str, Any]) -> LogEntry:
    return LogEntry(
        at_unix_ms=_unix_ms(entry.get("unixtime")),
        label=label,
        player_guid=guid_of(entry.get(kept.player)),
        other_guid=guid_of(entry.get(kept.other)),
        details=_details((name, entry.get(name)) for name in kept.details),
    )


def _obituary(entry: dict[str, Any]) -> LogEntry:
    """That version swapped the two times to the next spawn."""
    details = {
        "weapon": entry.get("meansOfDeath"),
        "killer_reinf": entry.get("victimRespawnTime"),
        "victim_reinf": entry.get("attackerRespawnTime"),
    }
    return LogEntry(
        None, "kill", guid_of(entry.get("attacker")), guid_of(entry.get("target")), _details(details.items())
    )


def _unix_ms(value: Any) -> int | None:
    """An entry from before the round's start carries the process clock instead: a tiny number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return int(value) if _EARLIEST_UNIX_MS <= value <= _LATEST_UNIX_MS else None


def _details(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """What is told and can be kept: numbers, flags and short texts."""
    return {name: detail for name, value in pairs if (detail := _detail(value)) is not None}


def _detail(value: Any) -> Any:
    if isinstance(value, str):
        return unescaped(str(storable(value[:LONGEST_DETAIL])))
    if isinstance(value, int | float) and math.isfinite(value) and abs(value) <= _LATEST_UNIX_MS:
        return value
    return None
