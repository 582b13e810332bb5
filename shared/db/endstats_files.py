"""Endstats files as they are stored: what became of each, and which rounds have awards because of them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text

from shared.db.tables.judgement import NEAR_UNIX
from shared.domain.vocabulary import EventState

_FILES = text("""
SELECT e.id AS round_event_id, e.server_id, e.filename
FROM round_events e JOIN deliveries d ON d.id = e.delivery_id
WHERE d.kind = 'endstats_file' AND left(e.filename, 10) BETWEEN :since AND :until
ORDER BY e.filename, e.id
""")
_STANDING = text("""
SELECT e.delivery_id, e.state, e.round_id, e.link_reason, coalesce(p.success, false) AS is_processed,
       EXISTS (SELECT FROM round_awards a WHERE a.round_id = e.round_id)
       OR EXISTS (SELECT FROM round_vs_stats v WHERE v.round_id = e.round_id) AS round_has_awards
FROM round_events e LEFT JOIN processed_endstats_files p ON (p.server_id, p.filename) = (e.server_id, e.filename)
WHERE e.id = :round_event_id FOR UPDATE OF e
""")
_ROUNDS = text(f"""
WITH sent AS (
    SELECT e.server_id, e.round_id, count(*) AS files FROM round_events e JOIN deliveries d ON d.id = e.delivery_id
    WHERE d.kind = 'endstats_file' GROUP BY 1, 2)
SELECT r.id AS round_id, r.server_id, r.map_name, r.round_number, to_timestamp(r.near_unix) AS played_at, r.round_status,
       r.exit_kind, (SELECT count(*) FROM round_awards a WHERE a.round_id = r.id) AS awards,
       (SELECT count(*) FROM round_vs_stats v WHERE v.round_id = r.id) AS duels,
       coalesce((SELECT files FROM sent WHERE sent.round_id = r.id), 0) AS files,
       EXISTS (SELECT FROM processed_endstats_files p WHERE p.round_id = r.id AND p.success) AS is_claimed,
       EXISTS (SELECT FROM sent WHERE sent.server_id = r.server_id) AS server_sends_files,
       EXISTS (SELECT FROM player_comprehensive_stats p WHERE p.round_id = r.id) AS has_players
FROM (SELECT *, {NEAR_UNIX} AS near_unix FROM rounds) r
WHERE (CAST(:server_id AS text) IS NULL OR r.server_id = :server_id)
  AND (CAST(:since AS timestamptz) IS NULL OR to_timestamp(r.near_unix) >= :since)
ORDER BY r.near_unix, r.id
""")
_NOTED = text("""
SELECT CASE WHEN success THEN 'imported' ELSE error_message END AS what, count(*) AS files FROM processed_endstats_files
WHERE CAST(:server_id AS text) IS NULL OR server_id = :server_id GROUP BY 1 ORDER BY 1
""")


@dataclass(frozen=True, slots=True)
class EndstatsFile:
    """A file that arrived once."""

    round_event_id: int
    server_id: str
    filename: str


@dataclass(frozen=True, slots=True)
class EndstatsStanding:
    """How far a file is. `link_reason`: why it has its round, or has none; `is_processed`: its name is in the ledger as done."""

    delivery_id: int
    state: EventState
    round_id: int | None
    link_reason: str | None
    is_processed: bool
    round_has_awards: bool


class EndstatsFiles:
    """Questions about endstats files, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def stamped(self, since: date, until: date) -> list[EndstatsFile]:
        """The files whose names carry a date of these, both included, in the order of their stamps."""
        parameters = {"since": since.isoformat(), "until": until.isoformat()}
        return [EndstatsFile(**row) for row in self._connection.execute(_FILES, parameters).mappings()]

    def standing(self, round_event_id: int) -> EndstatsStanding:
        """How far one of them is; its event is ours alone from here on."""
        row = self._connection.execute(_STANDING, {"round_event_id": round_event_id}).mappings().one()
        return EndstatsStanding(**{**row, "state": EventState(row["state"])})

    def rounds(self, server_id: str | None, since: datetime | None) -> list[dict[str, Any]]:
        """Every round with what is stored of its awards, the first played first."""
        parameters = {"server_id": server_id, "since": since}
        return [dict(row) for row in self._connection.execute(_ROUNDS, parameters).mappings()]

    def noted(self, server_id: str | None) -> dict[str, int]:
        """How many files the ledger knows, by what became of them."""
        rows = self._connection.execute(_NOTED, {"server_id": server_id})
        return {row.what: row.files for row in rows}
