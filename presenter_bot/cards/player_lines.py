"""A round's players as lines of a card: grouped by side, ranked by kills within it, at four levels of detail."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum

from shared.domain.figures import UNAVAILABLE, clock, percent, ratio, whole
from shared.domain.formulas import accuracy_percent, damage_per_minute, dead_percent, denied_percent, kill_death_ratio
from shared.domain.round_view import PlayerLine
from shared.domain.text import DEFAULT_WIDTH, shown_player

SHORT_WIDTH = 10
_MEDALS = ("🥇", "🥈", "🥉")
_NO_BREAK = "\N{NO-BREAK SPACE}"
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


def untold_columns(players: Sequence[PlayerLine]) -> tuple[str, ...]:
    """The labels of the figures that no player of the round has; they are left out of every line and named once below."""
    columns = _FIGHTING | _TIMES
    return tuple(label for label, text in columns.items() if not any(_is_told(text(player)) for player in players))


def player_block(ranked: Ranked, detail: Detail, untold: Collection[str] = ()) -> str:
    """The lines of one player without the columns that are `untold`. A line without a single known figure is left out."""
    width = SHORT_WIDTH if detail is Detail.SHORT_NAMES else DEFAULT_WIDTH
    lines = [_name_line(ranked, width)]
    if detail >= Detail.TWO_LINES:
        lines.append(_figures(ranked.player, _FIGHTING, untold))
    if detail >= Detail.FULL and (times := _figures(ranked.player, _TIMES, untold, _multikills(ranked.player))):
        lines.append(f"-# {times}")
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


def _frags(player: PlayerLine) -> str:
    frags = f"{whole(player.kills)}/{whole(player.deaths)}/{whole(player.gibs)}"
    return f"{frags} ({ratio(kill_death_ratio(player.kills, player.deaths))})"


def _accuracy(player: PlayerLine) -> str:
    return "no shots" if player.shots == 0 else f"{percent(accuracy_percent(player.hits, player.shots), 1)} ACC"


def _timed(label: str, seconds: float | None, share: float | None) -> str:
    return f"{label} {UNAVAILABLE if seconds is None else f'{clock(seconds)} ({percent(share)})'}"


def _multikills(player: PlayerLine) -> str:
    named = zip(player.multikills, _MULTIKILL_NAMES, strict=True)
    return ", ".join(f"{count} {name}" for count, name in named if count)


_Columns = dict[str, Callable[[PlayerLine], str]]
_FIGHTING: _Columns = {
    "K/D/G": _frags,
    "DPM": lambda one: f"{whole(damage_per_minute(one.damage_given, one.played_seconds))} DPM",
    "damage": lambda one: f"{whole(one.damage_given)}↑ {whole(one.damage_received)}↓",
    "ACC": _accuracy,
    "HS": lambda one: f"{whole(one.headshots)} HS",
    "Rev": lambda one: f"Rev {whole(one.revives_given)}↑ {whole(one.times_revived)}↓",
}
_TIMES: _Columns = {
    "TmDmg": lambda one: f"TmDmg {whole(one.team_damage_given)}",
    "played": lambda one: f"{clock(one.played_seconds, UNAVAILABLE)} played",
    "dead": lambda one: _timed("dead", one.dead_seconds, dead_percent(one.dead_seconds, one.played_seconds)),
    "denied": lambda one: _timed("denied", one.denied_seconds, denied_percent(one.denied_seconds, one.played_seconds)),
}


def _figures(player: PlayerLine, columns: _Columns, untold: Collection[str], last: str = "") -> str:
    """The figures side by side, breakable only between two of them; empty when not one is known."""
    parts = [text(player) for label, text in columns.items() if label not in untold]
    if not any(map(_is_told, parts)):
        return ""
    return f"{_NO_BREAK}· ".join(part.replace(" ", _NO_BREAK) for part in [*parts, last] if part)


def _is_told(text: str) -> bool:
    return UNAVAILABLE not in text or any(character.isdigit() for character in text)
