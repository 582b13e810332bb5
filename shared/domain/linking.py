"""Which round does a round_event tell of? Identity decides, nearness never overrules it, a tie is refused. Pure.

One kind of sender resends with the very same start, so inside one kind equality is the rule. Across kinds a time within a
window is the same round when only one round fits. An event that fits two rounds by different means shows that they are one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise, product

from shared.domain.fingerprint import START, Fingerprint
from shared.domain.nearness import (
    STAMP_WINDOW_SECONDS,
    WINDOWS,
    Candidate,
    Relation,
    is_within,
    nearest_seconds,
    relation,
    times_of,
)
from shared.domain.precedence import VOICES
from shared.domain.round_facts import RoundFacts
from shared.domain.vocabulary import LinkReason, LinkStatus

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
class Link:
    """The decision: a known round, a new one (`round_id` None while linked), or none.

    `best_difference_seconds`, `window_seconds`: how near the nearest candidate came, and how near it would have had to.
    `same_ids`: further rounds that this event shows to be the same one; `conflicting_ids`: those that it fits too, although
    one sender told of them and of its round as two.
    """

    status: LinkStatus
    reason: LinkReason
    round_id: int | None = None
    candidate_ids: tuple[int, ...] = ()
    best_difference_seconds: int | None = None
    window_seconds: int | None = None
    same_ids: tuple[int, ...] = ()
    conflicting_ids: tuple[int, ...] = ()

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
    possible = [candidate for candidate in candidates if not _is_other_play(facts, candidate)]
    fits = [*_by_alias(facts, known), *_by_window(facts, possible)]
    if fits:
        return _with_those_shown_to_be_it(fits[0], fits[1:], candidates, possible)
    if facts.kind in VOICES:
        return Link(LinkStatus.LINKED, LinkReason.CREATED_ROUND, None, _ids(alias.round_id for alias in known))
    others = [candidate for candidate in candidates if candidate not in possible]
    if taken := next(_by_window(facts, others), None):
        reason = LinkReason.ONE_TO_ONE_CONFLICT
        return replace(taken, status=LinkStatus.AMBIGUOUS, reason=reason, round_id=None)
    return _waiting(facts, around, age_seconds)


def next_try_after(age: timedelta) -> timedelta:
    """When an event that waits for its round asks again: every 5 min for 6 h, hourly for a week, then daily, for ever."""
    return next(pace for until, pace in _PACES if age < until)


def _by_alias(facts: RoundFacts, known: Sequence[KnownAlias]) -> Iterator[Link]:
    ids = _ids(alias.round_id for alias in known)
    for alias in sorted(known, key=lambda one: one.tier):
        if alias.tier == START:
            yield Link(LinkStatus.LINKED, LinkReason.RESOLVED_EXACT_UNIX_MATCH, alias.round_id, ids)
        elif facts.round_start_unix is None or alias.round_start_unix in (None, facts.round_start_unix):
            yield Link(LinkStatus.LINKED, LinkReason.RESOLVED_FINGERPRINT, alias.round_id, ids)


def _by_window(facts: RoundFacts, candidates: Sequence[Candidate]) -> Iterator[Link]:
    told = times_of(facts)
    for reason, window, difference in WINDOWS:
        near = [one for one in candidates if is_within(difference(told, one.times), window)]
        if near:
            yield _unique(near, reason, window)


def _with_those_shown_to_be_it(
    decision: Link, further: Sequence[Link], candidates: Sequence[Candidate], possible: Sequence[Candidate]
) -> Link:
    """What fits by a weaker means is the same round, unless the two are known to be two. An equal start always links."""
    chosen = [one for one in candidates if one.round_id == decision.round_id]
    ids = {link.round_id for link in further if link.status is LinkStatus.LINKED} - {decision.round_id}
    others = [one for one in possible if one.round_id in ids]
    if not chosen or not others:
        return decision
    relations = {relation(one, other) for one, other in product(chosen, others)} | set(map(_of_two, pairwise(others)))
    if relations == {Relation.ONE}:
        same = _ids(one.round_id for one in others)
        return replace(decision, same_ids=same, candidate_ids=_ids((*decision.candidate_ids, *same)))
    if Relation.CONFLICT not in relations:
        return decision
    if decision.reason is LinkReason.RESOLVED_EXACT_UNIX_MATCH:
        return replace(decision, conflicting_ids=_ids(one.round_id for one in others))
    both = _ids(one.round_id for one in (*chosen, *others))
    return Link(LinkStatus.AMBIGUOUS, LinkReason.FINGERPRINT_CONFLICT, None, both, conflicting_ids=both)


def _of_two(two: tuple[Candidate, Candidate]) -> Relation:
    return relation(*two)


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
    apart = {one.round_id: seconds for one in around if (seconds := nearest_seconds(facts, one)) is not None}
    offered = {round_id: seconds for round_id, seconds in apart.items() if seconds <= OFFERED_SECONDS}
    if offered:
        reason = LinkReason.ALL_CANDIDATES_OUTSIDE_WINDOW
        return Link(LinkStatus.UNLINKED, reason, None, _ids(offered), min(offered.values()), STAMP_WINDOW_SECONDS)
    is_race = age_seconds < RACE_SECONDS
    reason = LinkReason.NO_ROWS_FOR_MAP_ROUND_YET if is_race else LinkReason.NO_ROWS_FOR_MAP_ROUND
    return Link(LinkStatus.UNLINKED, reason)


def _ids(round_ids: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(round_ids)))[:MOST_CANDIDATES_TOLD]
