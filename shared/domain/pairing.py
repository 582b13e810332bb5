"""Which R2 belongs to which R1: the match, its id, and which of several R2s holds its slot. Pure.

An R2 that names its R1 pairs with that one, whenever it arrives. Otherwise it pairs with the latest open R1 of the same
map and server that ended at most 45 minutes before it began. Aborted rounds, ghosts and rounds with bots take no slot.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from shared.domain.replacing import replacements

LONGEST_GAP_SECONDS = 45 * 60
LARGEST_OVERLAP_SECONDS = 60
LIMITS_EQUAL_MS = 100
SET_TIME_EQUAL_MS = 3_000
"""Scripts measure up to 2 s less than the engine, and a file tells whole seconds."""
MS_PER_SECOND = 1000
FIRST, SECOND = 1, 2
MOST_BESIDE = 9


@dataclass(frozen=True, slots=True)
class Half:
    """What pairing needs to know of one round. `takes_slot`: finished regularly, no ghost, no bots; `is_cut`: people broke it
    off; `key` is the caller's.

    `near_unix`: its start, else its end, else the end that a file's stamp means. `next_limit_ms`: of an R1 of which it is
    known how it ended, the limit that its R2 is played under.
    """

    key: int
    round_number: int
    round_start_unix: int | None
    round_end_unix: int | None
    takes_slot: bool
    limit_ms: int | None = None
    named_first_start_unix: int | None = None
    near_unix: int | None = None
    elapsed_ms: int | None = None
    is_cut: bool = False
    next_limit_ms: int | None = None

    @property
    def anchor(self) -> str:
        """The instant a match is named after: `s` start, else `e` end, else `f` and the end a stamp means, in UTC."""
        if self.round_start_unix is not None:
            return f"s{self.round_start_unix}"
        if self.round_end_unix is not None or self.near_unix is None:
            return f"e{self.round_end_unix}"
        return datetime.fromtimestamp(self.near_unix, UTC).strftime("f%Y%m%d%H%M%S")

    @property
    def begins_unix(self) -> int | None:
        """Its start, else as long before its end as it took, else its end."""
        if self.round_start_unix is not None:
            return self.round_start_unix
        ends_unix = self.ends_unix
        return None if ends_unix is None else ends_unix - (self.elapsed_ms or 0) // MS_PER_SECOND

    @property
    def ends_unix(self) -> int | None:
        """Its end, else what its stamp means."""
        if self.round_end_unix is not None:
            return self.round_end_unix
        return None if self.round_start_unix is not None else self.near_unix

    @property
    def order(self) -> tuple[int, int]:
        """Sort key: by the time it began, as near as that is known."""
        return (self.begins_unix or 0, self.key)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a round stands. `has_first_round`: for an R2, whether its R1 is known or named by it. `replaced_by`: the key of
    the round that was played in its stead soon after; `is_substituted`: by other people. `expected_limit_ms`: of an R2 that
    was played under another limit than the R1 before it, or the one it names, leads to.
    """

    match_id: str
    has_first_round: bool = True
    is_superseded: bool = False
    replaced_by: int | None = None
    is_substituted: bool = False
    expected_limit_ms: int | None = None


def arrange(server_id: str, map_name: str, halves: Sequence[Half]) -> Mapping[int, Place]:
    """Place all rounds of one server and map that may belong together, by `Half.key`."""
    prefix = f"m1:{server_id}:{map_name}:"
    firsts = sorted((half for half in halves if half.round_number == FIRST), key=lambda half: half.order)
    seconds = sorted((half for half in halves if half.round_number == SECOND), key=lambda half: half.order)
    places = {half.key: Place(prefix + half.anchor) for half in firsts}
    for anchor, group in _by_first_round(firsts, seconds).items():
        if anchor is None:
            places |= {half.key: Place(f"{prefix}r2{half.anchor}", has_first_round=False) for half in group}
        else:
            places |= _slots(prefix + anchor, group)
    replaced = replacements(halves, {key: place.match_id for key, place in places.items()})
    expected = {half.key: _expected_limit_ms(firsts, half) for half in seconds}
    return {
        key: replace(place, replaced_by=replaced.get(key), expected_limit_ms=expected.get(key))
        for key, place in places.items()
    }


def match_ids(server_id: str, map_name: str, first_start_unix: int) -> list[str]:
    """Where the R2s of an R1 may stand: its match, and the places beside that."""
    match_id = f"m1:{server_id}:{map_name}:s{first_start_unix}"
    return [match_id, *(f"{match_id}/x{number}" for number in range(1, MOST_BESIDE + 1))]


def match_of(match_id: str) -> str:
    """The match that a place stands in or beside."""
    return match_id.partition("/")[0]


def is_named_by_start(match_id: str) -> bool:
    """Whether a match is known by the start of its R1, so that an R2 may name it from however far."""
    return match_id.rpartition(":")[2].startswith("s")


def _by_first_round(firsts: Sequence[Half], seconds: Iterable[Half]) -> dict[str | None, list[Half]]:
    """R2s by the anchor of their R1; None for those without one. An R1 that is walked to once is no longer open."""
    groups: dict[str | None, list[Half]] = {}
    named = {half.named_first_start_unix for half in seconds if half.takes_slot}
    closed = {half.key for half in firsts if half.round_start_unix is not None and half.round_start_unix in named}
    for half in seconds:
        anchor: str | None = None
        if half.named_first_start_unix is not None:
            anchor = f"s{half.named_first_start_unix}"
        elif (found := _walk(firsts, half)) is not None and found.key not in closed and not _contradiction(found, half):
            anchor = found.anchor
            if half.takes_slot:
                closed.add(found.key)
        groups.setdefault(anchor, []).append(half)
    return groups


def _walk(firsts: Sequence[Half], second: Half) -> Half | None:
    """The latest R1 before this R2; a newer R1 of the map abandons the older, so there is only one to ask."""
    began_unix = second.begins_unix
    if began_unix is None:
        return None
    for first in reversed(firsts):
        if not first.takes_slot or first.ends_unix is None:
            continue
        gap_seconds = began_unix - first.ends_unix
        if gap_seconds < -LARGEST_OVERLAP_SECONDS:
            continue
        return first if gap_seconds <= LONGEST_GAP_SECONDS else None
    return None


def _expected_limit_ms(firsts: Sequence[Half], second: Half) -> int | None:
    named = second.named_first_start_unix
    if named is None:
        found = _walk(firsts, second)
    else:
        found = next((first for first in firsts if first.round_start_unix == named), None)
    return None if found is None else _contradiction(found, second)


def _contradiction(first: Half, second: Half) -> int | None:
    """The limit an R2 would have been played under after this R1, if it was another: the time that was set, or R1's own,
    which is never exceeded.
    """
    if second.limit_ms is None:
        return None
    led_to_ms = first.next_limit_ms
    if led_to_ms is not None and abs(second.limit_ms - led_to_ms) > SET_TIME_EQUAL_MS:
        return led_to_ms
    if first.limit_ms is not None and second.limit_ms > first.limit_ms + LIMITS_EQUAL_MS:
        return first.limit_ms
    return None


def _slots(match_id: str, seconds: Sequence[Half]) -> dict[int, Place]:
    """The latest finished R2 holds the match's slot; the others stand beside it as /x1, /x2 in order of start."""
    holder = next((half for half in reversed(seconds) if half.takes_slot), None)
    beside = [half for half in seconds if half is not holder]
    places = {
        half.key: Place(f"{match_id}/x{number}", is_superseded=half.takes_slot)
        for number, half in enumerate(beside, start=1)
    }
    if holder is not None:
        places[holder.key] = Place(match_id)
    return places
