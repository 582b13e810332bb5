"""An operator says what a team of a gaming session is called, or which colour it is drawn in. Kept for ever, shown at once."""

from datetime import datetime

from sqlalchemy import Engine

from ingest_api.services.score_sessions import score_stored_session, work_out
from shared.db.scores import Scores
from shared.domain.errors import RoundwireError
from shared.domain.team_names import LabelDecision, TeamLabel, team_color, team_name
from shared.domain.teams import OTHER_TEAM
from shared.domain.vocabulary import TeamSlot


class NoTeams(RoundwireError):
    """Nobody in the session could be told to be a team."""


def label_team(
    engine: Engine,
    session_id: int,
    slot: TeamSlot,
    *,
    name: str | None = None,
    color: str | None = None,
    decided_by: str,
    reason: str,
    now: datetime,
) -> TeamLabel:
    """Give the people of a slot a name or a colour; answers how they are shown now. Raises NoTeams, BadTeamLabel."""
    with engine.begin() as connection:
        scores = Scores(connection)
        score, labels, _result = work_out(scores.grounds(session_id))
        if not score.teams.members:
            raise NoTeams(f"the teams of session {session_id} cannot be told apart yet")
        decision = LabelDecision(
            slot,
            score.teams.roster(slot),
            None if name is None else team_name(name, [labels[OTHER_TEAM[slot]].name]),
            None if color is None else team_color(color),
        )
        scores.decide(session_id, decision, decided_by=decided_by, reason=reason, now=now)
    score_stored_session(engine, session_id, now)
    with engine.connect() as connection:
        _score, labels, _result = work_out(Scores(connection).grounds(session_id))
    return labels[slot]
