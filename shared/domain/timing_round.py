"""The timing debug of one round: stats file, Lua and file stamp side by side, and what their difference means. Pure."""

from datetime import UTC, datetime

from shared.domain.figures import UNAVAILABLE, plural
from shared.domain.round_times import FileTimes, LuaTimes, RoundTimes
from shared.domain.text import in_code_block
from shared.domain.timing import EXPLAINED_MS, is_pause, was_given_up
from shared.domain.timing_view import Part, View, exact, footer, signed_seconds, tone
from shared.domain.units import MS_PER_SECOND
from shared.domain.vocabulary import SIDE_LABELS

STAMP_ALIGNED_SECONDS = 90
_GREEN_MS, _ORANGE_MS = 60_000, 120_000
_NAME_WIDTH = 24


def round_debug(times: RoundTimes) -> View:
    """The view of one round. Every figure is named with its source."""
    name = in_code_block(times.map_name, 48) or "unknown"
    parts = [Part("Round", _round(times)), Part("Stats File", _file(times.file)), Part("Lua", _lua(times))]
    if times.file is not None and times.file.filename is not None:
        parts.append(Part("File Stamp", _stamp(times.file, times.lua)))
    parts.append(Part("Analysis", analysis(times)))
    return View(
        title=f"TIMING DEBUG: {name} R{times.round_number}",
        tone=tone(times.difference_ms, _GREEN_MS, _ORANGE_MS),
        parts=tuple(parts),
        footer=footer(times),
    )


def analysis(times: RoundTimes) -> tuple[str, ...]:
    """The difference, stats less Lua, and what it means; why there is none otherwise."""
    if times.lua_state is not None:
        return (times.lua_state,)
    difference_ms = times.difference_ms
    if difference_ms is None:
        return ("no stats file yet to compare with" if times.lua_duration_ms is not None else "Lua told no duration",)
    return (f"stats - Lua: {signed_seconds(difference_ms)}", verdict(times, difference_ms))


def verdict(times: RoundTimes, difference_ms: int) -> str:
    """What a difference means."""
    if difference_ms == 0:
        return "perfect"
    if is_corrected(times):
        return "surrender corrected"
    if abs(difference_ms) < EXPLAINED_MS:
        return "ok"
    return "pauses explain" if is_pause(difference_ms, times.pause_ms) else "investigate"


def is_corrected(times: RoundTimes) -> bool:
    """Whether the stats file is longer because the attackers gave up: its clock then stands at the limit."""
    difference_ms = times.difference_ms
    gave_up = was_given_up(times.exit_kind, times.defender)
    return difference_ms is not None and difference_ms > EXPLAINED_MS and gave_up


def _round(times: RoundTimes) -> tuple[str, ...]:
    told = times.timing()
    named = {"duration": told.duration, "limit": told.limit, "wall-clock": told.wall_clock, "warmup": told.warmup}
    lines = [
        f"{name}: {exact(round(one.value * MS_PER_SECOND))}  source {one.source_word}, {one.divergence}"
        for name, one in named.items()
        if one.value is not None
    ]
    lines += [f"{name}: unknown  source none" for name, one in named.items() if one.value is None and name != "warmup"]
    lines += [f"BROKEN: {breach}" for breach in times.breaches]
    return tuple(lines)


def _file(file: FileTimes | None) -> tuple[str, ...]:
    if file is None:
        return ("none yet",)
    return (
        f"time: {exact(file.round_time_ms)}  source {file.round_time_source or 'none'}",
        f"header clock: {exact(file.header_clock_ms)}",
        f"limit: {exact(file.limit_ms)}",
    )


def _lua(times: RoundTimes) -> tuple[str, ...]:
    lua = times.lua
    if lua is None:
        return (times.lua_state or "",)
    warm_ms = None if lua.wall_clock_ms is None or lua.warmup_ms is None else lua.wall_clock_ms + lua.warmup_ms
    lines = [
        f"duration: {exact(lua.duration_ms)}  source {lua.source}",
        f"limit: {exact(lua.limit_ms)}",
        f"pauses: {_pauses(lua)}",
        f"wall-clock: {exact(lua.wall_clock_ms)}, with warmup {exact(warm_ms)}",
        f"warmup: {exact(lua.warmup_ms)}",
        f"end: {lua.end_reason or 'unknown'}, {lua.exit_kind or 'unknown'}, raw {_raw(lua.end_reason_raw)}",
        f"link: direct, {lua.link_reason or 'no reason kept'}",
    ]
    if lua.surrender_side is not None:
        caller = in_code_block(lua.surrender_caller or "", _NAME_WIDTH) or "unknown"
        lines.append(f"surrendered: {SIDE_LABELS[lua.surrender_side]}, called by {caller}")
    return tuple(lines)


def _pauses(lua: LuaTimes) -> str:
    if lua.pause_count is None:
        return "unknown"
    return f"{plural(lua.pause_count, 'pause')}, {exact(lua.pause_ms)}"


def _raw(words: str | None) -> str:
    return in_code_block(words or "", 48) or UNAVAILABLE


def _stamp(file: FileTimes, lua: LuaTimes | None) -> tuple[str, ...]:
    name = in_code_block(file.filename or "", 96)
    end_unix, lua_end_unix = file.stamp_end_unix, lua.end_unix if lua else None
    if end_unix is None:
        return (name, "its stamp is no instant")
    lines = [name, f"end by its stamp: {datetime.fromtimestamp(end_unix, UTC):%Y-%m-%d %H:%M:%S} UTC, unix {end_unix}"]
    if lua_end_unix is not None:
        apart = end_unix - lua_end_unix
        lines.append(f"from Lua's end: {apart:+d} s, {'ok' if abs(apart) < STAMP_ALIGNED_SECONDS else 'investigate'}")
    return tuple(lines)
