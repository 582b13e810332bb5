"""Rounds whose winner or defender is not known, and what is stored of their sides."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from shared.db.tables.judgement import NEAR_UNIX

_SIDES = """
SELECT id AS round_id, server_id, map_name, round_number, to_timestamp({near}) AS played_at, winner_team, defender_team,
       sides_source, round_stopwatch_state, score_confidence
FROM rounds
"""
# A round that was broken off has no winner, whatever is known of it.
_UNTOLD = text(f"""
{_SIDES.format(near=NEAR_UNIX)}
WHERE (winner_team IS NULL OR defender_team IS NULL) AND exit_kind <> 'aborted' AND round_status <> 'ghost'
  AND (CAST(:server_id AS text) IS NULL OR server_id = :server_id)
ORDER BY {NEAR_UNIX}, id
""")
_OF_ROUND = text(f"{_SIDES.format(near=NEAR_UNIX)} WHERE id = :round_id")


@dataclass(frozen=True, slots=True)
class StoredSides:
    """A round's sides as they are stored, and what is concluded from them."""

    round_id: int
    server_id: str
    map_name: str
    round_number: int
    played_at: datetime | None
    winner_team: int | None
    defender_team: int | None
    sides_source: str | None
    round_stopwatch_state: str | None
    score_confidence: str


def untold_sides(connection: Connection, server_id: str | None = None) -> list[StoredSides]:
    """Rounds that were played out and lack a side, of one server or all, in the order they were played."""
    rows = connection.execute(_UNTOLD, {"server_id": server_id}).mappings()
    return [StoredSides(**row) for row in rows]


def stored_sides(connection: Connection, round_id: int) -> StoredSides | None:
    """A round's; None when there is no such round any more."""
    found = connection.execute(_OF_ROUND, {"round_id": round_id}).mappings().one_or_none()
    return None if found is None else StoredSides(**found)
