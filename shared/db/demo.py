"""Forgetting a game server whose rounds nobody played. The database lets the evidence of the server `demo` go, of no other."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

_ROUNDS = "(SELECT id FROM rounds WHERE server_id = :server_id)"
_EVENTS = "(SELECT id FROM round_events WHERE server_id = :server_id)"
_SESSIONS = "(SELECT id FROM gaming_sessions WHERE server_id = :server_id)"
_DELIVERIES = "(SELECT id FROM deliveries WHERE server_id = :server_id)"
_POSTS = "(SELECT id FROM publications WHERE kind = 'round_post' AND subject IN (SELECT id::text FROM rounds WHERE server_id = :server_id))"
# In this order nothing is left pointing at what is gone.
_WHOSE = {
    "preview_messages": f"publication_id IN {_POSTS}",
    "publications": f"id IN {_POSTS}",
    "round_event_moves": f"event_id IN {_EVENTS}",
    "round_fingerprints": f"round_id IN {_ROUNDS}",
    "processed_files": "server_id = :server_id",
    "processed_endstats_files": "server_id = :server_id",
    "proximity_processed_files": "server_id = :server_id",
    "round_awards": f"round_id IN {_ROUNDS}",
    "round_vs_stats": f"round_id IN {_ROUNDS}",
    "round_timeline": f"round_id IN {_ROUNDS}",
    "lua_spawn_stats": f"round_id IN {_ROUNDS}",
    "field_conflicts": f"round_id IN {_ROUNDS}",
    "weapon_comprehensive_stats": f"round_id IN {_ROUNDS}",
    "lua_round_teams": f"delivery_id IN {_DELIVERIES}",
    "player_comprehensive_stats": f"round_id IN {_ROUNDS}",
    "round_redirects": f"round_id IN {_ROUNDS}",
    "round_events": "server_id = :server_id",
    "session_teams": f"gaming_session_id IN {_SESSIONS}",
    "session_results": f"gaming_session_id IN {_SESSIONS}",
    "matches": "server_id = :server_id",
    "rounds": "server_id = :server_id",
    "session_changes": "server_id = :server_id",
    "scores_due": f"gaming_session_id IN {_SESSIONS}",
    "gaming_sessions": "server_id = :server_id",
    "delivery_receipts": f"delivery_id IN {_DELIVERIES}",
    "deliveries": "server_id = :server_id",
    "reporter_instances": "server_id = :server_id",
    "map_defenders": "server_id = :server_id",
}
_ON_DISCORD = text(f"SELECT count(*) FROM publications WHERE id IN {_POSTS} AND posted_to LIKE 'discord:%'")


@dataclass(frozen=True, slots=True)
class Purged:
    """Rows removed per table, and how many messages stand on Discord that nothing refers to any more."""

    rows: dict[str, int]
    left_on_discord: int


def purge(connection: Connection, server_id: str) -> Purged:
    """Remove everything of a server but its registration, within the caller's transaction.

    The caller holds the server's lock, so that no round of it is being judged meanwhile. The database refuses when the
    server is not `demo` and has evidence.
    """
    whose_server = {"server_id": server_id}
    left_on_discord: int = connection.execute(_ON_DISCORD, whose_server).scalar_one()
    rows = {
        table: connection.execute(text(f"DELETE FROM {table} WHERE {whose}"), whose_server).rowcount
        for table, whose in _WHOSE.items()
    }
    return Purged(rows, left_on_discord)
