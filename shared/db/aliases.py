"""The names players went by in rounds that count: gathered from what is stored of players, and kept in step with it."""

from sqlalchemy import Connection, text

from shared.db.tables.judgement import NEAR_UNIX

_ONE_AT_A_TIME = 7_268_401_933
_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
_NEWEST = text("SELECT max(id) FROM player_comprehensive_stats")
_GATHER = text(f"""
WITH told AS (
    SELECT p.player_guid AS guid, p.clean_name AS alias, to_timestamp(min(r.near_unix)) AS first_seen,
           to_timestamp(max(r.near_unix)) AS last_seen, count(*)::integer AS times_seen
    FROM player_comprehensive_stats p JOIN (SELECT id, {NEAR_UNIX} AS near_unix FROM rounds WHERE is_valid) r
    ON r.id = p.round_id
    WHERE NOT p.is_bot AND p.clean_name <> ''
    GROUP BY 1, 2),
forgotten AS (
    DELETE FROM player_aliases a
    WHERE NOT EXISTS (SELECT FROM told t WHERE t.guid = a.guid AND t.alias = a.alias) RETURNING 1),
noted AS (
    INSERT INTO player_aliases (guid, alias, first_seen, last_seen, times_seen)
    SELECT t.* FROM told t LEFT JOIN player_aliases a USING (guid, alias)
    WHERE (a.first_seen, a.last_seen, a.times_seen) IS DISTINCT FROM (t.first_seen, t.last_seen, t.times_seen)
    ON CONFLICT ON CONSTRAINT player_aliases_guid_alias_key DO UPDATE
    SET first_seen = excluded.first_seen, last_seen = excluded.last_seen, times_seen = excluded.times_seen
    RETURNING 1)
SELECT (SELECT count(*) FROM forgotten) + (SELECT count(*) FROM noted)
""")


class Aliases:
    """Players' names, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def newest_row(self) -> int | None:
        """Grows whenever players of a round are written; None while there are none."""
        found: int | None = self._connection.execute(_NEWEST).scalar_one()
        return found

    def gather(self) -> int:
        """Bring all names in step with the rounds there are; answers how many were new, other or gone."""
        self._connection.execute(_LOCK, {"key": _ONE_AT_A_TIME})
        return int(self._connection.execute(_GATHER).scalar_one())
