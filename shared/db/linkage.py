"""What is bound to which round, and what waits for one: counted for audits and diagnostics."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from shared.domain.linkage import SEEN_ALONE_AFTER, Breach, Linkage, seen_only_by
from shared.domain.nearness import WINDOW_SECONDS
from shared.domain.precedence import VOICES
from shared.domain.vocabulary import Kind

Rows = list[dict[str, Any]]
MOST_SHOWN = 50
_LUA_ROWS = text("SELECT count(*), count(*) FILTER (WHERE round_id IS NULL) FROM lua_round_teams")
_OF_ROUND = "SELECT l.id::text FROM lua_round_teams l JOIN rounds r ON r.id = l.round_id WHERE"
_FOUND = {
    # An older script's start may be far off while its end is good; the end links it then.
    Breach.OTHER_START: text(f"""
        {_OF_ROUND} abs(l.round_start_unix - r.round_start_unix) > :window
        AND coalesce(abs(l.round_end_unix - r.round_end_unix) > :window, true)
    """),
    Breach.MAP_MISMATCH: text(f"{_OF_ROUND} l.map_name <> r.map_name"),
    Breach.ROUND_NUMBER_MISMATCH: text(f"{_OF_ROUND} l.round_number <> r.round_number"),
    Breach.TWO_LUA_ROWS: text("""
        SELECT round_id::text FROM lua_round_teams WHERE round_id IS NOT NULL GROUP BY round_id HAVING count(*) > 1
    """),
    Breach.HALVES_ON_TWO_MAPS: text("""
        SELECT split_part(match_id, '/', 1) FROM rounds GROUP BY 1 HAVING count(DISTINCT map_name) > 1
    """),
    Breach.COMPLETE_WITHOUT_CORE: text("""
        SELECT match_id FROM matches m WHERE status = 'complete' AND NOT (
            EXISTS (SELECT FROM player_comprehensive_stats p WHERE p.round_id = m.r1_round_id)
            AND EXISTS (SELECT FROM player_comprehensive_stats p WHERE p.round_id = m.r2_round_id))
    """),
}
_WAITING = text("""
SELECT link_reason, count(*) FROM round_events WHERE state = 'parsed' AND round_id IS NULL GROUP BY 1 ORDER BY 1
""")
_ALONE = text("""
SELECT e.id AS round_event_id, e.delivery_id, d.kind, e.server_id, e.map_name, e.round_number, e.filename, e.link_reason,
       e.received_at
FROM round_events e JOIN deliveries d ON d.id = e.delivery_id
WHERE e.state = 'parsed' AND e.round_id IS NULL AND e.received_at < :before AND d.kind <> ALL (:voices)
ORDER BY e.received_at DESC, e.id DESC LIMIT :limit
""")
_CONFLICTS = text("""
SELECT e.id AS round_event_id, e.delivery_id, d.kind, e.server_id, e.map_name, e.round_number, e.link_reason,
       e.link_details -> 'candidate_ids' AS round_ids, e.link_details -> 'conflicting_ids' AS conflicting_ids, e.received_at
FROM round_events e JOIN deliveries d ON d.id = e.delivery_id
WHERE (e.state = 'parsed' AND e.round_id IS NULL AND e.link_status = 'ambiguous')
   OR e.link_details -> 'conflicting_ids' <> '[]'
ORDER BY e.received_at DESC, e.id DESC LIMIT :limit
""")


def linkage(connection: Connection) -> Linkage:
    """Everything that is stored, checked."""
    lua_rows, unlinked = connection.execute(_LUA_ROWS).one()
    found = {
        breach: tuple(connection.execute(question, {"window": WINDOW_SECONDS}).scalars())
        for breach, question in _FOUND.items()
    }
    return Linkage(lua_rows, unlinked, found)


def waiting_by_reason(connection: Connection) -> dict[str, int]:
    """How many events wait for a round, by why they have none."""
    return {str(reason): int(count) for reason, count in connection.execute(_WAITING)}


def seen_alone(connection: Connection, now: datetime) -> Rows:
    """Events of sources that may not found a round, and whose round nobody has told of for too long; the newest first."""
    parameters = {"before": now - SEEN_ALONE_AFTER, "voices": list(VOICES), "limit": MOST_SHOWN}
    rows = connection.execute(_ALONE, parameters).mappings()
    return [dict(row) | {"incident": seen_only_by(Kind(row["kind"]))} for row in rows]


def ambiguous(connection: Connection) -> Rows:
    """Events that fit more than one round, or one that they cannot be of; with these rounds, the newest first.

    One that is linked all the same, by its exact start, is among them while it fits another round too.
    """
    return [dict(row) for row in connection.execute(_CONFLICTS, {"limit": MOST_SHOWN}).mappings()]
