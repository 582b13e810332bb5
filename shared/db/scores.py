"""Scores in the database: which sessions are due, what a session's score rests on, and the score as it is written.

A score is worked out without holding a server's lock, so that no game server waits for it. Writing takes the lock and the
notes that made the session due: when one came since the reading, the score rests on what is no more, and is not written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic_core import to_json
from sqlalchemy import Connection

from shared.db import score_statements as sql
from shared.db.score_rounds import milliseconds, rounds_of_session
from shared.db.score_rows import Record, SessionTimes, match_rows, result_row, team_rows
from shared.db.servers import Servers
from shared.domain.round_of_match import RoundOfMatch
from shared.domain.session_result import SessionResult
from shared.domain.session_score import SessionScore
from shared.domain.team_names import LabelDecision, TeamLabel
from shared.domain.vocabulary import OperatorAction, TeamSlot

_LABELS = (OperatorAction.TEAM_NAME, OperatorAction.TEAM_COLOR)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a score rests on. `note_ids`: the notes that were there before anything was read.

    `base_limits_ms`: of the session's maps, as far as they are known. `labels`: what operators said of its teams.
    """

    session_id: int
    server_id: str
    times: SessionTimes
    note_ids: frozenset[int]
    rounds: tuple[RoundOfMatch, ...]
    base_limits_ms: Mapping[str, int]
    labels: tuple[LabelDecision, ...]


class Scores:
    """Questions and writings about scores, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def due(self, limit: int | None) -> list[int]:
        """Sessions in which something happened since they were scored, the longest waiting first; `limit` None: all."""
        return [int(one) for one in self._connection.execute(sql.DUE, {"limit": limit}).scalars()]

    def note(self, session_id: int) -> None:
        """Let a session be scored anew."""
        self._connection.execute(sql.NOTE, {"session_id": session_id})

    def note_all(self) -> int:
        """Let every session be scored anew; answers how many there are."""
        return int(self._connection.execute(sql.NOTE_ALL).rowcount)

    def grounds(self, session_id: int) -> Grounds:
        """All that a session's score rests on."""
        whose = {"session_id": session_id}
        note_ids = frozenset(self._connection.execute(sql.NOTES, whose).scalars())
        session = self._connection.execute(sql.SESSION, whose).one()
        rounds = rounds_of_session(self._connection.execute(sql.ROUNDS, whose).all())
        maps = {"server_id": session.server_id, "map_names": sorted({one.map_name for one in rounds})}
        limits = {
            row.map_name: milliseconds(row.base_limit_seconds)
            for row in self._connection.execute(sql.BASE_LIMITS, maps)
        }
        return Grounds(
            session_id,
            session.server_id,
            SessionTimes(session.started_at, session.ended_at, session.session_date),
            note_ids,
            tuple(rounds),
            {map_name: limit_ms for map_name, limit_ms in limits.items() if limit_ms is not None},
            self._decided(session_id),
        )

    def write(
        self,
        grounds: Grounds,
        score: SessionScore,
        result: SessionResult,
        labels: Mapping[TeamSlot, TeamLabel],
        now: datetime,
    ) -> bool:
        """Write a score, unless something happened since its grounds were read; then False. What is as before is left."""
        if not self._still_stands(grounds):
            return False
        whose: Record = {"session_id": grounds.session_id}
        if not grounds.rounds:
            for statement in sql.FORGET:
                self._connection.execute(statement, whose)
            return True
        rows = match_rows(score, grounds.session_id, grounds.server_id)
        ours = {
            "match_ids": [row["match_id"] for row in rows],
            "round_ids": [
                row[half] for row in rows for half in ("r1_round_id", "r2_round_id") if row[half] is not None
            ],
        }
        self._connection.execute(sql.MAKE_ROOM, whose | ours)
        self._connection.execute(sql.WRITE_MATCHES, {"matches": _json(rows), "now": now})
        row = result_row(result, grounds.session_id, grounds.times)
        self._connection.execute(sql.WRITE_RESULT, {"result": _json(row)})
        teams = team_rows(score.teams, labels, grounds.session_id)
        if teams:
            self._connection.execute(sql.WRITE_TEAMS, {"teams": _json(teams)})
        else:
            self._connection.execute(sql.FORGET_TEAMS, whose)
        return True

    def decide(self, session_id: int, decision: LabelDecision, *, decided_by: str, reason: str, now: datetime) -> None:
        """Keep for ever what an operator said of a team, and let its session be written anew."""
        action = OperatorAction.TEAM_NAME if decision.name is not None else OperatorAction.TEAM_COLOR
        details = {"team": decision.slot, "guids": decision.guids, "name": decision.name, "color": decision.color}
        parameters = {
            "session_id": session_id,
            "action": action,
            "details": _json(details),
            "decided_by": decided_by,
            "reason": reason,
            "now": now,
        }
        self._connection.execute(sql.DECIDE, parameters)
        self.note(session_id)

    def _still_stands(self, grounds: Grounds) -> bool:
        Servers(self._connection).lock(grounds.server_id)
        taken = self._connection.execute(sql.TAKE_NOTES, {"session_id": grounds.session_id}).scalars()
        return frozenset(taken) == grounds.note_ids

    def _decided(self, session_id: int) -> tuple[LabelDecision, ...]:
        rows = self._connection.execute(sql.DECISIONS, {"session_id": session_id, "actions": list(_LABELS)})
        return tuple(
            LabelDecision(
                TeamSlot(row.details["team"]), tuple(row.details["guids"]), row.details["name"], row.details["color"]
            )
            for row in rows
        )


def _json(value: Record | Sequence[Record]) -> str:
    return to_json(value).decode()
