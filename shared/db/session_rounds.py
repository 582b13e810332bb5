"""The rounds of one gaming session and what its players did in them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from shared.db.player_totals import SUMMED
from shared.db.round_list import COLUMNS
from shared.db.tables.judgement import NEAR_UNIX
from shared.domain.player_figures import FIGURES
from shared.domain.session_players import OBJECTIVES

_ROUNDS = text(f"""
SELECT {COLUMNS}, EXISTS (SELECT FROM lua_round_teams l WHERE l.round_id = rounds.id) AS has_lua_data
FROM rounds WHERE gaming_session_id = :session_id ORDER BY {NEAR_UNIX}, round_number, id
""")
_COUNTERS = sorted({name for figure in FIGURES.values() for name in figure.inputs} | {*OBJECTIVES, "full_selfkills"})
_PLAYERS = text(f"""
SELECT p.round_id, p.player_guid AS guid, p.clean_name AS name, p.team AS side,
       {", ".join(f"{SUMMED.get(name, f'p.{name}')} AS {name}" for name in _COUNTERS)}
FROM player_comprehensive_stats p
WHERE p.round_id = ANY (:round_ids) AND NOT p.is_bot AND p.team IS DISTINCT FROM 3
""")


def session_rounds(connection: Connection, session_id: int) -> list[Mapping[str, Any]]:
    """Every round of the session in the order they were played, those that do not count too."""
    found = connection.execute(_ROUNDS, {"session_id": session_id})
    return [dict(row) for row in found.mappings()]


def player_rounds(connection: Connection, round_ids: Sequence[int]) -> list[Mapping[str, Any]]:
    """What everybody did in these rounds, in their order; bots and those who only watched are left out."""
    place = {round_id: number for number, round_id in enumerate(round_ids)}
    found = connection.execute(_PLAYERS, {"round_ids": list(round_ids)})
    return sorted((dict(row) for row in found.mappings()), key=lambda row: (place[row["round_id"]], row["guid"]))
