"""What the teams of a gaming session are called and drawn in: as people said, else from a pool. Pure.

A name belongs to people, not to a slot: should an earlier round become known in which the sides were the other way round,
each team keeps its own.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shared.domain.errors import RoundwireError
from shared.domain.teams import OTHER_TEAM, Teams
from shared.domain.text import clean_name
from shared.domain.vocabulary import TeamSlot

LONGEST_NAME = 32
COLORS = ("red", "green", "blue", "yellow", "orange", "purple", "white", "black")
_HEX = re.compile(r"#[0-9a-f]{6}")
_POOL = (
    ("Badgers", "Otters"),
    ("Falcons", "Herons"),
    ("Wolves", "Lynxes"),
    ("Ravens", "Magpies"),
    ("Boars", "Stags"),
    ("Vipers", "Hornets"),
    ("Bears", "Foxes"),
    ("Kites", "Owls"),
)


class BadTeamLabel(RoundwireError):
    """A name or colour that no team can have."""


@dataclass(frozen=True, slots=True)
class TeamLabel:
    """How a team is shown. `color`: a word of `COLORS` or `#rrggbb`; None leaves it to whoever draws."""

    name: str
    color: str | None = None
    is_custom_name: bool = False


@dataclass(frozen=True, slots=True)
class LabelDecision:
    """What an operator said of a team. `guids`: who was in it then. None leaves name or colour as it is."""

    slot: TeamSlot
    guids: tuple[str, ...]
    name: str | None = None
    color: str | None = None


def team_labels(teams: Teams, decisions: Sequence[LabelDecision] = ()) -> dict[TeamSlot, TeamLabel]:
    """The labels of both teams: the pool's, and over them what was decided, the latest last."""
    pair = _POOL[(teams.founded_unix or 0) % len(_POOL)]
    labels = {slot: TeamLabel(name) for slot, name in zip(TeamSlot, pair, strict=True)}
    for decision in decisions:
        slot = _whose(decision, teams)
        labels[slot] = replace(
            labels[slot],
            name=decision.name or labels[slot].name,
            color=decision.color or labels[slot].color,
            is_custom_name=labels[slot].is_custom_name or decision.name is not None,
        )
    return labels


def team_name(given: str, taken: Iterable[str] = ()) -> str:
    """A name that a team can be given, on one line. `taken`: what the other team is called. Raises BadTeamLabel."""
    name = clean_name(given)
    if not name:
        raise BadTeamLabel("a team's name needs something to be seen")
    if len(name) > LONGEST_NAME:
        raise BadTeamLabel(f"a team's name has at most {LONGEST_NAME} characters")
    if name.casefold() in {one.casefold() for one in taken}:
        raise BadTeamLabel("the other team has that name")
    return name


def team_color(given: str) -> str:
    """A colour that a team can be drawn in. Raises BadTeamLabel."""
    color = given.strip().lower()
    if color in COLORS or _HEX.fullmatch(color):
        return color
    raise BadTeamLabel(f"a colour is #rrggbb or one of {', '.join(COLORS)}")


def _whose(decision: LabelDecision, teams: Teams) -> TeamSlot:
    """The team that holds more of the people it was said of; of equals the slot it was said of."""
    own = sum(teams.members.get(guid) is decision.slot for guid in decision.guids)
    others = sum(teams.members.get(guid) is OTHER_TEAM[decision.slot] for guid in decision.guids)
    return OTHER_TEAM[decision.slot] if others > own else decision.slot
