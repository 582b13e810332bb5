"""What the worker does so that every score says what the evidence says now: work out anew whatever something happened in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from shared.db.scores import Grounds, Scores
from shared.domain.attribution import KnownMap
from shared.domain.known_maps import BASE_LIMITS_MS
from shared.domain.session_result import SessionResult, result_of
from shared.domain.session_score import SessionScore, score_session
from shared.domain.team_names import TeamLabel, team_labels
from shared.domain.vocabulary import TeamSlot

log = structlog.get_logger()
BATCH = 20
REST = timedelta(minutes=1)
_MOST_TRIES = 5


class ScoreKeeping:
    """Keeps scores up to date, a few sessions at a time.

    A session with which it failed is left alone for a minute; that it is due is still in the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._resting_until: dict[int, datetime] = {}

    def keep(self, now: datetime) -> int:
        """Score what is due, at most a batch of it; answers how many sessions were written."""
        self._resting_until = {one: until for one, until in self._resting_until.items() if until > now}
        with self._engine.connect() as connection:
            due = Scores(connection).due(BATCH + len(self._resting_until))
        return sum(self.score(one, now) for one in due if one not in self._resting_until)

    def score(self, session_id: int, now: datetime) -> bool:
        """Score one session; False when that failed, which is logged."""
        try:
            return score_stored_session(self._engine, session_id, now)
        except Exception as error:  # one session's trouble must not keep the others waiting
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise
            log.exception("session_not_scored", gaming_session_id=session_id)
            self._resting_until[session_id] = now + REST
            return False


@dataclass(frozen=True, slots=True)
class Rescored:
    """Which sessions were scored anew, and with which it failed."""

    scored: tuple[int, ...]
    failed: tuple[int, ...]


def rescore(engine: Engine, now: datetime, session_id: int | None = None) -> Rescored:
    """Score one session, or all that there are, whether something happened in them or not."""
    with engine.begin() as connection:
        if session_id is None:
            Scores(connection).note_all()
        else:
            Scores(connection).note(session_id)
        due = Scores(connection).due(None) if session_id is None else [session_id]
    keeping = ScoreKeeping(engine)
    done = {one: keeping.score(one, now) for one in due}
    return Rescored(
        tuple(one for one, is_scored in done.items() if is_scored),
        tuple(one for one, is_scored in done.items() if not is_scored),
    )


def score_stored_session(engine: Engine, session_id: int, now: datetime) -> bool:
    """Work a session's score out and write it; False when rounds kept coming meanwhile, so that it is still due."""
    for _try in range(_MOST_TRIES):
        with engine.connect() as connection:
            grounds = Scores(connection).grounds(session_id)
        score, labels, result = work_out(grounds)
        with engine.connect() as connection:
            if Scores(connection).write(grounds, score, result, labels, now):
                connection.commit()
                _tell_failures(session_id, score)
                return True
    return False


def work_out(grounds: Grounds) -> tuple[SessionScore, dict[TeamSlot, TeamLabel], SessionResult]:
    """A session's score from what it rests on, with how its teams are called. Writes nothing."""
    limits_ms = {**BASE_LIMITS_MS, **grounds.base_limits_ms}
    known = {map_name: KnownMap(base_limit_ms=limit_ms) for map_name, limit_ms in limits_ms.items()}
    score = score_session(grounds.rounds, known)
    labels = team_labels(score.teams, grounds.labels)
    return score, labels, result_of(score, labels)


def _tell_failures(session_id: int, score: SessionScore) -> None:
    for match_id, error in score.failures.items():
        log.error("match_not_scored", gaming_session_id=session_id, match_id=match_id, exc_info=error)
