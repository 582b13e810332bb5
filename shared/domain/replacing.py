"""Which rounds were played again soon after: broken off, or played out for nothing. Pure.

A round whose match has its other half is never one of them, however soon the map is played again: that is another match.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

REPLAY_SECONDS = 15 * 60
_FIRST = 1


class Played(Protocol):
    """What has to be known of a round. `is_cut`: people broke it off."""

    @property
    def key(self) -> int:
        """The caller's."""

    @property
    def round_number(self) -> int:
        """1 or 2."""

    @property
    def takes_slot(self) -> bool:
        """It was played out, by people."""

    @property
    def is_cut(self) -> bool:
        """It was broken off, by people."""

    @property
    def begins_unix(self) -> int | None:
        """When it began."""

    @property
    def ends_unix(self) -> int | None:
        """When it ended."""

    @property
    def order(self) -> tuple[int, int]:
        """Sort key: by the time it began."""


def replacements(rounds: Sequence[Played], match_ids: Mapping[int, str]) -> dict[int, int]:
    """By key the round that took each one's place. `rounds`: of one server and map; `match_ids`: where each of them stands."""
    played = sorted(rounds, key=lambda one: one.order)
    held = {(match_ids[one.key], one.round_number) for one in played if one.takes_slot}
    found: dict[int, int] = {}
    for number, one in enumerate(played):
        has_other_half = (match_ids[one.key], 3 - one.round_number) in held
        if has_other_half or not (one.takes_slot or one.is_cut):
            continue
        again = _played_again(one, played[number + 1 :])
        if again is not None:
            found[one.key] = again.key
    return found


def _played_again(one: Played, later: Sequence[Played]) -> Played | None:
    """The next round of that number that was played out, if it began in time; not one that has a first round of its own."""
    if one.ends_unix is None:
        return None
    for other in later:
        if not other.takes_slot:
            continue
        if other.round_number == one.round_number:
            is_soon = other.begins_unix is not None and other.begins_unix - one.ends_unix <= REPLAY_SECONDS
            return other if is_soon else None
        if one.takes_slot and other.round_number == _FIRST:
            return None
    return None
