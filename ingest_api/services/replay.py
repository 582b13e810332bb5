"""Judgement wiped and rebuilt from evidence: every delivery is read anew, finds its round, and the round is judged again.

Rounds, events and fingerprints keep their identities. One round is one transaction under its server's lock, so nobody sees
half of it, and game servers wait for one round at most. What looks as before keeps its revision; nothing is posted that was
not to be posted before.
"""

from collections.abc import Iterator
from datetime import datetime

import structlog
from sqlalchemy import Engine

from ingest_api.services.judging import AS_USUAL, Rules
from ingest_api.services.moving import honour_decisions
from ingest_api.services.read_anew import read_unlinked
from ingest_api.services.replay_round import Replayed, replay_round
from shared.db.aliases import Aliases
from shared.db.replays import Replays, Scope, ScopedEvent, ScopedRound
from shared.db.scores import Scores
from shared.db.servers import Servers
from shared.domain.errors import RoundwireError

log = structlog.get_logger()


class NoSuchRound(RoundwireError):
    """There is no round of that id."""


def replay(engine: Engine, scope: Scope, now: datetime, rules: Rules = AS_USUAL) -> Iterator[Replayed]:
    """Rebuild a scope: first its rounds in the order they were played, then what belonged to none, and at last what operators
    put elsewhere than any rule does. After everything was rebuilt the worker works out every score anew. Raises NoSuchRound.
    """
    with engine.connect() as connection:
        rounds = Replays(connection).rounds(scope)
        if scope.round_id is not None and not rounds:
            raise NoSuchRound(f"there is no round {scope.round_id}")
        others = Replays(connection).deliveries_without_round(scope)
    for one in rounds:
        yield _guarded(engine, one, rules, now)
    for other in others:
        yield _guarded(engine, other, rules, now)
    if scope == Scope():
        honour_decisions(engine, rules, now)
    with engine.begin() as connection:
        Aliases(connection).gather()
        if scope == Scope():
            Scores(connection).note_all()


def _guarded(engine: Engine, one: ScopedRound | ScopedEvent, rules: Rules, now: datetime) -> Replayed:
    try:
        with engine.begin() as connection:
            Servers(connection).lock(one.server_id)
            if isinstance(one, ScopedRound):
                return replay_round(connection, one, rules, now)
            round_id = read_unlinked(connection, one, rules, now)
            return Replayed(round_id, one.delivery_id, is_changed=round_id is not None)
    except Exception:  # one round that cannot be judged stays as it was and must not keep the others from it
        log.exception("replay_failed", scoped=one)
        if isinstance(one, ScopedRound):
            return Replayed(one.round_id, is_failed=True)
        return Replayed(None, one.delivery_id, is_failed=True)
