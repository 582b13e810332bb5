"""Which round does a round_event tell of? Identity decides, nearness never overrules it, a tie is refused. Pure.

One kind of sender resends with the very same start, so inside one kind equality is the rule. Across kinds clocks differ by
seconds: a start, else an end, within 5 s is the same round when only one round fits; a file known by its stamp alone is
compared with ends, within 30 s.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from shared.domain.fingerprint import START, Fingerprint
from shared.domain.precedence import VOICES
from shared.domain.round_facts import RoundFacts
from shared.domain.vocabulary import Kind, LinkReason, LinkStatus

WINDOW_SECONDS = 5
STAMP_WINDOW_SECONDS = 30
RACE_SECONDS = 3600
"""As long as this a round that is missing may simply be late."""
OFFERED_SECONDS = 45 * 60
MOST_CANDIDATES_TOLD = 10
_PACES = (
    (timedelta(hours=6), timedelta(minutes=5)),
    (timedelta(days=7), timedelta(hours=1)),
    (timedelta.max, timedelta(days=1)),
)


@dataclass(frozen=True, slots=True)
class KnownAlias:
    """A fingerprint already known, and the round it belongs to."""

    fingerprint: str
    tier: int
    round_id: int
    round_start_unix: int | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A round of the same server, map and number. `starts`: what each kind of event linked to it tells of its start.

    `stamp_ends_unix`: the ends that the stamps of its files mean.
    """

    round_id: int
    round_start_unix: int | None
    round_end_unix: int | None
    stamp_ends_unix: tuple[int, ...] = ()
    starts: Mapping[Kind, frozenset[int | None]] | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """The decision: a known round, a new one (`round_id` None while linked), or none.

    `best_difference_seconds`, `window_seconds`: how near the nearest candidate came, and how near it would have had to.
    """

    status: LinkStatus
    reason: LinkReason
    round_id: int | None = None
    candidate_ids: tuple[int, ...] = ()
    best_difference_seconds: int | None = None
    window_seconds: int | None = None

    @property
    def creates_round(self) -> bool:
        """Whether this event is the first evidence of its round."""
        return self.status is LinkStatus.LINKED and self.round_id is None


def link(
    facts: RoundFacts,
    aliases: Sequence[Fingerprint],
    known: Sequence[KnownAlias],
    candidates: Sequence[Candidate] = (),
    around: Sequence[Candidate] = (),
    age_seconds: int = 0,
) -> Link:
    """Link an event. `aliases`: its own, strongest first; `known`: the equal ones found; `candidates`: rounds it may tell
    of; `around`: all rounds of its map and number near it; `age_seconds`: how long it has been here.
    """
    if not facts.map_name.strip("_"):
        return Link(LinkStatus.REFUSED, LinkReason.INVALID_INPUT)
    if not aliases:
        return Link(LinkStatus.UNLINKED, LinkReason.TIME_PARSE_FAILED)
    if equal := _by_alias(facts, known):
        return equal
    possible = [candidate for candidate in candidates if not _is_other_play(facts, candidate)]
    for reason, window, difference in _WINDOWS:
        near = [one for one in possible if _is_within(difference(facts, one), window)]
        if near:
            return _unique(near, reason, window)
    if facts.kind in VOICES:
        return Link(LinkStatus.LINKED, LinkReason.CREATED_ROUND, None, _ids(alias.round_id for alias in known))
    return _waiting(facts, around, age_seconds)


def may_be(facts: RoundFacts, candidate: Candidate) -> bool:
    """Whether an event could tell of a round, by times alone: near it, or with a time that would have to be compared
    unknown.
    """
    if candidate.round_start_unix is None or candidate.round_end_unix is None:
        return True
    return any(_is_within(difference(facts, candidate), window) for _reason, window, difference in _WINDOWS)


def next_try_after(age: timedelta) -> timedelta:
    """When an event that waits for its round asks again: every 5 min for 6 h, hourly for a week, then daily, for ever."""
    return next(pace for until, pace in _PACES if age < until)


def _by_alias(facts: RoundFacts, known: Sequence[KnownAlias]) -> Link | None:
    ids = _ids(alias.round_id for alias in known)
    for alias in sorted(known, key=lambda one: one.tier):
        if alias.tier == START:
            return Link(LinkStatus.LINKED, LinkReason.RESOLVED_EXACT_UNIX_MATCH, alias.round_id, ids)
        if facts.round_start_unix is None or alias.round_start_unix in (None, facts.round_start_unix):
            return Link(LinkStatus.LINKED, LinkReason.RESOLVED_FINGERPRINT, alias.round_id, ids)
    return None


def _is_other_play(facts: RoundFacts, candidate: Candidate) -> bool:
    """The same kind of sender told of it with another start: the map was played again."""
    told = (candidate.starts or {}).get(facts.kind)
    return told is not None and facts.round_start_unix not in told


def _unique(near: Sequence[Candidate], reason: LinkReason, window_seconds: int) -> Link:
    ids = _ids(candidate.round_id for candidate in near)
    if len(ids) > 1:
        return Link(LinkStatus.AMBIGUOUS, LinkReason.AMBIGUOUS_TIE, None, ids, None, window_seconds)
    return Link(LinkStatus.LINKED, reason, ids[0], ids, None, window_seconds)


def _waiting(facts: RoundFacts, around: Sequence[Candidate], age_seconds: int) -> Link:
    apart = {one.round_id: seconds for one in around if (seconds := _nearest(facts, one)) is not None}
    offered = {round_id: seconds for round_id, seconds in apart.items() if seconds <= OFFERED_SECONDS}
    if offered:
        reason = LinkReason.ALL_CANDIDATES_OUTSIDE_WINDOW
        return Link(LinkStatus.UNLINKED, reason, None, _ids(offered), min(offered.values()), STAMP_WINDOW_SECONDS)
    is_race = age_seconds < RACE_SECONDS
    reason = LinkReason.NO_ROWS_FOR_MAP_ROUND_YET if is_race else LinkReason.NO_ROWS_FOR_MAP_ROUND
    return Link(LinkStatus.UNLINKED, reason)


def _ids(round_ids: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(round_ids)))[:MOST_CANDIDATES_TOLD]


def _starts_apart(facts: RoundFacts, candidate: Candidate) -> int | None:
    return _apart(facts.round_start_unix, candidate.round_start_unix)


def _ends_apart(facts: RoundFacts, candidate: Candidate) -> int | None:
    return _apart(facts.round_end_unix, candidate.round_end_unix)


def _stamps_apart(facts: RoundFacts, candidate: Candidate) -> int | None:
    """A stamp against an end; against another stamp when that is all there is on both sides."""
    stamps = facts.stamp.ends_unix if facts.stamp else ()
    ends = (candidate.round_end_unix,) if candidate.round_end_unix is not None else candidate.stamp_ends_unix
    if facts.round_end_unix is not None:
        stamps, ends = candidate.stamp_ends_unix, (facts.round_end_unix,)
    return min((abs(stamp - end) for stamp in stamps for end in ends), default=None)


def _nearest(facts: RoundFacts, candidate: Candidate) -> int | None:
    apart = [difference(facts, candidate) for _reason, _window, difference in _WINDOWS]
    return min((seconds for seconds in apart if seconds is not None), default=None)


def _is_within(apart_seconds: int | None, window_seconds: int) -> bool:
    return apart_seconds is not None and apart_seconds <= window_seconds


def _apart(one_unix: int | None, other_unix: int | None) -> int | None:
    return None if one_unix is None or other_unix is None else abs(one_unix - other_unix)


_WINDOWS = (
    (LinkReason.RESOLVED_START_WINDOW, WINDOW_SECONDS, _starts_apart),
    (LinkReason.RESOLVED_END_WINDOW, WINDOW_SECONDS, _ends_apart),
    (LinkReason.RESOLVED_STAMP_WINDOW, STAMP_WINDOW_SECONDS, _stamps_apart),
)
