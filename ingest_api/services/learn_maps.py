"""What rounds teach about maps, learned again and again; rounds told without their defender are judged by what is known now."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine

from ingest_api.services.judging import Rules
from ingest_api.services.rejudging import judge_among_neighbours
from shared.db.map_lore import MapLore
from shared.db.rounds import Rounds
from shared.db.servers import Servers

log = structlog.get_logger()
LEARN_EVERY = timedelta(minutes=5)


class MapLearning:
    """Learns every few minutes; what is learned depends on the stored rounds alone, not on the order they came in."""

    def __init__(self, engine: Engine, rules: Rules) -> None:
        self._engine = engine
        self._rules = rules
        self._due_at: datetime | None = None

    def learn_when_due(self, now: datetime) -> bool:
        """Learn, unless it was done lately; answers whether it was due."""
        if self._due_at is not None and now < self._due_at:
            return False
        self._due_at = now + LEARN_EVERY
        learn_maps(self._engine, now, self._rules)
        return True


def learn_maps(engine: Engine, now: datetime, rules: Rules) -> int:
    """Learn now; returns how many rounds were judged again for it."""
    with engine.begin() as connection:
        changed = MapLore(connection).learn(now)
        untold = MapLore(connection).untold_rounds(changed) if changed else []
    for round_id, server_id in untold:
        with engine.begin() as connection:
            Servers(connection).lock(server_id)
            if Rounds(connection).exists(round_id):
                judge_among_neighbours(connection, round_id, rules.without_posting(), now)
    if untold:
        log.info("maps_learned", maps=changed, rounds_judged_again=len(untold))
    return len(untold)
