"""Who played with whom: the two teams of a gaming session, and on which side each was in a round. Pure.

Teams are people. They are told from the earliest valid R1, sides are read from each round's own players, and nothing is
assumed about who swaps when.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from shared.domain.round_of_match import Fighter, RoundOfMatch
from shared.domain.vocabulary import MatchReason, RosterChange, RoundStatus, Side, TeamSlot

OTHER_SIDE: Mapping[Side, Side] = {Side.AXIS: Side.ALLIES, Side.ALLIES: Side.AXIS}
OTHER_TEAM: Mapping[TeamSlot, TeamSlot] = {TeamSlot.A: TeamSlot.B, TeamSlot.B: TeamSlot.A}
_FIRST, _SECOND = 1, 2


@dataclass(frozen=True, slots=True)
class Substitution:
    """Somebody who was not there from the beginning, or not always with his own. `guid` None: the teams as a whole."""

    change: RosterChange
    round_id: int
    team: TeamSlot | None = None
    guid: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Teams:
    """Who belongs to which team, by GUID, with the name each bore last.

    `detected_from_round_id`, `founded_unix`: the round they were told from and its time; None when they could not be told.
    """

    members: Mapping[str, TeamSlot] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    detected_from_round_id: int | None = None
    founded_unix: int | None = None
    substitutions: tuple[Substitution, ...] = ()

    def roster(self, team: TeamSlot) -> tuple[str, ...]:
        """The GUIDs of a team, in order."""
        return tuple(sorted(guid for guid, slot in self.members.items() if slot is team))

    def side_of_a(self, one: RoundOfMatch) -> Side | MatchReason:
        """TeamA's side in a round: where most of its people were, else opposite to TeamB; or why that cannot be told."""
        side_a, side_b = (_most(self._on_side(team, one)) for team in TeamSlot)
        if side_a is None and side_b is None:
            is_anybody_known = any(fighter.guid in self.members for fighter in one.fighters)
            return MatchReason.TEAMS_MIXED if is_anybody_known else MatchReason.ROSTER_UNKNOWN
        if side_a is None and side_b is not None:
            return OTHER_SIDE[side_b]
        return MatchReason.TEAMS_MIXED if side_a is None or side_a is side_b else side_a

    def _on_side(self, team: TeamSlot, one: RoundOfMatch) -> Iterable[Side]:
        return (fighter.side for fighter in one.fighters if self.members.get(fighter.guid) is team)


def detect_teams(rounds: Iterable[RoundOfMatch]) -> Teams:
    """Tell the teams of a session from all its rounds, in whatever order they come."""
    played = sorted((one for one in rounds if _tells_of_teams(one)), key=lambda one: one.order)
    founding = _founding(played)
    if founding is None:
        return Teams()
    roster = _Roster(dict(_founders(founding)))
    for one in played:
        roster.see(one, played)
    return Teams(
        roster.members,
        {fighter.guid: fighter.name for one in played for fighter in one.fighters if fighter.guid in roster.members},
        founding.round_id,
        founding.began_unix,
        tuple(roster.substitutions),
    )


@dataclass(slots=True)
class _Roster:
    """Teams while a session is gone through from its first round to its last."""

    members: dict[str, TeamSlot]
    substitutions: list[Substitution] = field(default_factory=list)

    def see(self, one: RoundOfMatch, played: Sequence[RoundOfMatch]) -> None:
        """Take in who played in a round: newcomers, and those who stood with the others."""
        strangers = [fighter for fighter in one.fighters if fighter.guid not in self.members]
        if strangers and len(strangers) == len(one.fighters):
            self._found_anew(one)
            return
        joining = {fighter: self._team_of(fighter.guid, played) for fighter in strangers}
        for fighter, team in sorted(joining.items()):
            if team is not None:
                self.members[fighter.guid] = team
                self._note(RosterChange.JOINED, one, team, fighter)
        self._note_who_changed_teams(one)

    def _found_anew(self, one: RoundOfMatch) -> None:
        """Nobody of the teams is left: other people play now, and are told apart as the first ones were."""
        if one.round_number == _FIRST and _has_both_sides(one):
            self.members |= _founders(one)
            self.substitutions.append(Substitution(RosterChange.NEW_TEAMS, one.round_id))

    def _team_of(self, guid: str, played: Sequence[RoundOfMatch]) -> TeamSlot | None:
        """The team whose known people shared a newcomer's side most often; of equals TeamB.

        Who never stood beside any of them, in a duel for instance, is not of those he stood against.
        """
        beside, against = Counter[TeamSlot](), Counter[TeamSlot]()
        for one in played:
            side = next((fighter.side for fighter in one.fighters if fighter.guid == guid), None)
            for fighter in one.fighters if side is not None else ():
                if (team := self.members.get(fighter.guid)) is not None:
                    (beside if fighter.side is side else against)[team] += 1
        if beside:
            return TeamSlot.A if beside[TeamSlot.A] > beside[TeamSlot.B] else TeamSlot.B
        if against[TeamSlot.A] == against[TeamSlot.B]:
            return None
        return TeamSlot.B if against[TeamSlot.A] > against[TeamSlot.B] else TeamSlot.A

    def _note_who_changed_teams(self, one: RoundOfMatch) -> None:
        """Those of a team who stood where by all others that were known the other team stood."""
        placed = Counter(
            (team, fighter.side) for fighter in one.fighters if (team := self.members.get(fighter.guid)) is not None
        )
        for fighter in one.fighters:
            team = self.members.get(fighter.guid)
            if team is None:
                continue
            other_team, other_side = OTHER_TEAM[team], OTHER_SIDE[fighter.side]
            in_place = placed[team, fighter.side] - 1 + placed[other_team, other_side]
            if in_place < placed[team, other_side] + placed[other_team, fighter.side]:
                self._note(RosterChange.OTHER_TEAM, one, team, fighter)

    def _note(self, change: RosterChange, one: RoundOfMatch, team: TeamSlot, fighter: Fighter) -> None:
        self.substitutions.append(Substitution(change, one.round_id, team, fighter.guid, fighter.name))


def _tells_of_teams(one: RoundOfMatch) -> bool:
    return one.is_valid or one.status is RoundStatus.ORPHAN_R2


def _founding(played: Sequence[RoundOfMatch]) -> RoundOfMatch | None:
    """The earliest R1 that shows both teams; without any, the earliest R2, whose sides are the other way round."""
    showing = [one for one in played if _has_both_sides(one)]
    for number in (_FIRST, _SECOND):
        for one in showing:
            if one.round_number == number:
                return one
    return None


def _founders(one: RoundOfMatch) -> dict[str, TeamSlot]:
    side_of_a = Side.AXIS if one.round_number == _FIRST else Side.ALLIES
    return {fighter.guid: TeamSlot.A if fighter.side is side_of_a else TeamSlot.B for fighter in one.fighters}


def _has_both_sides(one: RoundOfMatch) -> bool:
    return {fighter.side for fighter in one.fighters} >= {Side.AXIS, Side.ALLIES}


def _most(sides: Iterable[Side]) -> Side | None:
    """The side that more of them are on; None when as many are on either."""
    told = list(sides)
    axis = sum(side is Side.AXIS for side in told)
    return None if 2 * axis == len(told) else Side.AXIS if 2 * axis > len(told) else Side.ALLIES
