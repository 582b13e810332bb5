"""Everything stored about one round, for the API: the round, its players, every name it has, every event that told of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

_LARGEST_ID = 2**63 - 1

_BY_ALIAS = text("SELECT round_id FROM round_fingerprints WHERE round_fingerprint = :name")
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


@dataclass(frozen=True, slots=True)
class RoundDetail:
    """Rows by column name: `round` of `rounds`, `players` with their spawn statistics, `sources` one per event."""

    round: Mapping[str, Any]
    players: Sequence[Mapping[str, Any]]
    aliases: Sequence[str]
    sources: Sequence[Mapping[str, Any]]


def round_detail(connection: Connection, name: str) -> RoundDetail | None:
    """The round of any of its fingerprints or of a round_id; None when there is none."""
    if name.isascii() and name.isdecimal() and int(name) <= _LARGEST_ID:
        round_id: int | None = int(name)
    else:
        round_id = connection.execute(_BY_ALIAS, {"name": name}).scalar_one_or_none()
    parameters = {"round_id": round_id}
    found = connection.execute(_ROUND, parameters).mappings().one_or_none()
    if found is None:
        return None
    return RoundDetail(
        round=dict(found),
        players=[dict(row) for row in connection.execute(_PLAYERS, parameters).mappings()],
        aliases=connection.execute(_ALIASES, parameters).scalars().all(),
        sources=[dict(row) for row in connection.execute(_SOURCES, parameters).mappings()],
    )
