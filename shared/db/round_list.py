"""Rounds as a list, newest first, page by page. A page costs the same however many rounds are stored.

A round's date is the date of the moment by which rounds are ordered, so pages are found by the index of dates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from shared.db.paging import Position
from shared.db.tables.judgement import NEAR_UNIX
from shared.domain.vocabulary import RoundStatus

COLUMNS = """
id, round_fingerprint, fingerprint_tier, match_id, gaming_session_id, server_id, map_name, play_number, round_number,
round_start_unix, round_end_unix, actual_duration_seconds, duration_source, limit_seconds, limit_source,
total_pause_seconds, winner_team, defender_team, end_reason, exit_kind, round_outcome, round_stopwatch_state,
time_to_beat_seconds, next_timelimit_seconds, next_timelimit_minutes, score_confidence, round_status, is_valid,
invalid_reason, is_bot_round, human_player_count, bot_player_count, ingest_state, link_status, revision, updated_at
"""
_CONDITIONS = {
    "map_name": "map_name = :map_name",
    "server_id": "server_id = :server_id",
    "gaming_session_id": "gaming_session_id = :gaming_session_id",
    "round_status": "round_status = :round_status",
}
_BEFORE = f"round_date <= :before_date AND ({NEAR_UNIX}, id) < (:before_unix, :before_id)"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rounds; None asks for all. `after`: where the page before ended."""

    map_name: str | None = None
    server_id: str | None = None
    gaming_session_id: int | None = None
    round_status: RoundStatus | None = None
    after: Position | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of `rounds` by column name, and where the next page begins; None when this is the last one."""

    rows: tuple[Mapping[str, Any], ...]
    following: Position | None


def rounds_page(connection: Connection, wanted: Wanted, limit: int) -> Page:
    """At most `limit` rounds, the newest first; of one time the later stored first."""
    asked = {name: value for name in _CONDITIONS if (value := getattr(wanted, name)) is not None}
    conditions = ["round_date IS NOT NULL", *(_CONDITIONS[name] for name in asked)]
    parameters: dict[str, Any] = {**asked, "limit": limit + 1}
    if wanted.after is not None:
        conditions.append(_BEFORE)
        parameters |= {
            "before_date": wanted.after.at.date(),
            "before_unix": wanted.after.at_unix,
            "before_id": wanted.after.row_id,
        }
    statement = (
        f"SELECT {COLUMNS}, {NEAR_UNIX} AS near_unix FROM rounds WHERE {' AND '.join(conditions)} "
        f"ORDER BY round_date DESC, {NEAR_UNIX} DESC, id DESC LIMIT :limit"
    )
    rows = tuple(dict(row) for row in connection.execute(text(statement), parameters).mappings())
    if len(rows) <= limit:
        return Page(rows, None)
    last = rows[limit - 1]
    return Page(rows[:limit], Position(last["near_unix"], last["id"]))
