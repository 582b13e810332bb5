"""Who won an evening, worked out by other means than the product's: from what was done in the game, by whom it was done.

It knows no limits, headers, confidences or slots. Two attacks of a match are compared as people would: who got there, and
how fast. A team is whoever began with the first one of it, and who ever stood mostly beside them.
"""

from collections.abc import Iterable

from tests.contract.evening_truth import Told

SPECTATOR = 3
REGULAR = ("objective", "timelimit", "surrender_axis", "surrender_allies")


def winners(told: Iterable[Told]) -> list[tuple[str, str]]:
    """Map and winner (A, B or draw) of every match of which both rounds were played out, in the order they were begun."""
    rounds = [one for one in told if one.kind in REGULAR]
    first_ones = [one for one in rounds if one.number == 1]
    if not first_ones:
        return []
    with_a, with_b = ({guid for guid, seat in first_ones[0].people.items() if seat.side == side} for side in (1, 2))
    _take_in_newcomers(rounds, with_a, with_b)
    found = []
    for first in first_ones:
        seconds = [one for one in rounds if one.number == 2 and one.r1_start_unix == first.start_unix]
        if seconds:
            found.append((first.map_name, _winner(first, seconds[-1], with_a)))
    return found


def _take_in_newcomers(rounds, with_a, with_b):
    """Whoever stood with A or against B is of A, each round and person a voice."""
    for one in rounds:
        for guid in sorted(one.people):
            if guid in with_a or guid in with_b or one.people[guid].side == SPECTATOR:
                continue
            for_a = 0
            for other in rounds:
                side = other.people[guid].side if guid in other.people else SPECTATOR
                for mate, seat in other.people.items() if side != SPECTATOR else ():
                    if seat.side != SPECTATOR and (mate in with_a or mate in with_b):
                        for_a += 1 if (seat.side == side) == (mate in with_a) else -1
            if for_a:
                (with_a if for_a > 0 else with_b).add(guid)


def _winner(first: Told, second: Told, with_a: set[bytes]) -> str:
    one, two = _time(first), _time(second)
    if one is None and two is None:
        return "draw"
    fastest = first if two is None or (one is not None and one <= two) else second
    attackers = {guid for guid, seat in fastest.people.items() if seat.side == 3 - fastest.defender}
    return "A" if 2 * len(attackers & with_a) > len(attackers) else "B"


def _time(one: Told) -> int | None:
    """How long the attackers took; None when they were held."""
    return one.elapsed_ms if one.winner != one.defender else None
