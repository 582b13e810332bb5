"""What players did over many rounds, summed. Only rounds that count and people who played: no orphans, ghosts, aborted or
replaced rounds, no rounds with bots, no bots, nobody who only watched.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from shared.db.round_list import COLUMNS
from shared.domain.player_figures import Figure, Sum

SUMMED = {
    "played_seconds": "p.time_played_seconds",
    "dead_seconds": "p.time_dead_minutes * 60",
    "denied_seconds": "p.denied_playtime",
    "shots": "p.bullets_fired",
}
"""What is summed that is not the column of its own name, in SQL."""
_COUNTS = "r.is_valid AND r.round_status = 'completed' AND NOT p.is_bot AND p.team IS DISTINCT FROM 3"
_FROM = "FROM player_comprehensive_stats p JOIN rounds r ON r.id = p.round_id"
_OF_ONE = text(f"""
SELECT count(*) AS rounds, min(r.round_date) AS first_date, max(r.round_date) AS last_date,
       max(p.player_guid_full) AS guid_full {_FROM} WHERE p.player_guid = :guid AND {_COUNTS}
""")
_NAMES = text("""
SELECT clean_name, count(*) AS rounds, max(round_date) AS last_date FROM player_comprehensive_stats
WHERE player_guid = :guid AND NOT is_bot
GROUP BY clean_name ORDER BY max(round_date) DESC NULLS LAST, count(*) DESC, clean_name
""")
_ROUNDS = text(f"""
SELECT {", ".join(f"r.{name.strip()}" for name in COLUMNS.split(","))}, p.team AS side, p.kills, p.deaths, p.damage_given,
       p.damage_received, p.headshots, p.headshot_kills, p.accuracy, p.dpm, p.kd_ratio, p.time_played_seconds
{_FROM} WHERE p.player_guid = :guid AND p.round_date IS NOT NULL
ORDER BY p.round_date DESC, r.round_start_unix DESC NULLS LAST, r.id DESC LIMIT :limit
""")
_NEWEST_NAMES = text("""
SELECT given.guid, newest.clean_name FROM unnest(CAST(:guids AS text[])) AS given(guid)
CROSS JOIN LATERAL (
    SELECT clean_name FROM player_comprehensive_stats WHERE player_guid = given.guid AND round_date IS NOT NULL
    ORDER BY round_date DESC, round_id DESC LIMIT 1) AS newest
""")


@dataclass(frozen=True, slots=True)
class Span:
    """Which rounds are summed: those of these dates (UTC, both included), of one server, of one map; None takes all."""

    since: date | None = None
    until: date | None = None
    server_id: str | None = None
    map_name: str | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """By GUID: what was summed for a figure over the rounds in which it is known, and how many these are."""

    sums: Mapping[str, Mapping[str, Sum]]
    rounds: Mapping[str, int]


def totals(connection: Connection, figure: Figure, span: Span) -> Totals:
    """The sums of everybody's rounds that count in the span."""
    wanted = {
        "since": "r.round_date >= :since",
        "until": "r.round_date <= :until",
        "server_id": "r.server_id = :server_id",
        "map_name": "r.map_name = :map_name",
    }
    asked = {name: value for name in wanted if (value := getattr(span, name)) is not None}
    known = " AND ".join(f"{_column(name)} IS NOT NULL" for name in figure.inputs)
    conditions = " AND ".join([_COUNTS, known, *(wanted[name] for name in asked)])
    summed = ", ".join(f"sum({_column(name)}) AS {name}" for name in figure.inputs)
    statement = f"SELECT p.player_guid, count(*) AS rounds, {summed} {_FROM} WHERE {conditions} GROUP BY p.player_guid"
    rows = connection.execute(text(statement), asked).mappings().all()
    return Totals(
        {row["player_guid"]: {name: _number(row[name]) for name in figure.inputs} for row in rows},
        {row["player_guid"]: row["rounds"] for row in rows},
    )


def newest_names(connection: Connection, guids: Iterable[str]) -> dict[str, str]:
    """What each player was called last."""
    found = connection.execute(_NEWEST_NAMES, {"guids": list(guids)})
    return {row.guid: row.clean_name for row in found}


class PlayerHistory:
    """One player's rounds, within the caller's transaction."""

    def __init__(self, connection: Connection, guid: str) -> None:
        self._connection = connection
        self._guid = guid

    def names(self) -> list[Mapping[str, Any]]:
        """Every name he had in any round, the newest first, with the rounds he bore it in. Empty: nobody has that GUID."""
        return [dict(row) for row in self._connection.execute(_NAMES, {"guid": self._guid}).mappings()]

    def span(self) -> Mapping[str, Any]:
        """How many of his rounds count, from when to when, and his whole GUID where some source told it."""
        return dict(self._connection.execute(_OF_ONE, {"guid": self._guid}).mappings().one())

    def newest_rounds(self, limit: int) -> list[Mapping[str, Any]]:
        """His newest rounds, also those that do not count, each with its row of `rounds` and his numbers in it."""
        found = self._connection.execute(_ROUNDS, {"guid": self._guid, "limit": limit})
        return [dict(row) for row in found.mappings()]

    def figures(self, figures: Mapping[str, Figure]) -> dict[str, float | None]:
        """Each figure over all of his rounds that count and in which it is known."""
        columns = [
            f"sum({_column(one)}) FILTER (WHERE {_known(figure)}) AS {name}__{one}"
            for name, figure in figures.items()
            for one in figure.inputs
        ]
        statement = f"SELECT {', '.join(columns)} {_FROM} WHERE p.player_guid = :guid AND {_COUNTS}"
        row = self._connection.execute(text(statement), {"guid": self._guid}).mappings().one()
        return {
            name: figure.of({one: _number(row[f"{name}__{one}"]) for one in figure.inputs})
            for name, figure in figures.items()
        }


def _known(figure: Figure) -> str:
    return " AND ".join(f"{_column(name)} IS NOT NULL" for name in figure.inputs)


def _column(name: str) -> str:
    return SUMMED.get(name, f"p.{name}")


def _number(value: Any) -> Sum:
    """Postgres sums integers as numeric."""
    return value if value is None or isinstance(value, (int, float)) else float(value)
