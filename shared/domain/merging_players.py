"""Players told of by several voices: everyone any of them saw, each group of a player's numbers from one voice. Pure.

The numbers a fight leaves (kills to weapons and the time played) are one group: mixing two counts of one player gives
a third that nobody made.
"""

from collections.abc import Sequence
from typing import Any

from shared.domain.round_facts import PlayerFacts, RoundFacts
from shared.domain.vocabulary import Kind

_COUNTED_BEST_BY = (Kind.ROUND_REPORT, Kind.STATS_FILE, Kind.SUITE_JSON)
_DEEDS_BEST_BY = (Kind.STATS_FILE, Kind.ROUND_REPORT, Kind.SUITE_JSON)
_FIGHT = (
    "kills deaths gibs self_kills team_kills team_gibs damage_given damage_received team_damage_given team_damage_received "
    "shots hits headshots played_ms dead_ms weapons alive_percent counter_reset basis"
).split()
_ESSENTIAL = ("kills", "deaths", "damage_given", "damage_received")
_LIVES = ("spawns", "deaths_seen", "avg_dead_ms", "max_dead_ms", "alive_ms")
_OTHER = ("xp", "revives_given", "times_revived", "deeds")

_Seen = tuple[Kind, PlayerFacts]


def merge_players(voices: Sequence[RoundFacts]) -> tuple[PlayerFacts, ...] | None:
    """Every player of every voice, in the order they are first told of; None when no voice knows who was there."""
    if all(voice.players is None for voice in voices):
        return None
    seen: dict[str, list[_Seen]] = {}
    for voice in voices:
        for player in voice.players or ():
            seen.setdefault(player.key, []).append((voice.kind, player))
    return tuple(_merge(told) for told in seen.values())


def _merge(told: list[_Seen]) -> PlayerFacts:
    first = told[0][1]
    if len(told) == 1:
        return first._replace(counted_by=told[0][0])
    players = [player for _kind, player in told]
    counting, counted = _counted(told)
    lives = next((player for player in players if player.spawns is not None), first)
    changes: dict[str, Any] = {name: getattr(counted, name) for name in _FIGHT}
    changes |= {name: getattr(lives, name) for name in _LIVES}
    changes |= {name: _first(_ordered(told, _DEEDS_BEST_BY), name) for name in _OTHER}
    return first._replace(
        guid=max((player.guid for player in players), key=len),
        side=next((player.side for player in players if player.side is not None), None),
        is_bot=any(player.is_bot for player in players),
        counted_by=counting,
        **changes,
    )


def _counted(told: list[_Seen]) -> _Seen:
    """The voice whose count of the fight is whole, else the most believed one."""
    ordered = _ordered(told, _COUNTED_BEST_BY)
    whole = (seen for seen in ordered if all(getattr(seen[1], name) is not None for name in _ESSENTIAL))
    return next(whole, ordered[0])


def _ordered(told: list[_Seen], order: Sequence[Kind]) -> list[_Seen]:
    return sorted(told, key=lambda seen: _place(seen[0], order))


def _place(kind: Kind, order: Sequence[Kind]) -> int:
    return order.index(kind) if kind in order else len(order)


def _first(told: list[_Seen], name: str) -> Any:
    return next((value for _kind, player in told if (value := getattr(player, name)) is not None), None)
