"""The last part of a round's card: what all players did together. A total is only shown when every player's part is known."""

from collections.abc import Callable

from shared.domain.figures import UNAVAILABLE, percent, plural, ratio, whole
from shared.domain.formulas import accuracy_percent, damage_per_minute, kill_death_ratio
from shared.domain.round_view import PlayerLine, RoundView


def summary_lines(view: RoundView) -> list[str]:
    """Three lines of totals and averages; one sentence when no player is known."""
    if not view.players:
        return ["No players known for this round yet."]
    kills = _total(view, lambda player: player.kills)
    deaths = _total(view, lambda player: player.deaths)
    damage = _total(view, lambda player: player.damage_given)
    played_seconds = _total(view, lambda player: player.played_seconds)
    accuracy = accuracy_percent(
        _whole_total(view, lambda player: player.hits), _whole_total(view, lambda player: player.shots)
    )
    heads = _total(view, lambda player: player.headshots)
    revives = _total(view, lambda player: player.revives_given)
    frags = f"{whole(kills)} kills · {whole(deaths)} deaths · K/D {ratio(kill_death_ratio(_int(kills), _int(deaths)))}"
    per_minute = whole(damage_per_minute(_int(damage), played_seconds))
    lines = [
        f"{plural(len(view.players), 'player')} · {frags}",
        f"{_thousands(damage)} damage · ø {per_minute} DPM · ø {percent(accuracy, 1)} ACC",
        f"{whole(heads)} head hits · {whole(revives)} revives",
    ]
    known = any(total is not None for total in (kills, deaths, damage, accuracy, heads, revives))
    return lines if known else [plural(len(view.players), "player")]


def _total(view: RoundView, figure: Callable[[PlayerLine], float | None]) -> float | None:
    values = [figure(player) for player in view.players]
    return None if None in values else sum(value for value in values if value is not None)


def _whole_total(view: RoundView, figure: Callable[[PlayerLine], float | None]) -> int | None:
    return _int(_total(view, figure))


def _int(total: float | None) -> int | None:
    return None if total is None else int(total)


def _thousands(total: float | None) -> str:
    return UNAVAILABLE if total is None else f"{total:,.0f}"
