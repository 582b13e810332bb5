"""What kind of player somebody was in a session, by what he did in a round on average. Pure.

Each rule that holds gives its points; the style with most of them is his. Who stands out in nothing is balanced.
"""

# ruff: noqa: PLR2004  a table of rules is a table of numbers

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

_BALANCED_POINTS = 0.3
_LEAST_POINTS = 0.4
_LEAST_SHARE = 0.25
_UNKNOWN = float("nan")  # no comparison with it holds


class Playstyle(StrEnum):
    """The styles, of equals the earlier."""

    FRAGGER = "fragger"
    SLAYER = "slayer"
    TANK = "tank"
    MEDIC = "medic"
    SNIPER = "sniper"
    RUSHER = "rusher"
    OBJECTIVE = "objective"
    BALANCED = "balanced"


@dataclass(frozen=True, slots=True)
class Rates:
    """Counts are per round played, `dead` and `headshots` in percent; NaN is unknown."""

    frag_potential: float = _UNKNOWN
    kill_death_ratio: float = _UNKNOWN
    damage_ratio: float = _UNKNOWN
    kills: float = _UNKNOWN
    deaths: float = _UNKNOWN
    damage_given: float = _UNKNOWN
    damage_received: float = _UNKNOWN
    dead_percent: float = _UNKNOWN
    revives: float = _UNKNOWN
    headshot_percent: float = _UNKNOWN
    objectives: float = _UNKNOWN
    objectives_completed: float = _UNKNOWN
    objectives_destroyed: float = _UNKNOWN


@dataclass(frozen=True, slots=True)
class Usual:
    """What the players of the session did in a round on average; NaN is unknown."""

    revives: float = _UNKNOWN
    deaths: float = _UNKNOWN


_Rule = tuple[Playstyle, float, Callable[[Rates, Usual], bool]]
_RULES: tuple[_Rule, ...] = (
    (Playstyle.FRAGGER, 0.4, lambda own, _: own.frag_potential >= 900 and own.kill_death_ratio >= 1.2),
    (Playstyle.FRAGGER, 0.3, lambda own, _: own.frag_potential >= 600 and own.kill_death_ratio >= 1.5),
    (Playstyle.FRAGGER, 0.2, lambda own, _: own.damage_ratio >= 1.5),
    (Playstyle.SLAYER, 0.4, lambda own, _: own.kills >= 10 and own.kill_death_ratio >= 1.2),
    (Playstyle.SLAYER, 0.3, lambda own, _: own.kills >= 15),
    (Playstyle.SLAYER, 0.2, lambda own, _: own.frag_potential >= 600),
    (Playstyle.TANK, 0.3, lambda own, _: own.damage_ratio <= 0.7),
    (Playstyle.TANK, 0.2, lambda own, _: own.damage_received > own.damage_given),
    (Playstyle.TANK, 0.2, lambda own, _: own.dead_percent < 20),
    (Playstyle.TANK, 0.2, lambda own, _: own.kill_death_ratio < 1.2 and own.damage_received > 1500),
    (Playstyle.MEDIC, 0.5, lambda own, _: own.revives >= 2),
    (Playstyle.MEDIC, 0.3, lambda own, _: own.revives >= 3),
    (Playstyle.MEDIC, 0.2, lambda own, usual: own.revives > 1.5 * usual.revives),
    (Playstyle.SNIPER, 0.5, lambda own, _: own.headshot_percent >= 35),
    (Playstyle.SNIPER, 0.3, lambda own, _: own.headshot_percent >= 25 and own.kill_death_ratio >= 1.2),
    (Playstyle.SNIPER, 0.2, lambda own, _: own.deaths < 5 and own.headshot_percent >= 25),
    (Playstyle.RUSHER, 0.3, lambda own, usual: own.deaths > 1.3 * usual.deaths),
    (Playstyle.RUSHER, 0.3, lambda own, _: own.deaths > 12 and own.frag_potential >= 600),
    (Playstyle.RUSHER, 0.2, lambda own, _: own.kill_death_ratio < 0.8 and own.damage_given > 1000),
    (Playstyle.RUSHER, 0.2, lambda own, _: own.dead_percent > 35),
    (Playstyle.OBJECTIVE, 0.5, lambda own, _: own.objectives >= 1.5),
    (Playstyle.OBJECTIVE, 0.3, lambda own, _: own.objectives_completed >= 1),
    (Playstyle.OBJECTIVE, 0.2, lambda own, _: own.objectives_destroyed >= 1),
)


def playstyle(own: Rates, usual: Usual) -> Playstyle:
    """The style of a player among those he played with."""
    points = dict.fromkeys(Playstyle, 0.0) | {Playstyle.BALANCED: _BALANCED_POINTS}
    for style, given, holds in _RULES:
        if holds(own, usual):
            points[style] += given
    best = max(Playstyle, key=lambda style: points[style])
    if points[best] < _LEAST_POINTS or points[best] / sum(points.values()) < _LEAST_SHARE:
        return Playstyle.BALANCED
    return best
