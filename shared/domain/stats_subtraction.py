"""One player's counters after a second round, less those after the first. Pure.

Each counter has its own rule: some are cumulative in the file, some are of the round already, some are sums of others.
"""

import functools
from collections.abc import Iterable
from operator import sub

from shared.domain.stats_counters import StatsFields, StatsPlayer, StatsWeapon

CUMULATIVE = ("damage_given", "damage_received", "team_damage_given", "team_damage_received", "gibs", "self_kills",
              "team_kills", "team_gibs", "bullets_fired")  # fmt: skip
"""Counted on through both rounds, beside the weapons' counters and `time_played_minutes`."""
WRITERS_OWN_SUMS = ("dpm", "tank_meatshield", "time_dead_ratio", "kd")
"""Never taken over: they mix both rounds, or were never right."""

_FULL_PERCENT = 100.0
_SECONDS_PER_MINUTE = 60
_DECIMALS = 1  # as many as the writer writes
_PLACES = tuple(map(StatsFields._fields.index, CUMULATIVE))
_PLACES_OF_SUMS = tuple(map(StatsFields._fields.index, WRITERS_OWN_SUMS))
_ALIVE = StatsFields._fields.index("time_alive_percent")
_TIME = StatsFields._fields.index("time_played_minutes")
_WEAPONS = StatsPlayer._fields.index("weapons")
_weapon = functools.partial(tuple.__new__, StatsWeapon)
_player = functools.partial(tuple.__new__, StatsPlayer)
_made_fields = functools.partial(tuple.__new__, StatsFields)


def as_it_stands(player: StatsPlayer) -> StatsPlayer:
    """The line's own values, without the writer's sums."""
    return player._replace(fields=player.fields._replace(**dict.fromkeys(WRITERS_OWN_SUMS)))


def subtracted(second: StatsPlayer, first: StatsPlayer) -> tuple[StatsPlayer, tuple[str, ...]]:
    """The share of the second round, and the names of what came out below zero and stands at 0.

    What one of the two does not tell is not told of the share either.
    """
    clamped: list[str] = []
    weapons = _weapons(second, first, clamped)
    fields = _fields(second.fields, first.fields, clamped)
    if second.kills is None or first.kills is None:
        totals: Iterable[int | None] = (None,) * 5
    elif clamped:
        totals = (sum(weapon[place] for weapon in weapons) for place in range(1, 6))
    else:
        totals = _totals(second, first)
    is_partial = second.is_partial or first.is_partial
    share = _player((*second[:_WEAPONS], weapons, *totals, fields, is_partial))
    return share, tuple(clamped)


def _totals(second: StatsPlayer, first: StatsPlayer) -> tuple[int, ...]:
    """Weapons' sums, known on both sides, lie side by side in the tuple."""
    return tuple(map(sub, second[_WEAPONS + 1 : _WEAPONS + 6], first[_WEAPONS + 1 : _WEAPONS + 6]))


def with_clock_begun_again(share: StatsPlayer, second: StatsPlayer, duration_seconds: float | None) -> StatsPlayer:
    """The share of somebody whose time alone began again: it is the file's, and no longer than the round was.

    What his percentage alive refers to cannot be told.
    """
    minutes = second.fields.time_played_minutes
    if minutes is not None and duration_seconds is not None:
        minutes = min(minutes, round(duration_seconds / _SECONDS_PER_MINUTE, _DECIMALS))
    return share._replace(fields=share.fields._replace(time_played_minutes=minutes, time_alive_percent=None))


def _weapons(second: StatsPlayer, first: StatsPlayer, clamped: list[str]) -> tuple[StatsWeapon, ...]:
    """Weapon by weapon; one that the first round's line does not have counted nothing in it."""
    held = {weapon[0]: weapon for weapon in first.weapons}
    shares: list[StatsWeapon] = []
    signs = 0
    for weapon in second.weapons:
        before = held.pop(weapon[0], None)
        if before is not None:
            index, hits, shots, kills, deaths, headshots = weapon
            hits -= before[1]
            shots -= before[2]
            kills -= before[3]
            deaths -= before[4]
            headshots -= before[5]
            signs |= hits | shots | kills | deaths | headshots
            shares.append(_weapon((index, hits, shots, kills, deaths, headshots)))
        elif first.kills is not None:
            shares.append(weapon)
    if held and second.kills is not None:
        clamped += [f"weapon_{index}" for index, weapon in held.items() if any(weapon[1:])]
    if signs < 0:  # one of them was
        clamped += [f"weapon_{share.weapon_index}" for share in shares if min(share) < 0]
        shares = [_weapon(max(0, count) for count in share) for share in shares]
    return tuple(shares)


def _fields(second: StatsFields, first: StatsFields, clamped: list[str]) -> StatsFields:
    values = list(second)
    for place in _PLACES:
        after, before = second[place], first[place]
        if after is None or before is None:
            values[place] = None
        elif after < before:
            values[place] = 0
            clamped.append(StatsFields._fields[place])
        elif before:
            values[place] = after - before
    for place in _PLACES_OF_SUMS:
        values[place] = None
    values[_TIME], values[_ALIVE] = _time_and_alive(second, first)
    return _made_fields(values)


def _time_and_alive(second: StatsFields, first: StatsFields) -> tuple[float | None, float | None]:
    """Minutes played, and percent of them alive: worked out of both, which are rounded, hence the bounds."""
    after, before = second.time_played_minutes, first.time_played_minutes
    if after is None or before is None:
        return None, None
    minutes = round(after - before, _DECIMALS)
    alive, alive_before = second.time_alive_percent, first.time_alive_percent
    if minutes <= 0 or alive is None or alive_before is None:
        return minutes, None
    percent = round((alive * after - alive_before * before) / minutes, _DECIMALS)
    return minutes, percent if 0 <= percent <= _FULL_PERCENT else min(_FULL_PERCENT, max(0.0, percent))
