"""The last part of a round's card: what all players did together. A total is only shown when every player's part is known."""

from collections.abc import Callable, Collection

from shared.domain.figures import UNAVAILABLE, percent, plural, ratio, whole
from shared.domain.formulas import accuracy_percent, damage_per_minute, kill_death_ratio
from shared.domain.round_view import PlayerLine, RoundView


def summary_lines(view: RoundView, untold: Collection[str] = ()) -> list[str]:
    """Up to three lines of totals and averages, without what is `untold` of every player; one sentence without players."""
    if not view.players:
        return ["No players known for this round yet."]
    parts = _parts(view)
    lines = [[text for label, text in line if label not in untold] for line in parts]
    lines[0].insert(0, plural(len(view.players), "player"))
    return [" · ".join(line) for line in lines if line]


def _parts(view: RoundView) -> tuple[list[tuple[str, str]], ...]:
    """The texts of each line, with the label of the players' column each is a total of."""
    kills = _int(_total(view, lambda player: player.kills))
    deaths = _int(_total(view, lambda player: player.deaths))
    damage = _int(_total(view, lambda player: player.damage_given))
    played_seconds = _total(view, lambda player: player.played_seconds)
    hits = _int(_total(view, lambda player: player.hits))
    shots = _int(_total(view, lambda player: player.shots))
    heads = _total(view, lambda player: player.headshots)
    revives = _total(view, lambda player: player.revives_given)
    frags = f"{whole(kills)} kills · {whole(deaths)} deaths · K/D {ratio(kill_death_ratio(kills, deaths))}"
    accuracy = "no shots" if shots == 0 else f"ø {percent(accuracy_percent(hits, shots), 1)} ACC"
    return (
        [("K/D/G", frags)],
        [
            ("damage", f"{_thousands(damage)} damage"),
            ("DPM", f"ø {whole(damage_per_minute(damage, played_seconds))} DPM"),
            ("ACC", accuracy),
        ],
        [("HS", f"{whole(heads)} head hits"), ("Rev", f"{whole(revives)} revives")],
    )


def _total(view: RoundView, figure: Callable[[PlayerLine], float | None]) -> float | None:
    values = [figure(player) for player in view.players]
    return None if None in values else sum(value for value in values if value is not None)


def _int(total: float | None) -> int | None:
    return None if total is None else int(total)


def _thousands(total: float | None) -> str:
    return UNAVAILABLE if total is None else f"{total:,.0f}"
