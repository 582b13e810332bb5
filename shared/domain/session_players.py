"""What each player did in a gaming session: his rounds, his figures, his style. Pure. By GUID, whatever he was called."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.domain.form import Form, form, peak
from shared.domain.formulas import FULL_PERCENT
from shared.domain.player_figures import FIGURES
from shared.domain.playstyle import Playstyle, Rates, Usual, playstyle

PlayerRound = Mapping[str, Any]
"""One player in one round that counts: round_id, guid, name, side, and every input of FIGURES, None where unknown."""

OBJECTIVES = (
    "objectives_completed",
    "objectives_destroyed",
    "objectives_stolen",
    "objectives_returned",
    "dynamites_planted",
    "dynamites_defused",
    "constructions",
)
"""What counts as an act for the objective."""


@dataclass(frozen=True, slots=True)
class SessionPlayer:
    """One player with his rounds, in the order they were played. `name`: what he was called last."""

    guid: str
    name: str
    rounds: tuple[PlayerRound, ...]

    def figure(self, name: str) -> float | None:
        """One of FIGURES over the session."""
        return FIGURES[name].over(self.rounds)

    def total(self, counter: str) -> float | None:
        """The sum of a counter over the rounds in which it is known; None when it is in none."""
        known = [one[counter] for one in self.rounds if one[counter] is not None]
        return sum(known) if known else None

    def alive_seconds(self) -> float | None:
        """How long he was alive in the rounds of which it is known."""
        known = [
            played - dead
            for one in self.rounds
            if (played := one["played_seconds"]) is not None and (dead := one["dead_seconds"]) is not None
        ]
        return sum(known) if known else None

    def timeline(self, round_ids: Sequence[int]) -> list[float | None]:
        """Damage per minute, round by round; None where he did not play or it is unknown."""
        own = {one["round_id"]: FIGURES["dpm"].over([one]) for one in self.rounds}
        return [own.get(round_id) for round_id in round_ids]

    def form(self) -> Form | None:
        """How it went."""
        return form(self._own_timeline())

    def peak_round_id(self) -> int | None:
        """The round of his highest damage per minute."""
        place = peak(self._own_timeline())
        return None if place is None else int(self.rounds[place]["round_id"])

    def rate(self, counter: str) -> float:
        """A counter per round in which it is known; NaN when it is in none."""
        known = [one[counter] for one in self.rounds if one[counter] is not None]
        return sum(known) / len(known) if known else float("nan")

    def _own_timeline(self) -> list[float | None]:
        return self.timeline([one["round_id"] for one in self.rounds])


def session_players(rounds: Iterable[PlayerRound]) -> list[SessionPlayer]:
    """The players of these rounds, given in the order they were played; most kills first."""
    together: dict[str, list[PlayerRound]] = {}
    for one in rounds:
        together.setdefault(one["guid"], []).append(one)
    players = [SessionPlayer(guid, ones[-1]["name"], tuple(ones)) for guid, ones in together.items()]
    return sorted(players, key=lambda player: (-(player.total("kills") or 0), player.guid))


def playstyles(players: Sequence[SessionPlayer]) -> dict[str, Playstyle]:
    """Everybody's style, by GUID."""
    everything = [one for player in players for one in player.rounds]
    everybody = SessionPlayer("", "", tuple(everything))
    usual = Usual(revives=everybody.rate("revives_given"), deaths=everybody.rate("deaths"))
    return {player.guid: playstyle(_rates(player), usual) for player in players}


def _rates(player: SessionPlayer) -> Rates:
    objectives = [player.rate(counter) for counter in OBJECTIVES]
    told = [rate for rate in objectives if not math.isnan(rate)]
    survival = player.figure("survival")
    return Rates(
        frag_potential=_or_unknown(player.figure("fragpotential")),
        kill_death_ratio=_or_unknown(player.figure("kd")),
        damage_ratio=_or_unknown(player.figure("damage_efficiency")),
        kills=player.rate("kills"),
        deaths=player.rate("deaths"),
        damage_given=player.rate("damage_given"),
        damage_received=player.rate("damage_received"),
        dead_percent=_or_unknown(None if survival is None else FULL_PERCENT - survival),
        revives=player.rate("revives_given"),
        headshot_percent=_or_unknown(player.figure("headshot_accuracy")),
        objectives=sum(told) if told else float("nan"),
        objectives_completed=player.rate("objectives_completed"),
        objectives_destroyed=player.rate("objectives_destroyed"),
    )


def _or_unknown(value: float | None) -> float:
    return float("nan") if value is None else value
