"""What rounds teach about maps: who defends them, over all servers, and the limit of their first rounds, on each."""

from datetime import datetime
from decimal import Decimal

from pydantic_core import to_json
from sqlalchemy import Connection, text

from shared.domain.defenders import Observed, SideHint
from shared.domain.known_maps import BASE_LIMITS_MS
from shared.domain.units import seconds

_OBSERVED = text("""
SELECT coalesce(sum(axis_count), 0)::integer AS axis_count, coalesce(sum(allies_count), 0)::integer AS allies_count
FROM map_defenders WHERE map_name = :map_name
""")
# The demo is nobody's play. Of limits seen as often the longer counts: a shorter one may be an R2's that was told as an R1's.
_PLAYED = text("""
SELECT server_id, map_name,
       count(*) FILTER (WHERE is_told AND defender_team = 1) AS axis_count,
       count(*) FILTER (WHERE is_told AND defender_team = 2) AS allies_count,
       mode() WITHIN GROUP (ORDER BY limit_seconds DESC) FILTER (WHERE round_number = 1) AS base_limit_seconds
FROM (SELECT server_id, map_name, defender_team, limit_seconds, round_number,
             score_confidence = 'verified_header' AND round_status = 'completed' AS is_told FROM rounds) AS played
WHERE server_id <> 'demo' GROUP BY server_id, map_name
""")
_LEARN = text("""
WITH given AS (SELECT * FROM json_populate_recordset(NULL::map_defenders, CAST(:rows AS json))),
forgotten AS (
    DELETE FROM map_defenders m WHERE NOT EXISTS (
        SELECT FROM given WHERE given.server_id = m.server_id AND given.map_name = m.map_name) RETURNING m.map_name),
learned AS (
    INSERT INTO map_defenders AS m SELECT * FROM given
    ON CONFLICT ON CONSTRAINT map_defenders_pkey DO UPDATE SET axis_count = excluded.axis_count,
        allies_count = excluded.allies_count, base_limit_seconds = excluded.base_limit_seconds, updated_at = excluded.updated_at
    WHERE (m.axis_count, m.allies_count, m.base_limit_seconds)
        IS DISTINCT FROM (excluded.axis_count, excluded.allies_count, excluded.base_limit_seconds)
    RETURNING m.map_name)
SELECT map_name FROM forgotten UNION SELECT map_name FROM learned
""")
_UNTOLD = text("""
SELECT id, server_id FROM rounds
WHERE map_name = ANY (:map_names) AND (defender_team IS NULL OR sides_source = ANY (:hints)) ORDER BY id
""")


class MapLore:
    """Questions about maps, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def observed(self, map_name: str) -> Observed:
        """Who was seen to defend a map."""
        row = self._connection.execute(_OBSERVED, {"map_name": map_name}).one()
        return Observed(row.axis_count, row.allies_count)

    def learn(self, now: datetime) -> list[str]:
        """Count all rounds anew; answers the maps of which something else is known than before."""
        rows = [
            dict(row) | {"base_limit_seconds": _base_limit_seconds(**row), "updated_at": now.isoformat()}
            for row in self._connection.execute(_PLAYED).mappings()
        ]
        changed = self._connection.execute(_LEARN, {"rows": to_json(rows).decode()})
        return sorted(changed.scalars())

    def untold_rounds(self, map_names: list[str]) -> list[tuple[int, str]]:
        """(round_id, server_id) of the rounds of these maps whose defender was not told."""
        rows = self._connection.execute(_UNTOLD, {"map_names": map_names, "hints": list(SideHint)})
        return [(row.id, row.server_id) for row in rows]


def _base_limit_seconds(
    map_name: str, base_limit_seconds: Decimal | None, **_counted: object
) -> Decimal | float | None:
    return seconds(BASE_LIMITS_MS.get(map_name)) if base_limit_seconds is None else base_limit_seconds
