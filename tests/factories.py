"""Rounds as the tests arrange them: a report as a game server would send it, and the facts of one round."""

import json
from typing import Any

from shared.domain.round_facts import PlayerFacts, RoundFacts
from shared.domain.vocabulary import ExitKind, Side

R1_START = 1_770_159_025
R1_END = R1_START + 456
R2_START = R1_END + 35
R2_END = R2_START + 391
TWELVE_MINUTES_MS = 720_000
R1_TIME_MS = 456_000


def a_player(slot: int, side: int | None = None, **changes: Any) -> dict[str, Any]:
    """One player of a report; even slots are Axis, odd ones Allies."""
    return {
        "guid": f"{slot + 1:032X}",
        "name": f"^{slot % 10}player{slot}",
        "slot": slot,
        "is_bot": False,
        "side": side if side is not None else 1 + slot % 2,
        "spawns": 6,
        "deaths": 5,
        "alive_ms": 400_000,
        "dead_ms": 56_000,
        "avg_dead_ms": 11_200,
        "max_dead_ms": 19_500,
        "counters": {
            "raw": {"kills": 10, "deaths": 5, "damage_given": 1700, "damage_received": 1500},
            "baseline": {"kills": 0, "deaths": 0, "damage_given": 0, "damage_received": 0},
        },
    } | changes


def a_report(**changes: Any) -> dict[str, Any]:
    """An R1 on supply: the attacking Allies needed 7:36 of their twelve minutes."""
    return {
        "schema_version": 1,
        "event_id": "e-1",
        "sequence": 1,
        "map_name": "supply",
        "round_number": 1,
        "attempt": 1,
        "game_type": 3,
        "round_start_unix": R1_START,
        "round_end_unix": R1_END,
        "elapsed_ms": R1_TIME_MS,
        "limit_ms": TWELVE_MINUTES_MS,
        "next_limit_ms": R1_TIME_MS,
        "pauses": [],
        "winner_team": 2,
        "defender_team": 1,
        "exit_line": "Exit: Wolf EndRound.",
        "exit_kind": "objective",
        "end_reason_raw": "Wolf EndRound.",
        "players": [a_player(slot) for slot in range(4)],
    } | changes


def a_second_report(**changes: Any) -> dict[str, Any]:
    """Its R2: the other team needed 6:31 of 7:36. It names its R1."""
    second = {
        "event_id": "e-2",
        "sequence": 2,
        "round_number": 2,
        "round_start_unix": R2_START,
        "round_end_unix": R2_END,
        "elapsed_ms": 391_250,
        "limit_ms": R1_TIME_MS,
        "next_limit_ms": 391_250,
        "r1": {"round_start_unix": R1_START},
    }
    return a_report(**second | changes)


def as_body(report: Any) -> bytes:
    """The bytes a sender would send."""
    return json.dumps(report).encode()


def a_fighter(key: str, side: Side | None, **changes: Any) -> PlayerFacts:
    """One player as facts."""
    known: dict[str, Any] = {"guid": key, "name": key, "clean_name": key, "is_bot": False}
    return PlayerFacts(key=key, side=side, **known | changes)


def facts(**changes: Any) -> RoundFacts:
    """The R1 of `a_report` as facts, with one player on each side."""
    known: dict[str, Any] = {
        "server_id": "srv1",
        "map_name": "supply",
        "round_number": 1,
        "round_start_unix": R1_START,
        "round_end_unix": R1_END,
        "exit_kind": ExitKind.OBJECTIVE,
        "has_exit_line": True,
        "elapsed_ms": R1_TIME_MS,
        "limit_ms": TWELVE_MINUTES_MS,
        "winner": Side.ALLIES,
        "defender": Side.AXIS,
        "is_stopwatch": True,
        "players": (a_fighter("A1", Side.AXIS), a_fighter("B1", Side.ALLIES)),
    }
    return RoundFacts(**known | changes)
