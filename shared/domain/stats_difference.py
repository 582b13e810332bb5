"""R2 minus R1: a player's own share of a second round, whose stats file still counts the first in. Pure.

The engine's session counters survive the swap of sides; what the script counts itself begins anew. A counter that fell
below the first round's shows that the engine began again too, for a player who reconnected or, after a vote, for all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import attrgetter, lt
from typing import NamedTuple

from shared.domain.stats_counters import StatsPlayer
from shared.domain.stats_subtraction import as_it_stands, subtracted, with_clock_begun_again
from shared.domain.vocabulary import R2Basis

BASIS_DOUBTFUL = "basis_doubtful"

_TIME = "time_played_minutes"
_COMPARED = ("kills", "deaths", "damage_given", "damage_received", _TIME)
_compared = attrgetter(*_COMPARED[2:])
_FEWEST_OF_A_LOBBY = 2
_UNEXPLAINED_LIVES = 3
_ROUNDING_MINUTES = 0.15


class PlayerDifference(NamedTuple):
    """One player's own R2. `player` has the second file's name and side, the shares of R2, and none of the writer's sums.

    `dropped`: what fell below the first round, the reason for a basis other than `diff`. `clamped`: shares that came out
    below zero though nothing of that fell; they stand at 0. `notes`: `basis_doubtful` when the result contradicts itself.
    """

    player: StatsPlayer
    basis: R2Basis
    is_in_first: bool
    dropped: tuple[str, ...] = ()
    clamped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """The players of the second round in its order. `only_in_first`: the keys of those who did not come back.
    `is_lobby_reset`: the counters began again for everybody.
    """

    players: tuple[PlayerDifference, ...]
    only_in_first: tuple[str, ...]
    is_lobby_reset: bool


def difference(
    second: Sequence[StatsPlayer], first: Sequence[StatsPlayer], duration_seconds: float | None = None
) -> Difference:
    """Each player of `second` without what `first`, the same match's R1, already counted.

    `duration_seconds`: of the second round, if known; it bounds the time of whoever's clock alone began again.
    """
    before = _partners(second, first)
    dropped = {player.key: _dropped(player, before[player.key]) for player in second if player.key in before}
    is_lobby_reset = any(dropped.values()) and _is_lobby_reset(second, first, dropped)
    returned = {partner.key for partner in before.values()}
    only_in_first = [player for player in first if player.key not in returned]
    left = {player.guid8 for player in only_in_first}
    shares = [
        _share(player, before[player.key], dropped[player.key], duration_seconds, is_lobby_reset=is_lobby_reset)
        if player.key in before
        else _newcomer(player, is_doubtful=player.guid8 in left)
        for player in second
    ]
    return Difference(tuple(shares), tuple([player.key for player in only_in_first]), is_lobby_reset)


def _partners(second: Sequence[StatsPlayer], first: Sequence[StatsPlayer]) -> Mapping[str, StatsPlayer]:
    """Who is whom: by key, where both files have it from the GUID alone; among those who share a prefix, by name."""
    by_key = {player.key: player for player in first}
    shared = {player.guid8 for player in (*first, *second) if player.key != player.guid8}
    if not shared:
        return {player.key: by_key[player.key] for player in second if player.key in by_key}
    by_name = {(player.guid8, player.clean_name): player for player in first}
    partners = {}
    for player in second:
        is_shared = player.guid8 in shared
        partner = by_name.pop((player.guid8, player.clean_name), None) if is_shared else by_key.get(player.key)
        if partner is not None:
            partners[player.key] = partner
    return partners


def _dropped(second: StatsPlayer, first: StatsPlayer) -> tuple[str, ...]:
    """What the player has less of than after the first round; what either file does not tell proves nothing."""
    after = (second.kills, second.deaths, *_compared(second.fields))
    before = (first.kills, first.deaths, *_compared(first.fields))
    if None in after or None in before:
        return tuple([n for n, b, a in zip(_COMPARED, after, before, strict=True) if None not in (a, b) and b < a])
    return tuple(compress(_COMPARED, map(lt, after, before)))


def _is_lobby_reset(
    second: Sequence[StatsPlayer], first: Sequence[StatsPlayer], dropped: Mapping[str, tuple[str, ...]]
) -> bool:
    """Most have done less than after the first round, and of the others nobody played longer than the first round was.

    No second round is longer than its first, so a longer clock has been running through both.
    """
    fell = sum(any(name != _TIME for name in names) for names in dropped.values())
    if len(dropped) < _FEWEST_OF_A_LOBBY or 2 * fell <= len(dropped):
        return False
    longest = max(player.fields.time_played_minutes or 0 for player in first)
    others = [player for player in second if player.key in dropped and not dropped[player.key]]
    return all((player.fields.time_played_minutes or 0) <= longest + _ROUNDING_MINUTES for player in others)


def _newcomer(player: StatsPlayer, *, is_doubtful: bool) -> PlayerDifference:
    """Who was not in the first round; it is doubtful of someone whose prefix a player had there who did not come back."""
    return PlayerDifference(
        as_it_stands(player), R2Basis.RAW, is_in_first=False, notes=(BASIS_DOUBTFUL,) if is_doubtful else ()
    )


def _share(
    player: StatsPlayer,
    first: StatsPlayer,
    fallen: tuple[str, ...],
    duration_seconds: float | None,
    *,
    is_lobby_reset: bool,
) -> PlayerDifference:
    if is_lobby_reset or (fallen and fallen != (_TIME,)):
        return PlayerDifference(as_it_stands(player), R2Basis.RAW, is_in_first=True, dropped=fallen)
    share, clamped = subtracted(player, first)
    if fallen:
        share = with_clock_begun_again(share, player, duration_seconds)
    basis = R2Basis.MIXED if fallen else R2Basis.DIFF
    notes = (BASIS_DOUBTFUL,) if clamped or _is_contradictory(share) else ()
    return PlayerDifference._make((share, basis, True, fallen, clamped, notes))


def _is_contradictory(share: StatsPlayer) -> bool:
    """Nobody kills in no time, and whose weapons are not all known cannot be checked."""
    return share.kills is None or (share.kills > 0 and share.fields.time_played_minutes == 0)


def contradicts_spawns(share: StatsPlayer, spawns: int) -> bool:
    """Whether the share of a round does not go with how often the player was seen to spawn in it.

    He cannot be killed more often than he lived, revived lives counted; and few spawn without having died before:
    some deaths are in no weapon's counters, so a few lives more prove nothing.
    """
    if share.deaths is None:
        return False
    deaths_at_most = spawns + (share.fields.times_revived or 0)
    lives_at_most = share.deaths + (share.fields.self_kills or 0) + 1 + _UNEXPLAINED_LIVES
    return share.deaths > deaths_at_most or spawns > lives_at_most
