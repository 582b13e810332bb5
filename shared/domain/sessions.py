"""Gaming sessions: which rounds of one server were played without a pause of more than an hour between them. Pure.

A session is what an hour of silence on both sides cuts out of a server's time, so it depends on when rounds were played
and on nothing else: neither on midnight nor on the order in which they became known. A session within which nothing has
changed is looked at as one stretch, whatever it holds: there is nothing in it that could fall apart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.domain.vocabulary import RoundStatus

LONGEST_PAUSE_SECONDS = 60 * 60
LONGEST_ROUND_SECONDS = 4 * 3600
"""An end farther from its start than this is not believed: one wrong clock must not make a session out of years."""
REACH_SECONDS = LONGEST_ROUND_SECONDS + LONGEST_PAUSE_SECONDS
"""How long after it began a round can still tie another to itself."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a server's time, both ends included. Unix seconds."""

    start_unix: int
    end_unix: int

    def meets(self, other: "Span") -> bool:
        """Do they share an instant?"""
        return self.start_unix <= other.end_unix and other.start_unix <= self.end_unix

    def widened(self, seconds: int) -> "Span":
        """With so much more on both sides."""
        return Span(self.start_unix - seconds, self.end_unix + seconds)


@dataclass(frozen=True, slots=True)
class Standing:
    """A session as it stands."""

    session_id: int
    span: Span
    rounds_count: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """What holds together: one round, or (`round_id` None) the rounds of a session within `span` that are not told singly.

    `rounds_count` None: not counted. `session_id`: where it belongs so far. `is_settled` False: a round that is new, or not
    where it was when it was given its session; it has a say in that session's identity only where nobody else has.
    """

    span: Span
    session_id: int | None
    rounds_count: int | None = 1
    round_id: int | None = None
    is_settled: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """A session as it should be. `session_id` None: a new one. `absorbed`: sessions that end by becoming part of it."""

    session_id: int | None
    absorbed: tuple[int, ...]
    stretches: tuple[Stretch, ...]

    @property
    def span(self) -> Span:
        """From its first round's start to the latest end."""
        starts = min(stretch.span.start_unix for stretch in self.stretches)
        return Span(starts, max(stretch.span.end_unix for stretch in self.stretches))

    @property
    def rounds_count(self) -> int | None:
        """How many rounds it has; None when they have to be counted."""
        counts = [stretch.rounds_count for stretch in self.stretches if stretch.rounds_count is not None]
        return sum(counts) if len(counts) == len(self.stretches) else None

    @property
    def changes_from_unix(self) -> int | None:
        """The earliest instant from which it may differ from what stands; None when nothing in it does."""
        moved = [s.span.start_unix for s in self.stretches if s.round_id is not None or s.session_id != self.session_id]
        return min(moved, default=None)


def joins(status: RoundStatus, *, is_bot_round: bool) -> bool:
    """Whether a round is part of a session at all. Aborted and cancelled ones are: people were there."""
    return not is_bot_round and status is not RoundStatus.GHOST


def span(start_unix: int | None, end_unix: int | None, duration_seconds: int | None) -> Span | None:
    """When a round was: from its start, else its end less its duration, else its end. None when nothing tells."""
    believed = (
        duration_seconds if duration_seconds is not None and 0 <= duration_seconds <= LONGEST_ROUND_SECONDS else 0
    )
    if start_unix is None:
        return None if end_unix is None else Span(end_unix - believed, end_unix)
    if end_unix is None or not 0 <= end_unix - start_unix <= LONGEST_ROUND_SECONDS:
        return Span(start_unix, start_unix + believed)
    return Span(start_unix, end_unix)


def regroup(stretches: Iterable[Stretch]) -> list[Group]:
    """The sessions that these make, in order of time.

    Where sessions become one, the lowest id survives. Where one falls apart, the earliest part keeps the id.
    """
    runs = _runs(stretches)
    owned: list[list[int]] = [[] for _ in runs]
    for session_id, run in _owners(runs).items():
        owned[run].append(session_id)
    return [
        Group(min(ids, default=None), tuple(sorted(ids)[1:]), tuple(run)) for run, ids in zip(runs, owned, strict=True)
    ]


def whole(session: Standing) -> Stretch:
    """A session within which nothing has changed."""
    return Stretch(session.span, session.session_id, session.rounds_count)


def place_in(session: Standing, left: Iterable[Span]) -> Span | None:
    """From the first to the last of the places in a session which rounds have left; None when they left none there."""
    places = [place for place in left if place.meets(session.span)]
    if not places:
        return None
    return Span(min(place.start_unix for place in places), max(place.end_unix for place in places))


def affected(place: Span) -> Span:
    """Where a round may start that something which happened in `place` can tear from others."""
    return Span(place.start_unix - REACH_SECONDS, place.end_unix + LONGEST_PAUSE_SECONDS)


def beyond(session: Standing, place: Span) -> list[Stretch]:
    """What is known to hold together of a session whatever happened in `place`: all before it, and all after it.

    Their rounds are those which do not start where they may be `affected`; of these each is to be told by itself.
    """
    before = Span(session.span.start_unix, place.start_unix - LONGEST_PAUSE_SECONDS - 1)
    after = Span(place.end_unix + LONGEST_PAUSE_SECONDS + 1, session.span.end_unix)
    return [
        Stretch(part, session.session_id, rounds_count=None)
        for part in (before, after)
        if part.start_unix <= part.end_unix
    ]


def _runs(stretches: Iterable[Stretch]) -> list[list[Stretch]]:
    runs: list[list[Stretch]] = []
    reaches_unix = 0
    for stretch in sorted(stretches, key=lambda one: (one.span.start_unix, one.span.end_unix, one.round_id or 0)):
        if runs and stretch.span.start_unix - reaches_unix <= LONGEST_PAUSE_SECONDS:
            runs[-1].append(stretch)
            reaches_unix = max(reaches_unix, stretch.span.end_unix)
        else:
            runs.append([stretch])
            reaches_unix = stretch.span.end_unix
    return runs


def _owners(runs: Sequence[Sequence[Stretch]]) -> dict[int, int]:
    """Which run, by its number, a session's id goes on in."""
    owners: dict[int, int] = {}
    for is_settled in (True, False):
        for number, run in enumerate(runs):
            for stretch in run:
                if stretch.session_id is not None and stretch.is_settled is is_settled:
                    owners.setdefault(stretch.session_id, number)
    return owners
