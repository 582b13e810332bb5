"""Which figures a player is measured by over many rounds: each with one unit, one formula, and what it needs to be known. Pure.

Sums come before ratios: a figure is worked out of what was summed over the rounds in which all of its inputs are known, so
that no round gives a numerator without its denominator.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from shared.domain import formulas

Sum = float | int | None
FEWEST_ROUNDS_FOR_A_RATIO = 10
"""A ratio of a few rounds is luck; who played fewer is not ranked by it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """`inputs`: what is summed, in the order `work_out` takes it. `least_rounds`: whoever played fewer is not ranked."""

    unit: str
    meaning: str
    inputs: tuple[str, ...]
    work_out: Callable[..., float | None]
    least_rounds: int = FEWEST_ROUNDS_FOR_A_RATIO

    def of(self, sums: Mapping[str, Sum]) -> float | None:
        """The figure of these sums; None when they have none."""
        return self.work_out(*(sums[name] for name in self.inputs))

    def over(self, rounds: Iterable[Mapping[str, Any]]) -> float | None:
        """The figure over several rounds, of those in which all its inputs are known; None when there are none."""
        known = [values for one in rounds if None not in (values := [one[name] for name in self.inputs])]
        return self.work_out(*map(sum, zip(*known, strict=True))) if known else None


def _same(total: Sum) -> float | None:
    return None if total is None else float(total)


def _count(unit: str, meaning: str, counter: str) -> Figure:
    return Figure(unit, meaning, (counter,), _same, least_rounds=1)


FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        "kills": _count("kills", "players killed", "kills"),
        "deaths": _count("deaths", "times killed", "deaths"),
        "damage_given": _count("damage", "damage to enemies", "damage_given"),
        "damage_received": _count("damage", "damage from enemies", "damage_received"),
        "headshots": _count("head hits", "hits in the head, deadly or not", "headshots"),
        "headshot_kills": _count("kills", "kills by a last hit in the head", "headshot_kills"),
        "gibs": _count("gibs", "fallen enemies finished", "gibs"),
        "revives": _count("revives", "fallen team mates revived", "revives_given"),
        "times_revived": _count("revives", "times revived", "times_revived"),
        "assists": _count("assists", "kills that others ended", "kill_assists"),
        "useful_kills": _count("kills", "kills that cost the enemy most of his waiting time", "most_useful_kills"),
        "self_kills": _count("kills", "deaths by one's own hand", "self_kills"),
        "team_kills": _count("kills", "team mates killed", "team_kills"),
        "dynamites_planted": _count("dynamites", "dynamites planted", "dynamites_planted"),
        "dynamites_defused": _count("dynamites", "dynamites defused", "dynamites_defused"),
        "xp": _count("XP", "experience points", "xp"),
        "played": _count("s", "time played, without pauses", "played_seconds"),
        "dpm": Figure(
            "damage/min",
            "damage given per minute played",
            ("damage_given", "played_seconds"),
            formulas.damage_per_minute,
        ),
        "kd": Figure("kills/death", "kills per death", ("kills", "deaths"), formulas.kill_death_ratio),
        "efficiency": Figure(
            "%", "kills among kills and deaths together", ("kills", "deaths"), formulas.efficiency_percent
        ),
        "accuracy": Figure("%", "shots that hit", ("hits", "shots"), formulas.accuracy_percent),
        "headshot_accuracy": Figure(
            "%", "hits that were head hits", ("headshots", "hits"), formulas.headshot_accuracy_percent
        ),
        "survival": Figure(
            "%", "played time spent alive", ("dead_seconds", "played_seconds"), formulas.survival_percent
        ),
        "fragpotential": Figure(
            "damage/min alive",
            "damage given per minute alive",
            ("damage_given", "played_seconds", "dead_seconds"),
            formulas.frag_potential,
        ),
        "damage_efficiency": Figure(
            "damage/damage",
            "damage given for each received",
            ("damage_given", "damage_received"),
            formulas.damage_efficiency,
        ),
        "denied": Figure(
            "s/min",
            "enemy playing time denied per minute played",
            ("denied_seconds", "played_seconds"),
            formulas.denied_per_minute,
        ),
    }
)
"""By name, as leaderboards and players' pages show them."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One place of a leaderboard. Who has the same value has the same rank."""

    rank: int
    guid: str
    value: float
    rounds: int


def ranked(
    figure: Figure, sums: Mapping[str, Mapping[str, Sum]], rounds: Mapping[str, int], least: int
) -> list[Ranked]:
    """The leaderboard over sums by GUID, the highest first: those with a value and at least so many rounds."""
    values = {
        guid: value
        for guid, of_player in sums.items()
        if rounds[guid] >= least and (value := figure.of(of_player)) is not None
    }
    places: list[Ranked] = []
    for number, guid in enumerate(sorted(values, key=lambda one: (-values[one], -rounds[one], one)), start=1):
        is_shared = bool(places) and places[-1].value == values[guid]
        places.append(Ranked(places[-1].rank if is_shared else number, guid, values[guid], rounds[guid]))
    return places
