"""Which round does a round_event tell of? Identity decides, nearness never overrules it. Pure.

One kind of sender resends with the very same start, so inside one kind equality is the rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.fingerprint import START, Fingerprint
from shared.domain.round_facts import RoundFacts
from shared.domain.vocabulary import LinkReason, LinkStatus


@dataclass(frozen=True, slots=True)
class KnownAlias:
    """A fingerprint already known, and the round it belongs to."""

    fingerprint: str
    tier: int
    round_id: int
    round_start_unix: int | None


@dataclass(frozen=True, slots=True)
class Link:
    """The decision: a known round, a new one (`round_id` None while linked), or none."""

    status: LinkStatus
    reason: LinkReason
    round_id: int | None = None
    candidate_ids: tuple[int, ...] = ()

    @property
    def creates_round(self) -> bool:
        """Whether this event is the first evidence of its round."""
        return self.status is LinkStatus.LINKED and self.round_id is None


def link(facts: RoundFacts, aliases: Sequence[Fingerprint], known: Sequence[KnownAlias]) -> Link:
    """Link an event that may create a round. `aliases`: its own, strongest first; `known`: the equal ones found."""
    if not facts.map_name.strip("_"):
        return Link(LinkStatus.REFUSED, LinkReason.INVALID_INPUT)
    if not aliases:
        return Link(LinkStatus.UNLINKED, LinkReason.TIME_PARSE_FAILED)
    candidates = tuple(sorted({alias.round_id for alias in known}))
    for alias in sorted(known, key=lambda one: one.tier):
        if alias.tier == START:
            return Link(LinkStatus.LINKED, LinkReason.RESOLVED_EXACT_UNIX_MATCH, alias.round_id, candidates)
        if not _are_other_plays(facts.round_start_unix, alias.round_start_unix):
            return Link(LinkStatus.LINKED, LinkReason.RESOLVED_FINGERPRINT, alias.round_id, candidates)
    return Link(LinkStatus.LINKED, LinkReason.CREATED_ROUND, None, candidates)


def _are_other_plays(start_unix: int | None, other_start_unix: int | None) -> bool:
    """Two known starts that differ are two plays, whatever weaker alias they share."""
    if start_unix is None or other_start_unix is None:
        return False
    return start_unix != other_start_unix
