"""A `round_report` as round facts: names normalised, counters made this round's own, impossible instants dropped."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from shared.domain import contract, fingerprint
from shared.domain.contract import Counters, CounterValues, Pause, Player, RoundReport, Weapon
from shared.domain.instants import plausible
from shared.domain.player_key import PlayerKeys, is_bot
from shared.domain.round_facts import FirstRoundFacts, PauseFacts, PlayerFacts, RoundFacts, WeaponFacts
from shared.domain.text import clean_name
from shared.domain.vocabulary import ExitKind, Side

STOPWATCH = 3
_MS_PER_SECOND = 1000
_ROUNDS_WON = re.compile(r"axis:(\d{1,9}) +allies:(\d{1,9})")


def from_report(report: RoundReport, server_id: str, now: datetime) -> RoundFacts:
    """What the report says, for the server its token named (the `server_id` inside is only a claim)."""
    number = fingerprint.round_number(report.round_number)
    if number is None:
        raise ValueError("the contract lets 0, 1 and 2 through only")
    axis_score, allies_score = _rounds_won(report.score_lines)
    return RoundFacts(
        server_id=server_id,
        map_name=fingerprint.map_name(report.map_name),
        round_number=number,
        round_start_unix=plausible(report.round_start_unix, now),
        round_end_unix=plausible(report.round_end_unix, now),
        exit_kind=report.exit_kind or ExitKind.UNKNOWN,
        has_exit_line=bool(report.exit_line),
        end_reason_raw=report.end_reason_raw,
        exit_line=report.exit_line,
        elapsed_ms=_ms(report.elapsed_ms, report.actual_duration_seconds),
        limit_ms=_ms(report.limit_ms, report.timelimit_seconds) or None,
        next_limit_ms=_ms(report.next_limit_ms, report.next_timelimit_seconds) or None,
        warmup_ms=report.warmup.warmup_ms if report.warmup else None,
        warmup_start_unix=plausible(report.warmup.start_unix, now) if report.warmup else None,
        pauses=None if report.pauses is None else tuple(map(_pause, report.pauses)),
        winner=_side(report.winner_team),
        defender=_side(report.defender_team),
        axis_score=axis_score,
        allies_score=allies_score,
        surrender_caller_guid=report.surrender.caller_guid if report.surrender else None,
        surrender_caller_name=report.surrender.caller_name if report.surrender else None,
        is_stopwatch=None if report.game_type is None else str(report.game_type) == str(STOPWATCH),
        first_round=_first_round(report, now) if number == 2 else None,  # noqa: PLR2004
        players=None if report.players is None else _players(report.players),
        sender_version=report.sender_version,
    )


def _ms(milliseconds: int | None, seconds: float | None) -> int | None:
    if milliseconds is not None or seconds is None:
        return milliseconds
    return round(seconds * _MS_PER_SECOND)


def _side(value: int | None) -> Side | None:
    return None if value is None else Side(value)


def _rounds_won(score_lines: Sequence[str] | None) -> tuple[int, int] | tuple[None, None]:
    """What the engine's last such line says: rounds won by side since the server began to count. No score of a match."""
    for line in reversed(score_lines or ()):
        if found := _ROUNDS_WON.fullmatch(line.strip()):
            return int(found[1]), int(found[2])
    return None, None


def _pause(pause: Pause) -> PauseFacts:
    return PauseFacts(
        number=pause.number,
        start_unix=pause.start_unix,
        end_unix=pause.end_unix,
        start_elapsed_ms=pause.start_elapsed_ms,
        length_ms=pause.length_ms,
        requested_by=pause.requested_by,
        open_at_end=pause.open_at_end,
    )


def _first_round(report: RoundReport, now: datetime) -> FirstRoundFacts | None:
    first = report.r1
    start = plausible(first.round_start_unix if first else report.r1_round_start_unix, now)
    if start is None:
        return None
    if first is None:
        return FirstRoundFacts(start)
    return FirstRoundFacts(
        round_start_unix=start,
        elapsed_ms=first.elapsed_ms,
        limit_ms=first.limit_ms,
        winner=_side(first.winner_team),
        defender=_side(first.defender_team),
        exit_kind=first.exit_kind,
    )


def _players(players: Sequence[Player]) -> tuple[PlayerFacts, ...]:
    keys = PlayerKeys()
    return tuple(_player(player, keys) for player in players)


def _player(player: Player, keys: PlayerKeys) -> PlayerFacts:
    is_a_bot = bool(player.is_bot) or is_bot(player.guid, player.name)
    this_round, was_reset = _this_round(player.counters)
    used = None if player.weapons is None else _weapons(player.weapons)
    return PlayerFacts(
        key=keys.key(player.guid, player.name, is_bot=is_a_bot),
        guid=player.guid,
        name=player.name,
        clean_name=clean_name(player.name),
        side=_side(player.side),
        is_bot=is_a_bot,
        kills=this_round.get("kills"),
        deaths=this_round.get("deaths"),
        gibs=this_round.get("gibs"),
        self_kills=this_round.get("self_kills"),
        team_kills=this_round.get("team_kills"),
        team_gibs=this_round.get("team_gibs"),
        damage_given=this_round.get("damage_given"),
        damage_received=this_round.get("damage_received"),
        team_damage_given=this_round.get("team_damage_given"),
        team_damage_received=this_round.get("team_damage_received"),
        xp=this_round.get("xp"),
        shots=None if used is None else _total(weapon.shots for weapon in used),
        hits=None if used is None else _total(weapon.hits for weapon in used),
        headshots=None if used is None else _total(weapon.headshots for weapon in used),
        played_ms=_played_ms(player, this_round),
        dead_ms=player.dead_ms,
        spawns=player.spawns,
        deaths_seen=player.deaths,
        avg_dead_ms=player.avg_dead_ms,
        max_dead_ms=player.max_dead_ms,
        alive_ms=player.alive_ms,
        revives_given=player.revives_given,
        times_revived=player.times_revived,
        counter_reset=was_reset,
        weapons=used,
    )


_CUMULATIVE = frozenset(CounterValues.__annotations__) - {"xp"}  # xp starts at 0 in every round
_PROOF_OF_RESET = frozenset(
    {"kills", "deaths", "gibs", "damage_given", "damage_received"}
)  # a clock alone may step back


def _this_round(counters: Counters | None) -> tuple[CounterValues, bool]:
    """Raw minus baseline. Where a deed fell below its baseline the engine began all of them again: raw is this round's."""
    raw = counters.get("raw") if counters else None
    if counters is None or raw is None:
        return {}, False
    was_reset = bool(counters.get("counter_reset"))
    baseline = counters.get("baseline")
    if baseline is None:
        return raw, was_reset
    shares, fallen = cast("dict[str, Any]", raw.copy()), set()
    for name, before in cast("dict[str, Any]", baseline).items():
        now = shares.get(name)
        if name not in _CUMULATIVE or now is None or before is None:
            continue
        if now < before:
            fallen.add(name)
        else:
            shares[name] = now - before
    this_round = raw if fallen & _PROOF_OF_RESET else cast("CounterValues", shares)
    return this_round, was_reset or bool(fallen)


def _weapons(told: Sequence[Weapon]) -> tuple[WeaponFacts, ...]:
    """This round's numbers of each weapon, one entry an index; a number that fell below its baseline began again at 0."""
    return tuple({weapon["index"]: _weapon(weapon) for weapon in told}.values())


def _weapon(weapon: Weapon) -> WeaponFacts:
    before = weapon.get("baseline")
    if not before:
        return WeaponFacts(
            weapon["index"],
            weapon.get("shots"),
            weapon.get("hits"),
            weapon.get("kills"),
            weapon.get("deaths"),
            weapon.get("headshots"),
        )
    return WeaponFacts(
        weapon["index"],
        _share(weapon.get("shots"), before.get("shots")),
        _share(weapon.get("hits"), before.get("hits")),
        _share(weapon.get("kills"), before.get("kills")),
        _share(weapon.get("deaths"), before.get("deaths")),
        _share(weapon.get("headshots"), before.get("headshots")),
    )


def _share(now: int | None, before: int | None) -> int | None:
    return now if now is None or before is None or now < before else now - before


def _total(numbers: Iterable[int | None]) -> int | None:
    """The sum; None when one of them is not told, or when it is more than can be counted."""
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return None if total > contract.LARGEST_COUNT else total


def _played_ms(player: Player, this_round: CounterValues) -> int | None:
    time_axis, time_allies = this_round.get("time_axis"), this_round.get("time_allies")
    if time_axis is not None and time_allies is not None:
        return time_axis + time_allies
    if player.alive_ms is not None and player.dead_ms is not None:
        return player.alive_ms + player.dead_ms
    return None
