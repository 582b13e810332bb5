"""The timing debug of a gaming session: every round a row, marked by how its stats file and Lua agree. Pure."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain import fingerprint
from shared.domain.figures import clock
from shared.domain.round_times import RoundTimes
from shared.domain.text import in_code_block
from shared.domain.timing import EXPLAINED_MS
from shared.domain.timing_round import is_corrected
from shared.domain.timing_view import Part, View, short, tone
from shared.domain.units import MS_PER_SECOND, seconds

CORRECTED, EXACT, NEAR, LARGER, NO_LUA, ALONE = "✓", "=", "≈", "?", "⚠", "·"
MARK_MEANINGS = f"{CORRECTED} surrender corrected  {EXACT} exact  {NEAR} under 5 s  {LARGER} larger  {NO_LUA} no Lua data  {ALONE} Lua alone"
_GREEN_MS, _ORANGE_MS = 30_000, 120_000
_MAP_WIDTH = 8
_CSV_HEADS = (
    "round_id round_fingerprint match_id map_name round_number link_status lua source stats_seconds stats_source "
    "lua_seconds difference_seconds mark duration_seconds duration_source divergence"
).split()


@dataclass(frozen=True, slots=True)
class Summary:
    """What the rows come to. Durations are milliseconds; `missing`: rounds without Lua data, by name."""

    rounds: int
    with_lua: int
    surrender_fixes: int
    corrected_ms: int
    largest_ms: int | None
    missing: tuple[str, ...]


def mark(times: RoundTimes) -> str:
    """How a round's two times agree, in one sign."""
    if times.lua is None:
        return NO_LUA
    difference_ms = times.difference_ms
    if difference_ms is None:
        return LARGER if times.lua_duration_ms is None else ALONE
    if is_corrected(times):
        return CORRECTED
    if difference_ms == 0:
        return EXACT
    return NEAR if abs(difference_ms) < EXPLAINED_MS else LARGER


def summary(rounds: Sequence[RoundTimes]) -> Summary:
    """The totals of a session."""
    corrected = [times.difference_ms or 0 for times in rounds if is_corrected(times)]
    differences = [abs(times.difference_ms) for times in rounds if times.difference_ms is not None]
    return Summary(
        rounds=len(rounds),
        with_lua=sum(times.lua is not None for times in rounds),
        surrender_fixes=len(corrected),
        corrected_ms=sum(corrected),
        largest_ms=max(differences, default=None),
        missing=tuple(_missing(times) for times in rounds if times.lua is None),
    )


def session_debug(session_id: int, rounds: Sequence[RoundTimes]) -> View:
    """The view of a session's rounds, the first played first."""
    told = summary(rounds)
    rows = [_row("Map", "R#", "Stats", "Lua", "Diff", "Fix?"), *map(_row_of, rounds)]
    parts = [Part("Rounds", tuple(rows)), Part("Summary", tuple(_summary_lines(told)))]
    if told.missing:
        parts.append(Part("Missing", told.missing))
    sources = sorted({times.source or "unknown" for times in rounds})
    statuses = sorted({times.link_status or "unlinked" for times in rounds})
    ends = [fingerprint.short(times.round_fingerprint) for times in (rounds[0], rounds[-1])] if rounds else []
    return View(
        title=f"TIMING DEBUG: session #{session_id}",
        tone=tone(told.largest_ms, _GREEN_MS, _ORANGE_MS),
        parts=tuple(parts),
        footer=" · ".join(
            (
                f"round_fingerprint {' … '.join(dict.fromkeys(ends)) or 'none'}",
                f"link_status {', '.join(statuses) or 'none'}",
                f"source {', '.join(sources) or 'none'}",
            )
        ),
    )


def told_summary(rounds: Sequence[RoundTimes]) -> dict[str, object]:
    """The totals as data. Seconds."""
    told = summary(rounds)
    return {
        "rounds": told.rounds,
        "rounds_with_lua": told.with_lua,
        "surrender_fixes": told.surrender_fixes,
        "corrected_seconds": told.corrected_ms / MS_PER_SECOND,
        "largest_difference_seconds": seconds(told.largest_ms),
        "missing": list(told.missing),
    }


def session_csv(rounds: Sequence[RoundTimes]) -> str:
    """The same as CSV, exact, one row a round."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(_CSV_HEADS)
    for times in rounds:
        writer.writerow([safe_cell(told_row(times)[head]) for head in _CSV_HEADS])
    return written.getvalue()


def safe_cell(value: object) -> object:
    """A cell of a CSV; a foreign text that a spreadsheet would run as a formula gets an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t")) else value


def told_row(times: RoundTimes) -> dict[str, object]:
    """A round's row as data. Seconds; `lua`: what there is of Lua's."""
    file, duration = times.file, times.timing().duration
    return {
        "round_id": times.round_id,
        "round_fingerprint": times.round_fingerprint,
        "match_id": times.match_id,
        "map_name": times.map_name,
        "round_number": times.round_number,
        "link_status": times.link_status,
        "lua": times.lua_state or "linked",
        "source": times.source,
        "stats_seconds": seconds(file.round_time_ms) if file else None,
        "stats_source": file.round_time_source if file else None,
        "lua_seconds": seconds(times.lua_duration_ms),
        "difference_seconds": seconds(times.difference_ms),
        "mark": mark(times),
        "duration_seconds": duration.value,
        "duration_source": duration.source,
        "divergence": duration.divergence,
    }


def _row_of(times: RoundTimes) -> str:
    difference_ms = times.difference_ms
    apart = "" if difference_ms is None else f"{difference_ms / MS_PER_SECOND:+.0f}"
    stats = short(times.file.round_time_ms if times.file else None)
    number = f"R{times.round_number}"
    return _row(
        in_code_block(times.map_name, _MAP_WIDTH), number, stats, short(times.lua_duration_ms), apart, mark(times)
    )


def _row(name: str, number: str, stats: str, lua: str, apart: str, sign: str) -> str:
    return f"{name:<{_MAP_WIDTH}} {number:<2} {stats:>6} {lua:>6} {apart:>5} {sign}".rstrip()


def _summary_lines(told: Summary) -> list[str]:
    largest = "unknown" if told.largest_ms is None else clock(told.largest_ms / MS_PER_SECOND)
    return [
        f"rounds with Lua {told.with_lua}/{told.rounds}",
        f"surrender fixes {told.surrender_fixes}, {told.corrected_ms / MS_PER_SECOND:.0f} s corrected",
        f"largest difference {largest}",
        MARK_MEANINGS,
    ]


def _missing(times: RoundTimes) -> str:
    return f"{in_code_block(times.map_name, 32)} R{times.round_number} (round_id {times.round_id}): {times.lua_state}"
