"""Everything stored about one round, for the API: the round, its players, every name it has, every event that told of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, TextClause, text

Rows = Sequence[Mapping[str, Any]]

_ROUND = text("SELECT * FROM rounds WHERE id = :round_id")
_PLAYERS = text("""
    SELECT p.*, s.spawn_count, s.death_count, s.dead_seconds, s.avg_respawn_seconds, s.max_respawn_seconds
    FROM player_comprehensive_stats p
    LEFT JOIN lua_spawn_stats s ON s.round_id = p.round_id AND s.player_guid = p.player_guid
    WHERE p.round_id = :round_id ORDER BY p.team NULLS LAST, p.kills DESC NULLS LAST, p.player_guid
""")
_ALIASES = text("""
    SELECT round_fingerprint FROM round_fingerprints WHERE round_id = :round_id ORDER BY tier, created_at, round_fingerprint
""")
_SOURCES = text("""
    SELECT e.source, d.kind, e.delivery_id, e.received_at, e.state, e.parse_status, e.link_status, e.link_reason,
           e.round_fingerprint, e.fingerprint_tier, d.content_sha256,
           EXISTS (SELECT FROM lua_round_teams l WHERE l.delivery_id = e.delivery_id) AS is_believed
    FROM round_events e JOIN deliveries d ON d.id = e.delivery_id
    WHERE e.round_id = :round_id ORDER BY e.received_at, e.id
""")


class RoundDetail:
    """Questions about one round, within the caller's transaction. Rows come by column name."""

    def __init__(self, connection: Connection, round_id: int) -> None:
        self._connection = connection
        self._round_id = round_id

    def round(self) -> Mapping[str, Any] | None:
        """Its row of `rounds`; None when there is no such round."""
        found = self._rows(_ROUND)
        return found[0] if found else None

    def players(self) -> Rows:
        """Side by side, most kills first, each with the spawn statistics of the same round."""
        return self._rows(_PLAYERS)

    def aliases(self) -> Sequence[str]:
        """Every fingerprint that means the round, strongest first."""
        return self._connection.execute(_ALIASES, {"round_id": self._round_id}).scalars().all()

    def sources(self) -> Rows:
        """One per event that told of the round, in order of arrival."""
        return self._rows(_SOURCES)

    def _rows(self, statement: TextClause) -> Rows:
        found = self._connection.execute(statement, {"round_id": self._round_id})
        return [dict(row) for row in found.mappings()]
