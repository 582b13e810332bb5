"""Kills, revives and objectives of a round in one order, from whichever of its two versions' logs the suite sent. Pure."""

from collections.abc import Sequence

from shared.parsers.suite_log import LogEntry, RoundLog
from shared.parsers.suite_players import SuiteObjective, SuitePlayer
from shared.parsers.suite_round_info import RoundInfo

_SECOND_MS = 1_000
_CARRIER_KILLED = "obj_carrierkilled"


def of_round(log: RoundLog, players: Sequence[SuitePlayer], info: RoundInfo) -> tuple[LogEntry, ...]:
    """The log's entries as they stand in it; without such a log the obituaries and the players' own objectives, by time."""
    if log.entries:
        return tuple(log.entries)
    told = [entry._replace(at_unix_ms=_unix_ms(at_ms, info)) for at_ms, entry in log.obituaries]
    told += [_entry(player.guid, deed, info) for player in players for deed in player.objectives]
    return tuple(sorted(told, key=lambda entry: entry.at_unix_ms or 0))


def _unix_ms(at_process_ms: int | None, info: RoundInfo) -> int | None:
    """The round's end is known on both clocks."""
    if at_process_ms is None or info.round_end_process_ms is None or info.round_end_unix is None:
        return None
    return info.round_end_unix * _SECOND_MS + at_process_ms - info.round_end_process_ms


def _entry(guid: str, deed: SuiteObjective, info: RoundInfo) -> LogEntry:
    """A killed carrier's entry stands with the carrier; the deed is the killer's."""
    at_unix_ms = _unix_ms(deed.at_process_ms, info)
    if at_unix_ms is None and deed.at_unix is not None:
        at_unix_ms = deed.at_unix * _SECOND_MS
    told = {"objective": deed.objective, "weapon": deed.weapon}
    details = {name: value for name, value in told.items() if value is not None}
    if deed.category == _CARRIER_KILLED:
        return LogEntry(at_unix_ms, deed.category, deed.killer_guid, guid, details)
    return LogEntry(at_unix_ms, deed.category, guid, None, details)
