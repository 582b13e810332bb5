"""How a round_event moves from `seen` to `published`. Pure: the table of lawful moves, and what a move needs."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.domain.errors import IllegalMove
from shared.domain.vocabulary import EventState as S

_REPLAY = frozenset({"replay"})
_REDO = frozenset({"replay", "relink"})
_UNLINK = frozenset({"one_to_one_conflict", "operator", "merged"})
_ANY: frozenset[str] = frozenset()

_LAWFUL: dict[tuple[S | None, S], frozenset[str] | None] = {
    (None, S.SEEN): None,
    (S.SEEN, S.PARSED): None,
    (S.SEEN, S.QUARANTINED): _ANY,
    (S.QUARANTINED, S.SEEN): _ANY,
    (S.PARSED, S.LINKED): _ANY,
    (S.LINKED, S.ENRICHED): None,
    (S.ENRICHED, S.PUBLISHED): frozenset({"sent", "not_publishable", "autopost_off"}),
    (S.PUBLISHED, S.ENRICHED): frozenset({"revision"}),
    (S.ENRICHED, S.LINKED): _REDO,
    (S.PUBLISHED, S.LINKED): _REDO,
    (S.PARSED, S.SEEN): _REPLAY,
    (S.LINKED, S.SEEN): _REPLAY,
    (S.ENRICHED, S.SEEN): _REPLAY,
    (S.PUBLISHED, S.SEEN): _REPLAY,
    (S.LINKED, S.PARSED): _UNLINK,
    (S.ENRICHED, S.PARSED): _UNLINK,
    (S.PUBLISHED, S.PARSED): _UNLINK,
}
"""Per move: None = no reason needed, empty = any reason, else one of these."""


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a round_event, with its reason where the step needs one."""

    from_state: S | None
    to_state: S
    reason: str | None = None


def move(from_state: S | None, to_state: S, reason: str | None = None) -> Move:
    """A lawful move; raises IllegalMove for every other."""
    if (from_state, to_state) not in _LAWFUL:
        raise IllegalMove(f"a round_event cannot go from {from_state} to {to_state}")
    reasons = _LAWFUL[from_state, to_state]
    if reasons is not None and (reason is None or (reasons and reason not in reasons)):
        raise IllegalMove(
            f"{from_state} to {to_state} needs a reason{': ' + ', '.join(sorted(reasons)) if reasons else ''}"
        )
    return Move(from_state, to_state, reason)


def walk(steps: Iterable[tuple[S, str | None]], begin: S | None = None) -> tuple[Move, ...]:
    """The moves of an event through `steps`, each (state, reason); a new one begins at nothing."""
    moves: list[Move] = []
    state = begin
    for to_state, reason in steps:
        moves.append(move(state, to_state, reason))
        state = to_state
    return tuple(moves)
