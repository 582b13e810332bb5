"""How near in time is what tells of a round to what is known of one, and are two rounds that it fits both the same? Pure.

Clocks of different senders differ by seconds: a start, else an end, within 5 s may mean the same round; a file known by its
stamp alone is compared with ends, within 30 s. One kind of sender never tells two starts of one round.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.domain.round_facts import RoundFacts
from shared.domain.vocabulary import Kind, LinkReason

WINDOW_SECONDS = 5
STAMP_WINDOW_SECONDS = 30
LOOKED_AT_SECONDS = 120
"""Of rounds that are farther than this it need not be asked what else was told of them."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A round of the same server, map and number. `starts`: what each kind of event linked to it tells of its start.

    `told_ends_unix`: what these events tell of its end; `stamp_ends_unix`: the ends that the stamps of its files mean.
    """

    round_id: int
    round_start_unix: int | None
    round_end_unix: int | None
    stamp_ends_unix: tuple[int, ...] = ()
    starts: Mapping[Kind, frozenset[int | None]] | None = None
    told_ends_unix: frozenset[int] = frozenset()

    @property
    def times(self) -> "Times":
        """All that is told of when it was."""
        told = {start for starts in (self.starts or {}).values() for start in starts}
        return Times(
            _known((*told, self.round_start_unix)),
            _known((*self.told_ends_unix, self.round_end_unix)),
            frozenset(self.stamp_ends_unix),
        )


@dataclass(frozen=True, slots=True)
class Times:
    """Every start and end told, and the ends that stamps mean. Unix seconds."""

    starts: frozenset[int]
    ends: frozenset[int]
    stamps: frozenset[int]

    def starts_apart(self, other: "Times") -> int | None:
        """Seconds between the nearest starts; None when there is nothing to compare."""
        return _apart(self.starts, other.starts)

    def ends_apart(self, other: "Times") -> int | None:
        """Seconds between the nearest ends."""
        return _apart(self.ends, other.ends)

    def stamps_apart(self, other: "Times") -> int | None:
        """Seconds between a stamp and an end, or two stamps. Where both sides know an end, no stamp is asked."""
        if self.ends and other.ends:
            return None
        return _apart(self.ends or self.stamps, other.ends or other.stamps)


class Relation(StrEnum):
    """What two stored rounds are to each other, when something fits them both."""

    ONE = "one"
    APART = "apart"
    CONFLICT = "conflict"


WINDOWS = (
    (LinkReason.RESOLVED_START_WINDOW, WINDOW_SECONDS, Times.starts_apart),
    (LinkReason.RESOLVED_END_WINDOW, WINDOW_SECONDS, Times.ends_apart),
    (LinkReason.RESOLVED_STAMP_WINDOW, STAMP_WINDOW_SECONDS, Times.stamps_apart),
)
"""Which reason, how near, by what: the strongest first."""


def times_of(facts: RoundFacts) -> Times:
    """What one event tells of when its round was."""
    stamps = facts.stamp.ends_unix if facts.stamp else ()
    return Times(_known([facts.round_start_unix]), _known([facts.round_end_unix]), frozenset(stamps))


def may_be(facts: RoundFacts, candidate: Candidate) -> bool:
    """Whether an event could tell of a round, by times alone: not far from it by any, or with nothing to compare."""
    one, other = times_of(facts), candidate.times
    apart = [seconds for _reason, _window, difference in WINDOWS if (seconds := difference(one, other)) is not None]
    return not apart or min(apart) <= LOOKED_AT_SECONDS


def nearest_seconds(facts: RoundFacts, candidate: Candidate) -> int | None:
    """How far an event is from a round by the nearest of what can be compared."""
    one, other = times_of(facts), candidate.times
    apart = [difference(one, other) for _reason, _window, difference in WINDOWS]
    return min((seconds for seconds in apart if seconds is not None), default=None)


def relation(one: Candidate, other: Candidate) -> Relation:
    """Whether two rounds can be one, which an event that fits both shows them to be.

    Told apart by their ends they are two. So they are where one kind of sender told a start of each: that the event fits
    both all the same is then a conflict.
    """
    if _ends_differ(one.times, other.times):
        return Relation.APART
    disagreeing = kinds_of_two_starts(one, other)
    ours, theirs = one.starts or {}, other.starts or {}
    if any(_known(ours[kind]) and _known(theirs[kind]) for kind in disagreeing):
        return Relation.CONFLICT
    return Relation.APART if disagreeing else Relation.ONE


def is_conflict(one: Candidate, other: Candidate) -> bool:
    """Whether two rounds ended together although one kind of sender told of them as two."""
    apart = one.times.ends_apart(other.times)
    return apart is not None and apart <= WINDOW_SECONDS and relation(one, other) is Relation.CONFLICT


def kinds_of_two_starts(one: Candidate, other: Candidate) -> list[Kind]:
    """The kinds of sender that told of both rounds, with another start each."""
    ours, theirs = one.starts or {}, other.starts or {}
    return [kind for kind in Kind if kind in ours and kind in theirs and not ours[kind] & theirs[kind]]


def is_within(apart_seconds: int | None, window_seconds: int) -> bool:
    """Whether a difference is known and small enough."""
    return apart_seconds is not None and apart_seconds <= window_seconds


def _ends_differ(one: Times, other: Times) -> bool:
    if is_within(one.starts_apart(other), WINDOW_SECONDS):
        return False
    ends, stamps = one.ends_apart(other), one.stamps_apart(other)
    return (ends is not None and ends > WINDOW_SECONDS) or (stamps is not None and stamps > STAMP_WINDOW_SECONDS)


def _known(told: Iterable[int | None]) -> frozenset[int]:
    return frozenset(at for at in told if at is not None)


def _apart(ours: Iterable[int], theirs: Iterable[int]) -> int | None:
    theirs = tuple(theirs)
    return min((abs(one - other) for one in ours for other in theirs), default=None)
