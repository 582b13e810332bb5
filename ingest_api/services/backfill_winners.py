"""Rounds without winner or defender, judged again with whatever is known by now: R2's limit, the other round, the map."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine

from ingest_api.services.judging import AS_USUAL, Rules
from ingest_api.services.rejudging import judge_among_neighbours
from shared.db.servers import Servers
from shared.db.untold_sides import StoredSides, stored_sides, untold_sides


class StillUntold(StrEnum):
    """Why a side of a round stays unknown."""

    DEFENDER_UNKNOWN = "defender_unknown"
    OUTCOME_UNKNOWN = "outcome_unknown"


@dataclass(frozen=True, slots=True)
class Settled:
    """One round before and after. `unrecoverable`: why it still lacks a side, if it does."""

    before: StoredSides
    after: StoredSides
    unrecoverable: StillUntold | None

    @property
    def is_changed(self) -> bool:
        """Whether anything is told of it now that was not."""
        return self.before != self.after


def backfill_winners(
    engine: Engine, now: datetime, *, is_applied: bool, server_id: str | None = None, rules: Rules = AS_USUAL
) -> Iterator[Settled]:
    """Try every round that lacks a side, each in a transaction of its own that is undone unless `is_applied`.

    Only judgement is written; what was posted is edited, nothing is posted anew.
    """
    with engine.connect() as connection:
        untold = untold_sides(connection, server_id)
    for before in untold:
        with engine.connect() as connection:
            settled = _settle(connection, before, rules, now)
            if settled is not None and is_applied:
                connection.commit()
        if settled is not None:
            yield settled


def _settle(connection: Connection, before: StoredSides, rules: Rules, now: datetime) -> Settled | None:
    """None when the round is no more. The other half of its match may have settled it already."""
    Servers(connection).lock(before.server_id)
    if stored_sides(connection, before.round_id) is None:
        return None
    judge_among_neighbours(connection, before.round_id, rules.without_posting(), now)
    after = stored_sides(connection, before.round_id)
    return None if after is None else Settled(before, after, _still_untold(after))


def _still_untold(after: StoredSides) -> StillUntold | None:
    if after.defender_team is None:
        return StillUntold.DEFENDER_UNKNOWN
    return StillUntold.OUTCOME_UNKNOWN if after.winner_team is None else None
