"""A round to try the door with: what a game server would send for a first round that has just ended."""

from datetime import datetime, timedelta
from typing import Any

LASTED = timedelta(minutes=7, seconds=36)
LIMIT = timedelta(minutes=12)
AXIS, ALLIES = 1, 2
NAMES = {
    AXIS: ("^1Anvil", "Bramble", "^7Cinder", "^3Dorn", "Ember", "^2Falk"),
    ALLIES: ("^4Gale", "Hollow", "^5Iris", "^6Juniper", "Kestrel", "^8Lark"),
}


def example_round(server_id: str, ended_at: datetime) -> dict[str, Any]:
    """The body of a `round_report`: six against six, won by the attacking Allies before their time was up."""
    lasted_ms, limit_ms = _ms(LASTED), _ms(LIMIT)
    return {
        "schema_version": 1,
        "event_id": f"example-{int(ended_at.timestamp())}",
        "server_id": server_id,
        "sender_version": "example",
        "map_name": "supply",
        "round_number": 1,
        "attempt": 1,
        "game_type": 3,
        "round_start_unix": int((ended_at - LASTED).timestamp()),
        "round_end_unix": int(ended_at.timestamp()),
        "elapsed_ms": lasted_ms,
        "limit_ms": limit_ms,
        "limit_raw": "12",
        "next_limit_ms": lasted_ms,
        "next_limit_raw": "7.6",
        "pauses": [],
        "winner_team": ALLIES,
        "defender_team": AXIS,
        "exit_line": "Exit: Allied team escaped with the gold crate!",
        "exit_kind": "objective",
        "end_reason_raw": "objective",
        "players": [
            _player(slot, name, side, lasted_ms)
            for slot, (name, side) in enumerate((name, side) for side, names in NAMES.items() for name in names)
        ],
    }


def _player(slot: int, name: str, side: int, lasted_ms: int) -> dict[str, Any]:
    kills, deaths = 8 + slot * 5 % 11, 7 + slot * 3 % 8
    dead_ms = deaths * 9_500
    return {
        "guid": f"{slot + 1:032X}",
        "name": name,
        "slot": slot,
        "is_bot": False,
        "side": side,
        "sides": [{"side": side, "from_elapsed_ms": 0, "to_elapsed_ms": None}],
        "joined_ms": 0,
        "left_ms": None,
        "spawns": deaths + 1,
        "deaths": deaths,
        "alive_ms": lasted_ms - dead_ms,
        "dead_ms": dead_ms,
        "avg_dead_ms": 9_500,
        "max_dead_ms": 14_000,
        "dead_at_end": False,
        "counters": {
            "raw": {"kills": kills, "deaths": deaths, "damage_given": kills * 172, "damage_received": deaths * 158},
            "baseline": {"kills": 0, "deaths": 0, "damage_given": 0, "damage_received": 0},
        },
    }


def _ms(length: timedelta) -> int:
    return length // timedelta(milliseconds=1)
