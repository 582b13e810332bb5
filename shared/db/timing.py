"""Everything known of rounds' times, read for the views of timing. Rounds are joined to Lua data by round_id, by nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, text
from sqlalchemy.exc import DBAPIError

from shared.db.tables.judgement import NEAR_UNIX
from shared.domain.round_times import (
    NOT_LINKED_WITHIN_SECONDS,
    FileTimes,
    LuaTimes,
    PlayerTime,
    RoundTimes,
    UnlinkedLua,
)
from shared.domain.units import MS_PER_SECOND
from shared.domain.vocabulary import DurationSource, ExitKind, Side

_BATCH = 500
_MS_PER_MINUTE = 60_000
_BY_STATS_FILE = "stats_file"

_ROUNDS = text(f"""
SELECT r.*, to_jsonb(l) AS lua,
       (SELECT jsonb_build_object('filename', e.filename, 'facts', e.facts)
        FROM round_events e JOIN deliveries d ON d.id = e.delivery_id
        WHERE e.round_id = r.id AND d.kind = 'stats_file'
        ORDER BY (e.facts ->> 'exit_kind') = 'aborted', e.parse_status <> 'ok', d.byte_count DESC, d.content_sha256 DESC
        LIMIT 1) AS file,
       (SELECT e.source FROM round_events e WHERE e.round_id = r.id ORDER BY e.id LIMIT 1) AS event_source,
       CASE WHEN l.id IS NULL THEN (
        SELECT jsonb_build_object('reason', u.link_reason, 'apart', abs(coalesce(u.round_start_unix, u.round_end_unix) - r.near))
        FROM lua_round_teams u JOIN deliveries d ON d.id = u.delivery_id
        WHERE u.round_id IS NULL AND d.server_id = r.server_id AND u.map_name = r.map_name
          AND u.round_number = r.round_number
          AND abs(coalesce(u.round_start_unix, u.round_end_unix) - r.near) <= {NOT_LINKED_WITHIN_SECONDS}
        ORDER BY abs(coalesce(u.round_start_unix, u.round_end_unix) - r.near), u.id LIMIT 1) END AS unlinked
FROM (SELECT *, {NEAR_UNIX} AS near FROM rounds WHERE id = ANY (:round_ids)) AS r
LEFT JOIN lua_round_teams l ON l.round_id = r.id
ORDER BY r.near, r.id
""")
_PLAYERS = text("""
SELECT round_id, player_guid, clean_name, team, time_played_seconds, played_source, time_dead_minutes_original,
       denied_playtime, damage_given
FROM player_comprehensive_stats WHERE round_id = ANY (:round_ids) AND NOT is_bot ORDER BY round_id, player_guid
""")
_LIVES = text("SELECT round_id, player_guid, dead_seconds FROM lua_spawn_stats WHERE round_id = ANY (:round_ids)")
_OF_SESSION = text("""
SELECT id FROM rounds WHERE gaming_session_id = :session_id AND round_status NOT IN ('aborted', 'ghost')
""")
_COUNTING = text("""
SELECT id FROM rounds
WHERE is_valid AND (CAST(:since AS timestamptz) IS NULL OR round_date + round_time >= CAST(:since AS timestamptz) AT TIME ZONE 'UTC')
  AND (CAST(:server_id AS text) IS NULL OR server_id = :server_id)
ORDER BY id
""")


@dataclass(frozen=True, slots=True)
class TimesRead:
    """Rounds with their times, the first played first. `is_lua_unreadable`: the lives by Lua could not be read."""

    rounds: tuple[RoundTimes, ...]
    is_lua_unreadable: bool = False


def round_times(connection: Connection, round_ids: Sequence[int]) -> TimesRead:
    """The times of these rounds with their players; what does not exist is left out."""
    whose = {"round_ids": list(round_ids)}
    lives = _lives(connection, whose)
    players: dict[int, list[RowMapping]] = {}
    for row in connection.execute(_PLAYERS, whose).mappings():
        players.setdefault(row["round_id"], []).append(row)
    rounds = connection.execute(_ROUNDS, whose).mappings()
    found = tuple(_round(row, players.get(row["id"], ()), lives or {}) for row in rounds)
    return TimesRead(found, is_lua_unreadable=lives is None)


def all_round_times(connection: Connection, round_ids: Sequence[int]) -> TimesRead:
    """The same for very many rounds, some hundreds at a time."""
    parts = [round_times(connection, round_ids[start : start + _BATCH]) for start in range(0, len(round_ids), _BATCH)]
    return TimesRead(
        tuple(times for part in parts for times in part.rounds), any(part.is_lua_unreadable for part in parts)
    )


def session_round_ids(connection: Connection, session_id: int) -> list[int]:
    """The rounds of a gaming session that were played out."""
    return list(connection.execute(_OF_SESSION, {"session_id": session_id}).scalars())


def counting_round_ids(
    connection: Connection, since: datetime | None = None, server_id: str | None = None
) -> list[int]:
    """The rounds that count in statistics, of one server or all, played since an instant."""
    return list(connection.execute(_COUNTING, {"since": since, "server_id": server_id}).scalars())


_Lives = Mapping[tuple[int, str], int | None]


def _lives(connection: Connection, whose: Mapping[str, Any]) -> _Lives | None:
    """Time dead by Lua, by round and GUID; None when the database refuses."""
    try:
        with connection.begin_nested():
            rows = connection.execute(_LIVES, whose)
            return {(row.round_id, row.player_guid): _ms(row.dead_seconds) for row in rows}
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        return None


def _round(row: RowMapping, players: Iterable[RowMapping], lives: _Lives) -> RoundTimes:
    facts = (row["file"] or {}).get("facts") or {}
    dead_ms = (facts.get("times") or {}).get("dead_ms") or {}
    lua, unlinked = row["lua"], row["unlinked"]
    source = row["duration_source"]
    limit_source = row["limit_source"]
    return RoundTimes(
        round_id=row["id"],
        round_fingerprint=row["round_fingerprint"],
        match_id=row["match_id"],
        server_id=row["server_id"],
        map_name=row["map_name"],
        round_number=row["round_number"],
        play_number=row["play_number"],
        link_status=row["link_status"],
        source=lua["source"] if lua else row["event_source"],
        exit_kind=ExitKind(row["exit_kind"]),
        winner=_side(row["winner_team"]),
        defender=_side(row["defender_team"]),
        duration_ms=_ms(row["actual_duration_seconds"]),
        duration_source=DurationSource(source) if source else None,
        limit_ms=_ms(row["limit_seconds"]),
        limit_source=DurationSource(limit_source) if limit_source else None,
        start_unix=row["round_start_unix"],
        end_unix=row["round_end_unix"],
        pause_ms=_ms(row["total_pause_seconds"]),
        warmup_ms=_ms(row["warmup_seconds"]),
        is_counted=row["is_valid"],
        breaches=tuple((row["flags"] or {}).get("breaches") or {}),
        lua=_lua(lua) if lua else None,
        file=_file(row),
        unlinked=UnlinkedLua(unlinked["reason"], unlinked["apart"]) if unlinked else None,
        players=tuple(_player(player, dead_ms, lives) for player in players),
    )


def _lua(row: Mapping[str, Any]) -> LuaTimes:
    return LuaTimes(
        source=row["source"],
        link_reason=row["link_reason"],
        duration_ms=_ms(row["actual_duration_seconds"]),
        limit_ms=_ms(row["timelimit_seconds"]),
        start_unix=row["round_start_unix"],
        end_unix=row["round_end_unix"],
        pause_ms=_ms(row["total_pause_seconds"]),
        pause_count=row["pause_count"],
        warmup_ms=_ms(row["lua_warmup_seconds"]),
        exit_kind=row["exit_kind"],
        end_reason=row["end_reason"],
        end_reason_raw=row["end_reason_raw"],
        surrender_side=_side(row["surrender_team"]),
        surrender_caller=row["surrender_caller_name"],
    )


def _file(row: RowMapping) -> FileTimes | None:
    """The stats file's own word; while there is none, the header's clock that another source passed on."""
    if row["file"] is None:
        clock_ms = _ms(row["header_clock_seconds"])
        return None if clock_ms is None else FileTimes(header_clock_ms=clock_ms)
    facts = row["file"]["facts"] or {}
    times = facts.get("times") or {}
    return FileTimes(
        filename=row["file"]["filename"],
        field9_ms=times.get("field9_ms"),
        header_clock_ms=times.get("header_clock_ms", _ms(row["header_clock_seconds"])),
        limit_ms=times.get("limit_ms"),
        stamp_end_unix=next(iter(facts.get("stamp_ends_unix") or ()), None),
    )


def _player(row: RowMapping, dead_ms: Mapping[str, int], lives: _Lives) -> PlayerTime:
    guid = row["player_guid"]
    told_ms = dead_ms.get(guid)
    if told_ms is None and row["played_source"] == _BY_STATS_FILE and row["time_dead_minutes_original"] is not None:
        told_ms = round(row["time_dead_minutes_original"] * _MS_PER_MINUTE)
    return PlayerTime(
        guid=guid,
        name=row["clean_name"],
        side=_side(row["team"]),
        played_ms=_ms(row["time_played_seconds"]),
        dead_ms=told_ms,
        lua_dead_ms=lives.get((row["round_id"], guid)),
        denied_ms=_ms(row["denied_playtime"]),
        damage_given=row["damage_given"],
    )


def _ms(seconds: Decimal | float | None) -> int | None:
    return None if seconds is None else round(seconds * MS_PER_SECOND)


def _side(value: int | None) -> Side | None:
    return None if value is None else Side(value)
