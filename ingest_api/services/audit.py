"""Checks of what is stored against the rules that made it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from shared.db.pairs import MapOfServer, rounds_by_map
from shared.domain.pair_audit import PairFlaw, PlayedHalf, audit_pairs


@dataclass(frozen=True, slots=True)
class FlawedRound:
    """A round whose match is not whole, or not the one it stands in. `played_at`: as near as is known."""

    round_id: int
    server_id: str
    map_name: str
    round_number: int
    played_at: datetime | None
    flaw: PairFlaw
    match_id: str
    expected_match_id: str


@dataclass(frozen=True, slots=True)
class PairAudit:
    """How many rounds were looked at, and those that lack something, the first played first."""

    rounds: int
    flawed: tuple[FlawedRound, ...]

    def count(self, flaw: PairFlaw) -> int:
        """How many rounds have a flaw."""
        return sum(one.flaw is flaw for one in self.flawed)


def audit_stored_pairs(connection: Connection, now: datetime, server_id: str | None = None) -> PairAudit:
    """Pair all stored rounds anew, of one server or all, and see which are without their other half."""
    groups = list(rounds_by_map(connection, server_id))
    flawed = [one for group in groups for one in _flawed(group, now)]
    flawed.sort(key=lambda one: (one.played_at is None, one.played_at, one.round_id))
    return PairAudit(sum(len(group.rounds) for group in groups), tuple(flawed))


def _flawed(group: MapOfServer, now: datetime) -> list[FlawedRound]:
    by_id = {one.half.key: one for one in group.rounds}
    played = [PlayedHalf(one.half, one.match_id) for one in group.rounds]
    flawed = []
    for finding in audit_pairs(group.server_id, group.map_name, played, int(now.timestamp())):
        stored = by_id[finding.key]
        near_unix = stored.half.near_unix
        flawed.append(
            FlawedRound(
                round_id=finding.key,
                server_id=group.server_id,
                map_name=group.map_name,
                round_number=stored.half.round_number,
                played_at=None if near_unix is None else datetime.fromtimestamp(near_unix, UTC),
                flaw=finding.flaw,
                match_id=stored.match_id,
                expected_match_id=finding.expected_match_id,
            )
        )
    return flawed
