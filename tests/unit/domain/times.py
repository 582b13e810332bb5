"""Rounds with their times, as the tests of timing views arrange them."""

from typing import Any

from shared.domain.round_times import FileTimes, LuaTimes, PlayerTime, RoundTimes
from shared.domain.vocabulary import DurationSource, ExitKind, Side

START = 1_770_159_062
END = START + 456


def lua(**changes: Any) -> LuaTimes:
    known: dict[str, Any] = {
        "source": "stats_ready",
        "link_reason": "created_round",
        "duration_ms": 456_250,
        "limit_ms": 720_000,
        "start_unix": START,
        "end_unix": END,
        "pause_ms": 0,
        "pause_count": 0,
        "warmup_ms": 90_000,
        "exit_kind": "objective",
        "end_reason": "NORMAL",
        "end_reason_raw": "Wolf EndRound.",
    }
    return LuaTimes(**known | changes)


def a_file(**changes: Any) -> FileTimes:
    known: dict[str, Any] = {
        "filename": "2026-02-03-235512-supply-round-1.txt",
        "header_clock_ms": 456_000,
        "limit_ms": 720_000,
        "stamp_end_unix": END + 1,
    }
    return FileTimes(**known | changes)


def a_player(guid: str = "AB12CD34", **changes: Any) -> PlayerTime:
    known: dict[str, Any] = {
        "name": f"player {guid}",
        "side": Side.AXIS,
        "played_ms": 456_000,
        "dead_ms": 96_000,
        "lua_dead_ms": 100_000,
        "denied_ms": 36_000,
        "damage_given": 3450,
    }
    return PlayerTime(guid=guid, **known | changes)


def times(**changes: Any) -> RoundTimes:
    """An R1 that its attackers won in 7:36, told by Lua and by a file of eight fields."""
    known: dict[str, Any] = {
        "round_id": 7,
        "round_fingerprint": "rf1:1:4430f4bbb377f4c9f343b879582b9fb1",
        "match_id": f"m1:srv1:supply:s{START}",
        "server_id": "srv1",
        "map_name": "supply",
        "round_number": 1,
        "link_status": "linked",
        "source": "stats_ready",
        "exit_kind": ExitKind.OBJECTIVE,
        "winner": Side.ALLIES,
        "defender": Side.AXIS,
        "duration_ms": 456_250,
        "duration_source": DurationSource.LUA,
        "limit_ms": 720_000,
        "limit_source": DurationSource.LUA,
        "start_unix": START,
        "end_unix": END,
        "pause_ms": 0,
        "warmup_ms": 90_000,
        "lua": lua(),
        "file": a_file(),
        "players": (a_player(), a_player("7A00BEEF", side=Side.ALLIES)),
    }
    return RoundTimes(**known | changes)


def given_up(**changes: Any) -> RoundTimes:
    """An R1 whose attackers gave up after 4:10, while the file's clock stands at the limit."""
    known: dict[str, Any] = {
        "exit_kind": ExitKind.SURRENDER_ALLIES,
        "winner": Side.AXIS,
        "duration_ms": 250_000,
        "lua": lua(
            duration_ms=250_000, exit_kind="surrender_allies", end_reason="SURRENDER", surrender_side=Side.ALLIES
        ),
        "file": a_file(header_clock_ms=720_000),
    }
    return times(**known | changes)
