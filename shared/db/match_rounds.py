"""The rounds of one match: the two that hold its slots, and the attempts beside them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from shared.db.round_list import COLUMNS
from shared.db.tables.judgement import NEAR_UNIX

_COLUMNS = f"{COLUMNS}, {NEAR_UNIX} AS near_unix"
# What stands beside the slots is found through the session, whose rounds are few.
_ROUNDS = text(f"""
SELECT {_COLUMNS} FROM rounds WHERE match_id = :match_id
UNION
SELECT {_COLUMNS} FROM rounds
WHERE split_part(match_id, '/', 1) = :match_id AND gaming_session_id = coalesce(
    (SELECT gaming_session_id FROM matches WHERE match_id = :match_id),
    (SELECT min(gaming_session_id) FROM rounds WHERE match_id = :match_id))
ORDER BY near_unix, round_number, id
""")


def match_rounds(connection: Connection, match_id: str) -> list[Mapping[str, Any]]:
    """Rows of `rounds` in the order they were played; empty when there is no such match."""
    return [dict(row) for row in connection.execute(_ROUNDS, {"match_id": match_id}).mappings()]
