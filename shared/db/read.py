"""Finished judgement, read for showing: one round with its players. Nothing is worked out here but units."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Connection, RowMapping, text

from shared.domain.round_view import PlayerLine, RoundView
from shared.domain.vocabulary import Confidence, RoundOutcome, Side, StopwatchState

_SECONDS_PER_MINUTE = 60
_Word = TypeVar("_Word", bound=StrEnum)

_ROUND = text("""
    SELECT r.*, l.source AS lua_source, l.axis_players, l.allies_players,
           (SELECT e.source FROM round_events e WHERE e.round_id = r.id ORDER BY e.id LIMIT 1) AS event_source
    FROM rounds r LEFT JOIN lua_round_teams l ON l.round_id = r.id
    WHERE r.id = :round_id
""")
_PLAYERS = text("""
    SELECT p.*, s.dead_seconds AS lua_dead_seconds
    FROM player_comprehensive_stats p
    LEFT JOIN lua_spawn_stats s ON s.round_id = p.round_id AND s.player_guid = p.player_guid
    WHERE p.round_id = :round_id
""")


def round_view(connection: Connection, round_id: int) -> RoundView | None:
    """What may be shown of the round; None when there is no such round.

    Players come from their statistics; while there are none, from the rosters alone, every figure unknown.
    """
    row = connection.execute(_ROUND, {"round_id": round_id}).mappings().one_or_none()
    if row is None:
        return None
    players = tuple(_player(player) for player in connection.execute(_PLAYERS, {"round_id": round_id}).mappings())
    return _view(row, players or _roster(row))


def _view(row: RowMapping, players: tuple[PlayerLine, ...]) -> RoundView:
    return RoundView(
        round_id=row["id"],
        server_id=row["server_id"],
        map_name=row["map_name"],
        round_number=row["round_number"],
        round_fingerprint=row["round_fingerprint"],
        link_status=row["link_status"],
        source=row["lua_source"] or row["event_source"],
        play_number=row["play_number"],
        round_start_unix=row["round_start_unix"],
        round_end_unix=row["round_end_unix"],
        duration_seconds=_seconds(row["actual_duration_seconds"]),
        duration_source=row["duration_source"],
        limit_seconds=_seconds(row["limit_seconds"]),
        header_clock_seconds=_seconds(row["header_clock_seconds"]),
        pause_seconds=_seconds(row["total_pause_seconds"]),
        pause_count=row["pause_count"],
        winner_side=_side(row["winner_team"]),
        defender_side=_side(row["defender_team"]),
        surrender_side=_side(row["surrender_team"]),
        stopwatch_state=_word(StopwatchState, row["round_stopwatch_state"]),
        outcome=_word(RoundOutcome, row["round_outcome"]),
        time_to_beat_seconds=_seconds(row["time_to_beat_seconds"]),
        next_limit_seconds=_seconds(row["next_timelimit_seconds"]),
        score_confidence=_word(Confidence, row["score_confidence"]),
        players=players,
    )


def _player(row: RowMapping) -> PlayerLine:
    return PlayerLine(
        guid=row["player_guid"],
        name=row["player_name"],
        side=_side(row["team"]),
        is_bot=row["is_bot"],
        kills=row["kills"],
        deaths=row["deaths"],
        gibs=row["gibs"],
        damage_given=row["damage_given"],
        damage_received=row["damage_received"],
        team_damage_given=row["team_damage_given"],
        shots=row["bullets_fired"],
        hits=row["hits"],
        headshots=row["headshots"],
        revives_given=row["revives_given"],
        times_revived=row["times_revived"],
        played_seconds=row["time_played_seconds"],
        dead_seconds=_dead_seconds(row),
        denied_seconds=row["denied_playtime"],
        multikills=tuple(row[f"{count}_kills"] for count in ("double", "triple", "quad", "multi", "mega")),
    )


def _dead_seconds(row: RowMapping) -> float | None:
    if row["time_dead_minutes"] is not None:
        return float(row["time_dead_minutes"]) * _SECONDS_PER_MINUTE
    return _seconds(row["lua_dead_seconds"])


def _roster(row: RowMapping) -> tuple[PlayerLine, ...]:
    return tuple(
        PlayerLine(guid=str(player.get("guid") or ""), name=str(player.get("name") or ""), side=side)
        for side, roster in ((Side.AXIS, row["axis_players"]), (Side.ALLIES, row["allies_players"]))
        for player in roster or ()
        if isinstance(player, Mapping)
    )


def _seconds(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _side(value: int | None) -> Side | None:
    return None if value is None else Side(value)


def _word(words: type[_Word], value: Any) -> _Word | None:
    return None if value is None else words(value)
