"""A round's players as lines of a card: grouped by side, ranked by kills within it, at four levels of detail."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from shared.domain.figures import UNAVAILABLE, clock, percent, ratio, whole
from shared.domain.formulas import accuracy_percent, damage_per_minute, dead_percent, denied_percent, kill_death_ratio
from shared.domain.round_view import PlayerLine
from shared.domain.text import DEFAULT_WIDTH, shown_player

SHORT_WIDTH = 10
_MEDALS = ("🥇", "🥈", "🥉")
_MULTIKILL_NAMES = ("double", "triple", "quad", "multi", "mega")


class Detail(IntEnum):
    """How much is said of a player; a card that does not fit steps down."""

    SHORT_NAMES = 0
    NAMES = 1
    TWO_LINES = 2
    FULL = 3


@dataclass(frozen=True, slots=True)
class Ranked:
    """A player with his place among those of his side; no place when nobody's kills are known."""

    player: PlayerLine
    place: int | None


def rank(players: Sequence[PlayerLine]) -> list[Ranked]:
    """Most kills first, then most damage, then by name; those whose kills are unknown come last and have no place."""
    ordered = sorted(players, key=_order)
    return [
        Ranked(player, place if player.kills is not None else None) for place, player in enumerate(ordered, start=1)
    ]


def player_block(ranked: Ranked, detail: Detail) -> str:
    """The lines of one player. A line without a single known figure is left out."""
    width = SHORT_WIDTH if detail is Detail.SHORT_NAMES else DEFAULT_WIDTH
    lines = [_name_line(ranked, width)]
    if detail >= Detail.TWO_LINES:
        lines.append(_fighting_line(ranked.player))
    if detail >= Detail.FULL:
        lines.append(_time_line(ranked.player))
    return "\n".join(line for line in lines if line)


def _order(player: PlayerLine) -> tuple[bool, int, int, str, str]:
    return (player.kills is None, -(player.kills or 0), -(player.damage_given or 0), player.name, player.guid)


def _name_line(ranked: Ranked, width: int) -> str:
    robot = "🤖 " if ranked.player.is_bot else ""
    return f"{_place(ranked.place)} {robot}**{shown_player(ranked.player.name, ranked.player.guid, width)}**"


def _place(place: int | None) -> str:
    if place is None:
        return "▫️"
    return _MEDALS[place - 1] if place <= len(_MEDALS) else f"`{place}`"


def _fighting_line(player: PlayerLine) -> str:
    frags = f"{whole(player.kills)}/{whole(player.deaths)}/{whole(player.gibs)}"
    parts = [
        f"{frags} ({ratio(kill_death_ratio(player.kills, player.deaths))})",
        f"{whole(damage_per_minute(player.damage_given, player.played_seconds))} DPM",
        f"{whole(player.damage_given)}↑ {whole(player.damage_received)}↓",
        f"{percent(accuracy_percent(player.hits, player.shots), 1)} ACC",
        f"{whole(player.headshots)} HS",
        f"Rev {whole(player.revives_given)}↑ {whole(player.times_revived)}↓",
    ]
    return _line(parts)


def _time_line(player: PlayerLine) -> str:
    parts = [
        f"TmDmg {whole(player.team_damage_given)}",
        f"{clock(player.played_seconds, UNAVAILABLE)} played",
        f"dead {_with_share(player.dead_seconds, dead_percent(player.dead_seconds, player.played_seconds))}",
        f"denied {_with_share(player.denied_seconds, denied_percent(player.denied_seconds, player.played_seconds))}",
        _multikills(player.multikills),
    ]
    line = _line([part for part in parts if part])
    return f"-# {line}" if line else ""


def _with_share(seconds: float | None, share: float | None) -> str:
    return UNAVAILABLE if seconds is None else f"{clock(seconds)} ({percent(share)})"


def _multikills(counts: Sequence[int | None]) -> str:
    return ", ".join(f"{count} {name}" for count, name in zip(counts, _MULTIKILL_NAMES, strict=True) if count)


def _line(parts: Sequence[str]) -> str:
    return " · ".join(parts) if any(character.isdigit() for part in parts for character in part) else ""
