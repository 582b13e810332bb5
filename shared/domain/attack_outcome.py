"""Did the attackers of one round succeed? The first rule that can tell: sides, a surrender, the next limit, the clock. Pure."""

from shared.domain.round_facts import RoundFacts
from shared.domain.round_of_match import LIMITS_EQUAL_MS
from shared.domain.vocabulary import Side, StopwatchState

NEAR_LIMIT_MS = 2_000
BY_OUTCOME = "outcome"
"""What told the winner of a round that was told without one, though with its defender."""


def attackers_succeeded(facts: RoundFacts, next_round_limit_ms: int | None) -> tuple[bool | None, bool]:
    """The answer for a round that was played out, None when nothing tells; and whether its winner and defender gave it.

    `next_round_limit_ms`: for an R1, its R2's limit.
    """
    if facts.winner is not None and facts.defender is not None:
        return facts.winner != facts.defender, True
    if facts.surrender_side is not None:
        return facts.surrender_side == facts.defender, False
    by_next_limit = _by_next_limit(facts, next_round_limit_ms) if facts.round_number == 1 else None
    return (_by_clock(facts) if by_next_limit is None else by_next_limit), False


def set_time_ms(facts: RoundFacts, next_round_limit_ms: int | None) -> int | None:
    """The time that R1's attackers set: the engine's own next limit, else R2's, else as measured, else the header's clock."""
    is_smaller = bool(next_round_limit_ms and facts.limit_ms and next_round_limit_ms < facts.limit_ms - LIMITS_EQUAL_MS)
    of_next_round = next_round_limit_ms if is_smaller else None
    return facts.next_limit_ms or of_next_round or facts.elapsed_ms or target_ms(facts)


def winner_of(state: StopwatchState | None, defender: Side | None) -> Side | None:
    """The side that won, where it is known whether the attackers succeeded and who they were."""
    if state is None or defender is None:
        return None
    return defender if state is StopwatchState.FULL_HOLD else Side(3 - defender)


def target_ms(facts: RoundFacts) -> int | None:
    """The header clock where it can be what it means to be, the time that the next attackers have; it is no duration."""
    clock_ms = facts.header_clock_ms
    if clock_ms is None or clock_ms <= 0 or (facts.limit_ms is not None and clock_ms > facts.limit_ms):
        return None
    return clock_ms


def is_same_limit(one_ms: int | None, other_ms: int | None) -> bool:
    """Whether two limits are known to be one."""
    return one_ms is not None and other_ms is not None and abs(one_ms - other_ms) <= LIMITS_EQUAL_MS


def _by_next_limit(facts: RoundFacts, next_round_limit_ms: int | None) -> bool | None:
    """R2 is played under R1's set time, or under the same limit after a hold. A longer one proves nothing."""
    if next_round_limit_ms is None or facts.limit_ms is None:
        return None
    if is_same_limit(next_round_limit_ms, facts.limit_ms):
        return False
    return True if next_round_limit_ms < facts.limit_ms else None


def _by_clock(facts: RoundFacts) -> bool | None:
    if facts.limit_ms is None:
        return None
    if facts.elapsed_ms is not None:
        slack_ms = NEAR_LIMIT_MS if facts.round_number == 1 else 0
        return facts.elapsed_ms < facts.limit_ms - slack_ms
    clock_ms = target_ms(facts)
    return None if clock_ms is None else clock_ms < facts.limit_ms
