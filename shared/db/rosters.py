"""Who was on a side in a stored round."""

from sqlalchemy import Connection, text

_PEOPLE = text("""
SELECT player_guid FROM player_comprehensive_stats WHERE round_id = :round_id AND team IN (1, 2) AND NOT is_bot
""")


def people_of(connection: Connection, round_id: int) -> frozenset[str]:
    """Their keys; empty when nobody knows."""
    return frozenset(connection.execute(_PEOPLE, {"round_id": round_id}).scalars())
