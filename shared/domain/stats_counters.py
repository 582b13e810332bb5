"""What a stats file counts of one player: the weapons' counters and 38 named values, as read or of one round alone. Pure.

Tuples because there are very many of them: a frozen dataclass costs ten times as much to make.
"""

from typing import NamedTuple

from shared.domain.vocabulary import Side


class StatsWeapon(NamedTuple):
    """One weapon's counters. `deaths`: how often the player was killed *by* it. `headshots`: hits to the head, no kills."""

    weapon_index: int
    hits: int
    shots: int
    kills: int
    deaths: int
    headshots: int


class StatsFields(NamedTuple):
    """The named values of a line, in the file's order. None: the file does not tell.

    `time_alive_percent`, `time_dead_ratio` are percentages. `dpm`, `tank_meatshield`, `time_dead_ratio` and `kd` are the
    writer's own sums, kept as read and never trusted. `time_dead_minutes` is of one round even in a second round's file.
    """

    damage_given: int | None = None
    damage_received: int | None = None
    team_damage_given: int | None = None
    team_damage_received: int | None = None
    gibs: int | None = None
    self_kills: int | None = None
    team_kills: int | None = None
    team_gibs: int | None = None
    time_alive_percent: float | None = None
    xp: int | None = None
    killing_spree: int | None = None
    death_spree: int | None = None
    kill_assists: int | None = None
    kill_steals: int | None = None
    headshot_kills: int | None = None
    objectives_stolen: int | None = None
    objectives_returned: int | None = None
    dynamites_planted: int | None = None
    dynamites_defused: int | None = None
    times_revived: int | None = None
    bullets_fired: int | None = None
    dpm: float | None = None
    time_played_minutes: float | None = None
    tank_meatshield: float | None = None
    time_dead_ratio: float | None = None
    time_dead_minutes: float | None = None
    kd: float | None = None
    useful_kills: int | None = None
    denied_playtime_seconds: int | None = None
    multikill_2: int | None = None
    multikill_3: int | None = None
    multikill_4: int | None = None
    multikill_5: int | None = None
    multikill_6: int | None = None
    useless_kills: int | None = None
    full_selfkills: int | None = None
    repairs_constructions: int | None = None
    revives_given: int | None = None


class StatsPlayer(NamedTuple):
    """One player's line.

    `key` is unique in the file; `guid8` may be empty or shared. `weapons` in ascending `weapon_index`, every weapon that counted
    anything; the totals are their sums, None unless all of them could be read (`weapons` then holds those that could).
    """

    key: str
    guid8: str
    name: str
    clean_name: str
    side: Side | None
    weapon_mask: int
    weapons: tuple[StatsWeapon, ...]
    hits: int | None
    shots: int | None
    kills: int | None
    deaths: int | None
    headshots: int | None
    fields: StatsFields
    is_partial: bool = False

    @property
    def played_seconds(self) -> int | None:
        """Played minutes in seconds: the writer rounds to tenths of a minute, so to the nearest."""
        return nearest_seconds(self.fields.time_played_minutes)

    @property
    def dead_seconds(self) -> int | None:
        """Dead minutes in seconds, as told: it may exceed the played time."""
        return nearest_seconds(self.fields.time_dead_minutes)


def nearest_seconds(minutes: float | None) -> int | None:
    """Whole seconds of tenths of minutes: 4.1 min are 246 s, never 245."""
    return None if minutes is None else round(minutes * 60)
