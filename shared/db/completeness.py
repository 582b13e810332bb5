"""What is known of the rounds of stored matches, and how complete that makes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from shared.domain.completeness import MatchStatus, Part

_SETTLED_AFTER = timedelta(days=1)
_PARTS_OF = """
ARRAY(SELECT 'stats' WHERE EXISTS (SELECT FROM player_comprehensive_stats p WHERE p.round_id = {round})
      UNION SELECT 'lua' WHERE EXISTS (SELECT FROM lua_round_teams l WHERE l.round_id = {round})
      UNION SELECT replace(d.kind, '_file', '') FROM round_events e JOIN deliveries d ON d.id = e.delivery_id
            WHERE e.round_id = {round} AND d.kind IN ('endstats_file', 'gametime_file', 'proximity_file'))
"""
# What is whole, and what nobody has touched for a day, stays as it is.
_OPEN = text(f"""
SELECT m.match_id, {_PARTS_OF.format(round="m.r1_round_id")} AS first, {_PARTS_OF.format(round="m.r2_round_id")} AS second,
       m.completeness_pct, m.status,
       (SELECT max(r.created_at) FROM rounds r WHERE r.id IN (m.r1_round_id, m.r2_round_id)) AS played_at
FROM matches m
WHERE m.completeness_pct IS NULL OR ((m.status <> 'complete' OR m.completeness_pct < 100) AND (
    m.status = 'pending' OR m.updated_at >= :since
    OR EXISTS (SELECT FROM rounds r WHERE r.id IN (m.r1_round_id, m.r2_round_id) AND r.updated_at >= :since)))
""")
_WRITE = text("""
UPDATE matches SET completeness_pct = given.percent, status = given.status
FROM unnest(CAST(:match_ids AS text[]), CAST(:percents AS smallint[]), CAST(:statuses AS text[]))
     AS given(match_id, percent, status)
WHERE matches.match_id = given.match_id
""")


@dataclass(frozen=True, slots=True)
class OpenMatch:
    """A match whose completeness may be another by now. `played_at`: when its newer round became known."""

    match_id: str
    first: frozenset[Part]
    second: frozenset[Part]
    played_at: datetime | None
    percent: int | None
    status: str | None


def open_matches(connection: Connection, now: datetime) -> list[OpenMatch]:
    """Matches that may be more complete, or given up, by now."""
    return [
        OpenMatch(
            row.match_id,
            frozenset(map(Part, row.first)),
            frozenset(map(Part, row.second)),
            row.played_at,
            row.completeness_pct,
            row.status,
        )
        for row in connection.execute(_OPEN, {"since": now - _SETTLED_AFTER})
    ]


def write_completeness(connection: Connection, told: Sequence[tuple[str, int, MatchStatus]]) -> None:
    """(match_id, percent, status) of each."""
    if told:
        match_ids, percents, statuses = zip(*told, strict=True)
        given = {"match_ids": list(match_ids), "percents": list(percents), "statuses": list(statuses)}
        connection.execute(_WRITE, given)
