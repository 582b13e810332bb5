"""A round's times as plain data, for answers in JSON: the same that the views show. Pure. Seconds; None is unknown."""

from dataclasses import asdict
from typing import Any

from shared.domain import fingerprint
from shared.domain.round_times import RoundTimes
from shared.domain.timing import Quantity
from shared.domain.timing_round import verdict
from shared.domain.timing_view import View
from shared.domain.units import seconds


def told_timing(times: RoundTimes) -> dict[str, Any]:
    """Every quantity with its source and divergence, each source's own word, and what their difference means.

    `lua_data`: null when there is Lua data, else the words for its absence.
    """
    timing, file, lua = times.timing(), times.file, times.lua
    difference_ms = times.difference_ms
    return {
        "source": times.source,
        "round_fingerprint": times.round_fingerprint,
        "round_fingerprint_short": fingerprint.short(times.round_fingerprint),
        "link_status": times.link_status,
        "link_reason": _link_reason(times),
        "link_grade": None if lua is None and times.unlinked is None else _grade(times),
        "lua_data": times.lua_state,
        "quantities": {
            "duration": _quantity(timing.duration),
            "limit": _quantity(timing.limit),
            "start": _quantity(timing.start),
            "end": _quantity(timing.end),
            "pauses": _quantity(timing.pauses),
            "warmup": _quantity(timing.warmup),
            "wall_clock": _quantity(timing.wall_clock),
        },
        "stats_seconds": seconds(file.round_time_ms) if file else None,
        "stats_source": file.round_time_source if file else None,
        "lua_seconds": seconds(times.lua_duration_ms),
        "difference_seconds": seconds(difference_ms),
        "verdict": None if difference_ms is None else verdict(times, difference_ms),
        "breaches": list(times.breaches),
    }


def told_view(view: View) -> dict[str, Any]:
    """A view as plain data."""
    return asdict(view)


def _quantity(one: Quantity) -> dict[str, Any]:
    return {"value": one.value, "source": one.source_word, "divergence": one.divergence}


def _link_reason(times: RoundTimes) -> str | None:
    found = times.lua or times.unlinked
    return None if found is None else found.link_reason


def _grade(times: RoundTimes) -> str:
    return "direct" if times.unlinked is None else times.unlinked.link_grade
