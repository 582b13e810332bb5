"""Matches and evenings as the scoring tests arrange them: what was told of two rounds, judged as the product judges it."""

import dataclasses
from typing import Any

from shared.domain.pairing import Place
from shared.domain.round_of_match import Fighter, RoundOfMatch
from shared.domain.scoring import AS_TOLD, SidesTold, judge
from shared.domain.vocabulary import DurationSource, ExitKind, Side
from tests.factories import TWELVE_MINUTES_MS, facts

AXIS, ALLIES = Side.AXIS, Side.ALLIES
PEOPLE_A, PEOPLE_B = ("a1", "a2", "a3"), ("b1", "b2", "b3")
MINUTE_MS = 60_000
EVENING_UNIX = 1_770_066_832


def clock_ms(text: str) -> int:
    minutes, rest = text.split(":")
    return int(minutes) * MINUTE_MS + int(rest) * 1000


def on_sides(axis: Any = PEOPLE_A, allies: Any = PEOPLE_B) -> tuple[Fighter, ...]:
    return tuple(
        Fighter(name.upper(), name, side) for side, people in ((AXIS, axis), (ALLIES, allies)) for name in people
    )


def a_half(
    number: int,
    *,
    match: str = "m1:srv1:supply:s1",
    began_unix: int = EVENING_UNIX,
    axis: Any = None,
    allies: Any = None,
    next_round_limit_ms: int | None = None,
    sides: SidesTold = AS_TOLD,
    place: Place | None = None,
    play_number: int = 1,
    names_first_round: bool = True,
    **told: Any,
) -> RoundOfMatch:
    """One judged round. TeamA is on Axis in R1 and on Allies in R2 unless `axis`, `allies` say otherwise; Axis defends.

    `told`: what its source says; a held round without a time lasted its limit.
    """
    swapped = number == 2
    told = {"limit_ms": TWELVE_MINUTES_MS, "exit_kind": ExitKind.OBJECTIVE, "defender": AXIS} | told
    is_held = told.get("winner") is not None and told["winner"] == told["defender"]
    told.setdefault("elapsed_ms", told["limit_ms"] if is_held else None)
    source = facts(round_number=number, round_start_unix=began_unix, **told)
    place = place or Place(match)
    judgement = judge(source, place, next_round_limit_ms, sides)
    return RoundOfMatch(
        round_id=began_unix * 10 + number,
        map_name=source.map_name,
        match_id=place.match_id,
        round_number=number,
        began_unix=began_unix,
        status=judgement.status,
        confidence=judgement.confidence,
        exit_kind=judgement.exit_kind,
        play_number=play_number,
        is_valid=judgement.is_valid,
        invalid_reason=judgement.invalid_reason,
        stopwatch_state=judgement.stopwatch_state,
        winner=source.winner,
        defender=source.defender,
        elapsed_ms=source.elapsed_ms,
        limit_ms=source.limit_ms,
        is_limit_text=source.elapsed_source is DurationSource.HEADER,
        header_clock_ms=source.header_clock_ms,
        time_to_beat_ms=judgement.time_to_beat_ms,
        next_limit_minutes=judgement.next_limit_minutes,
        end_reason=judgement.end_reason,
        names_first_round=names_first_round and swapped,
        fighters=on_sides(
            (PEOPLE_B if swapped else PEOPLE_A) if axis is None else axis,
            (PEOPLE_A if swapped else PEOPLE_B) if allies is None else allies,
        ),
    )


def a_match(
    first: dict[str, Any] | None,
    second: dict[str, Any] | None,
    *,
    began_unix: int = EVENING_UNIX,
    map_name: str = "supply",
    play_number: int = 1,
) -> list[RoundOfMatch]:
    """The rounds of one match, in its two slots; None for a half that is missing."""
    match = f"m1:srv1:{map_name}:s{began_unix}"
    common = {"match": match, "map_name": map_name, "play_number": play_number}
    rounds = []
    if first is not None:
        limit_ms = None if second is None else second.get("limit_ms", TWELVE_MINUTES_MS)
        rounds.append(a_half(1, **{"began_unix": began_unix, "next_round_limit_ms": limit_ms} | common | first))
    if second is not None:
        later_unix = began_unix + 1_000
        rounds.append(a_half(2, **{"began_unix": later_unix} | common | second))
    return rounds


def shifted(rounds: list[RoundOfMatch], seconds: int) -> list[RoundOfMatch]:
    return [dataclasses.replace(one, began_unix=(one.began_unix or 0) + seconds) for one in rounds]
