"""The stored scores of gaming sessions and matches, for everything that shows them. Nothing is computed here.

`session_names.named_session` tells which session is meant. Every score comes with its confidence.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row, text

from shared.domain.map_entry import debug_entry
from shared.domain.session_result import SessionResult, scoring
from shared.domain.vocabulary import Confidence

Entry = dict[str, Any]

_RESULTS = text("""
SELECT gaming_session_id, team_1_name, team_2_name, team_1_guids, team_2_guids, map_wins_a, map_wins_b, draws, points_a,
       points_b, winning_team, confidence, confidence_counts, total_rounds, counted_maps, round_details,
       substitution_details
FROM session_results WHERE gaming_session_id = ANY (:session_ids) AND map_name = 'ALL'
""")
_TEAMS = text("""
SELECT team_slot, team_name, color, is_custom_name, player_guids, player_names, detected_from_round_id
FROM session_teams WHERE gaming_session_id = :session_id AND map_name = 'ALL' ORDER BY team_slot
""")
_NEWEST = text("""
SELECT id AS session_id, server_id, session_date, started_at, ended_at, rounds_count FROM gaming_sessions
WHERE rounds_count > 0 AND (CAST(:server_id AS text) IS NULL OR server_id = :server_id)
ORDER BY session_date DESC, started_at DESC, id DESC LIMIT :limit
""")
_MATCH = text("SELECT * FROM matches WHERE match_id = :match_id")


class SessionScores:
    """Questions about stored scores, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def result(self, session_id: int) -> SessionResult | None:
        """What is stored of a session's score; None while it has not been worked out yet."""
        return self.results([session_id]).get(session_id)

    def results(self, session_ids: Collection[int]) -> dict[int, SessionResult]:
        """The same of many sessions at once, by id."""
        rows = self._connection.execute(_RESULTS, {"session_ids": list(session_ids)})
        return {row.gaming_session_id: _result(row) for row in rows}

    def scoring(self, session_id: int) -> Entry | None:
        """The score of a session as it is shown: totals, maps, warnings, confidence; None while it is not worked out."""
        result = self.result(session_id)
        return None if result is None else scoring(result)

    def debug(self, session_id: int) -> list[Entry] | None:
        """How each verdict of a session was reached: sides, defender, rule, state, note, a map each."""
        result = self.result(session_id)
        return None if result is None else [debug_entry(entry) for entry in result.maps]

    def teams(self, session_id: int) -> list[Entry]:
        """TeamA and TeamB with name, colour and people; empty when they could not be told apart."""
        return [
            {
                "team": row.team_slot,
                "name": row.team_name,
                "color": row.color,
                "is_custom_name": row.is_custom_name,
                "players": [
                    {"guid": guid, "name": name} for guid, name in zip(row.player_guids, row.player_names, strict=True)
                ],
                "detected_from_round_id": row.detected_from_round_id,
            }
            for row in self._connection.execute(_TEAMS, {"session_id": session_id})
        ]

    def newest(self, limit: int, server_id: str | None = None) -> list[Entry]:
        """The newest sessions, of one server or all: when each was and how many rounds it has."""
        found = self._connection.execute(_NEWEST, {"limit": limit, "server_id": server_id})
        return [dict(row) for row in found.mappings()]

    def match(self, match_id: str) -> Mapping[str, Any] | None:
        """The row of `matches` of a match_id, by column name; None when there is none."""
        found = self._connection.execute(_MATCH, {"match_id": match_id}).mappings().one_or_none()
        return None if found is None else dict(found)


def _result(row: Row[Any]) -> SessionResult:
    is_scored = row.map_wins_a is not None
    has_teams = row.team_1_name is not None
    return SessionResult(
        team_names=(row.team_1_name, row.team_2_name) if has_teams else None,
        team_guids=(tuple(row.team_1_guids), tuple(row.team_2_guids)),
        map_wins=(row.map_wins_a, row.map_wins_b) if is_scored else None,
        points=(row.points_a, row.points_b) if is_scored else None,
        draws=row.draws,
        winning_team=row.winning_team,
        confidence=Confidence(row.confidence),
        confidence_counts=row.confidence_counts,
        total_rounds=row.total_rounds,
        counted_maps=row.counted_maps,
        maps=tuple(row.round_details["maps"]),
        uncounted_rounds=tuple(row.round_details["uncounted_rounds"]),
        substitutions=tuple(row.substitution_details),
    )
