"""What is written of a round at once: everything that one judgement comes to, and an event with all that belongs to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic_core import to_json

from shared.db.round_rows import Record
from shared.domain.fingerprint import Fingerprint
from shared.domain.ingest_state import Move


@dataclass(frozen=True, slots=True)
class JudgedRound:
    """Everything one judgement writes. `lua` has one row, or none when nobody stood beside the engine.

    `publish`: None when the round is not to be posted, else the outbox's status.
    """

    round: Record
    lua: list[Record]
    spawns: list[Record]
    players: list[Record]
    weapons: list[Record]
    conflicts: list[Record]
    publish: str | None

    def parameters(self) -> Record:
        """As the statements take them."""
        return {
            "round": as_json(self.round),
            "lua": as_json(self.lua),
            "spawns": as_json(self.spawns),
            "players": as_json(self.players),
            "weapons": as_json(self.weapons),
            "publish": self.publish,
        }


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A round_event to be written with its moves, its aliases and the receipt of the delivery it came in.

    `outcome` None: the copy has its receipt already, the event is being worked out anew.
    """

    row: Record
    moves: Sequence[Move]
    aliases: Sequence[Fingerprint]
    source: str
    delivery_id: int
    received_at: datetime
    outcome: str | None
    answer_code: int | None

    def parameters(self, now: datetime) -> Record:
        """As the statements take them."""
        moves = [{"from_state": m.from_state, "to_state": m.to_state, "reason": m.reason} for m in self.moves]
        aliases = [{"round_fingerprint": a.text, "tier": a.tier, "source": self.source} for a in self.aliases]
        return {
            "event": as_json(self.row),
            "moves": as_json(moves),
            "aliases": as_json(aliases),
            "delivery_id": self.delivery_id,
            "received_at": self.received_at,
            "outcome": self.outcome,
            "answer_code": self.answer_code,
            "now": now,
        }


def as_json(value: object) -> str:
    """Rows as the statements take them."""
    return to_json(value).decode()
