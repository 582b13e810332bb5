"""All stored rounds as pairing sees them, a server and map at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, text

from shared.db.surroundings import Neighbour, look
from shared.db.tables.judgement import NEAR_UNIX


@dataclass(frozen=True, slots=True)
class MapOfServer:
    """Every round of one map on one server."""

    server_id: str
    map_name: str
    rounds: tuple[Neighbour, ...]


_ROUNDS = text(f"""
SELECT r.server_id, r.map_name, r.id, r.round_number, r.round_start_unix, r.round_end_unix, r.round_status, r.exit_kind, r.is_bot_round,
       r.limit_seconds, r.match_id, r.score_confidence, r.next_timelimit_seconds, r.actual_duration_seconds,
       {NEAR_UNIX} AS near_unix,
       (SELECT max(e.r1_round_start_unix) FROM round_events e WHERE e.round_id = r.id) AS named_first_start_unix
FROM rounds r WHERE CAST(:server_id AS text) IS NULL OR r.server_id = :server_id ORDER BY r.server_id, r.map_name, r.id
""")


def rounds_by_map(connection: Connection, server_id: str | None = None) -> Iterator[MapOfServer]:
    """Every server and map, or those of one server."""
    rows = connection.execute(_ROUNDS, {"server_id": server_id}).mappings()
    for (whose, map_name), group in groupby(rows, key=lambda row: (row["server_id"], row["map_name"])):
        yield MapOfServer(whose, map_name, look(None, None, list(map(dict, group)), is_awaited=False).neighbours)
