"""Numbers that nobody can have played: what an audit flags, and never alters. Pure.

A rule that needs what is unknown flags nothing. `played_seconds` 0 beside deeds is flagged by every rule that divides by it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.domain import formulas
from shared.domain.timing import ALIGNED_MS, was_given_up
from shared.domain.vocabulary import ExitKind, RoundStatus, Side

MOST_DPM_APART, MOST_KD_APART = 5.0, 0.15
OVERPLAYED_SECONDS = 60
FEWEST_SHARED_PLAYERS = 4
_MS_PER_SECOND = 1000
_FULL_PERCENT = 100.0


class Rule(StrEnum):
    """Each rule, named for what is not plausible."""

    KILLS = "kills"
    DEATHS = "deaths"
    DAMAGE = "damage_given"
    BULLETS = "bullets_fired"
    REVIVES = "revives_given"
    GIBS = "gibs"
    DYNAMITES = "dynamites_planted"
    XP = "xp"
    HEADSHOT_KILLS = "headshot_kills"
    ACCURACY = "accuracy"
    TIMES_REVIVED = "times_revived"
    PLAYED = "played"
    DPM = "stored_dpm"
    KD = "stored_kd"
    SIDES = "sides_unknown"
    ORPHAN = "orphan_r2_completed"
    NOT_SUBTRACTED = "r2_not_subtracted"
    HEADER = "duration_against_header"


MOST_PER_SECOND: Mapping[Rule, float] = {
    Rule.KILLS: 1 / 3,
    Rule.DEATHS: 1 / 3,
    Rule.DAMAGE: 100,
    Rule.BULLETS: 15,
    Rule.REVIVES: 1 / 8,
    Rule.GIBS: 1 / 2,
    Rule.DYNAMITES: 1 / 25,
    Rule.XP: 1.5,
}
"""Of the counters named like the rules, the most for each second played."""


MEANINGS: Mapping[Rule, str] = {
    Rule.KILLS: "more than one kill in 3 s",
    Rule.DEATHS: "more than one death in 3 s",
    Rule.DAMAGE: "more than 100 damage a second",
    Rule.BULLETS: "more than 15 shots a second",
    Rule.REVIVES: "more than one revive in 8 s",
    Rule.GIBS: "more than one gib in 2 s",
    Rule.DYNAMITES: "more than one dynamite in 25 s",
    Rule.XP: "more than 1.5 XP a second",
    Rule.HEADSHOT_KILLS: "more kills by head hits than kills",
    Rule.ACCURACY: "an accuracy outside 0 to 100 percent",
    Rule.TIMES_REVIVED: "revived more often than killed",
    Rule.PLAYED: "played for more than a minute beyond the round's duration",
    Rule.DPM: "a stored damage per minute more than 5 from what its parts give",
    Rule.KD: "stored kills per death more than 0.15 from what their parts give",
    Rule.SIDES: "a completed round without winner or defender",
    Rule.ORPHAN: "a second round counted as completed without its first",
    Rule.NOT_SUBTRACTED: "an R2 in which each of four or more players beats his R1 in kills and damage",
    Rule.HEADER: "a duration more than 30 s from the header's clock, without surrender",
}


@dataclass(frozen=True, slots=True)
class PlayerNumbers:
    """One player's stored numbers of one round."""

    guid: str
    is_bot: bool = False
    played_seconds: float | None = None
    kills: int | None = None
    deaths: int | None = None
    self_kills: int | None = None
    damage_given: int | None = None
    bullets_fired: int | None = None
    revives_given: int | None = None
    times_revived: int | None = None
    gibs: int | None = None
    dynamites_planted: int | None = None
    xp: float | None = None
    headshot_kills: int | None = None
    accuracy: float | None = None
    dpm: float | None = None
    kd_ratio: float | None = None


@dataclass(frozen=True, slots=True)
class RoundNumbers:
    """One stored round. `first_players`: of an R2, the players of its R1; None while it has none."""

    round_id: int
    round_number: int
    status: RoundStatus
    exit_kind: ExitKind = ExitKind.UNKNOWN
    winner: Side | None = None
    defender: Side | None = None
    duration_ms: int | None = None
    header_clock_ms: int | None = None
    limit_ms: int | None = None
    players: tuple[PlayerNumbers, ...] = ()
    first_players: tuple[PlayerNumbers, ...] | None = None


@dataclass(frozen=True, slots=True)
class Implausible:
    """One finding. `guid` None: about the round. `value` breaks `bound`; None where the rule is about no number."""

    rule: Rule
    guid: str | None = None
    value: float | None = None
    bound: float | None = None


def implausible(one: RoundNumbers) -> list[Implausible]:
    """Everything of a round that cannot have been."""
    found = list(_of_round(one))
    duration_seconds = None if one.duration_ms is None else one.duration_ms / _MS_PER_SECOND
    for player in one.players:
        found += _of_player(player, duration_seconds)
    return found


def _of_round(one: RoundNumbers) -> Iterator[Implausible]:
    is_completed = one.status is RoundStatus.COMPLETED
    if is_completed and None in (one.winner, one.defender):
        yield Implausible(Rule.SIDES)
    if is_completed and one.round_number != 1 and one.first_players is None:
        yield Implausible(Rule.ORPHAN)
    if _is_not_subtracted(one.players, one.first_players or ()):
        yield Implausible(Rule.NOT_SUBTRACTED)
    apart_ms = _apart_from_header_ms(one)
    if is_completed and apart_ms is not None and apart_ms > ALIGNED_MS:
        yield Implausible(Rule.HEADER, None, apart_ms / _MS_PER_SECOND, ALIGNED_MS / _MS_PER_SECOND)


def _apart_from_header_ms(one: RoundNumbers) -> int | None:
    """How far duration and header clock are apart; None where the clock is of something else, as after a surrender."""
    clock_ms, limit_ms = one.header_clock_ms, one.limit_ms
    if one.duration_ms is None or not clock_ms or was_given_up(one.exit_kind, one.defender):
        return None
    if one.round_number != 1 and limit_ms is not None and clock_ms > limit_ms:
        return None
    return abs(one.duration_ms - clock_ms)


def _is_not_subtracted(players: Sequence[PlayerNumbers], first_players: Sequence[PlayerNumbers]) -> bool:
    """Whether everybody did more in an R2 than in its R1: so it looks when the R1 is still in it."""
    before = {player.guid: player for player in first_players}
    pairs = [(player, before[player.guid]) for player in players if player.guid in before]
    if len(pairs) < FEWEST_SHARED_PLAYERS:
        return False
    return all(_is_more(now.kills, then.kills) and _is_more(now.damage_given, then.damage_given) for now, then in pairs)


def _is_more(now: int | None, then: int | None) -> bool:
    return now is not None and then is not None and now > then


def _of_player(player: PlayerNumbers, duration_seconds: float | None) -> Iterator[Implausible]:
    for rule, value_of, bound_of in _RULES:
        value, bound = value_of(player), bound_of(player)
        if value is not None and bound is not None and value > bound:
            yield Implausible(rule, player.guid, value, bound)
    if player.accuracy is not None and not 0 <= player.accuracy <= _FULL_PERCENT:
        yield Implausible(Rule.ACCURACY, player.guid, player.accuracy, _FULL_PERCENT)
    if player.played_seconds is not None and duration_seconds is not None:
        bound = duration_seconds + OVERPLAYED_SECONDS
        if player.played_seconds > bound:
            yield Implausible(Rule.PLAYED, player.guid, player.played_seconds, bound)


_Number = Callable[[PlayerNumbers], float | None]


def _most(rate: float) -> _Number:
    return lambda player: None if player.played_seconds is None else player.played_seconds * rate


def _told(name: str) -> _Number:
    def value_of(player: PlayerNumbers) -> float | None:
        value: float | None = getattr(player, name)
        return value

    return value_of


def _lives_ended(player: PlayerNumbers) -> float | None:
    return None if player.deaths is None else player.deaths + (player.self_kills or 0)


def _dpm_apart(player: PlayerNumbers) -> float | None:
    return _apart(player.dpm, formulas.damage_per_minute(player.damage_given, player.played_seconds))


def _kd_apart(player: PlayerNumbers) -> float | None:
    return _apart(player.kd_ratio, formulas.kill_death_ratio(player.kills, player.deaths))


def _apart(stored: float | None, worked_out: float | None) -> float | None:
    return None if stored is None or worked_out is None else abs(stored - worked_out)


_RULES: tuple[tuple[Rule, _Number, _Number], ...] = (
    *((rule, _told(rule.value), _most(rate)) for rule, rate in MOST_PER_SECOND.items()),
    (Rule.HEADSHOT_KILLS, _told("headshot_kills"), _told("kills")),
    (Rule.TIMES_REVIVED, _told("times_revived"), _lives_ended),
    (Rule.DPM, _dpm_apart, lambda _player: MOST_DPM_APART),
    (Rule.KD, _kd_apart, lambda _player: MOST_KD_APART),
)
