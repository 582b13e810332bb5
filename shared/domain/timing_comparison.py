"""The timing comparison of a round or of a match: stats file against Lua, and what the difference does to players' times. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain import formulas
from shared.domain.figures import UNAVAILABLE, percent, whole
from shared.domain.round_times import RoundTimes
from shared.domain.text import in_code_block
from shared.domain.timing import ALIGNED_MS, MINOR_MS
from shared.domain.timing_view import Part, Tone, View, exact, footer, short, signed_seconds
from shared.domain.units import seconds
from shared.domain.vocabulary import Side

MOST_PLAYERS = 10
DISCREPANCY, MINOR_DIFF, ALIGNED = "DISCREPANCY", "MINOR DIFF", "ALIGNED"
_TONES = {DISCREPANCY: Tone.RED, MINOR_DIFF: Tone.ORANGE, ALIGNED: Tone.GREEN}
_BOTH = frozenset({Side.AXIS, Side.ALLIES})
_MARKERS = {frozenset({Side.AXIS}): "[AX]", frozenset({Side.ALLIES}): "[AL]", _BOTH: "[MX]"}
_NAME_WIDTH = 12


@dataclass(frozen=True, slots=True)
class ComparedPlayer:
    """A player over the rounds shown. Milliseconds; None is unknown."""

    guid: str
    name: str
    marker: str
    played_ms: int
    dead_ms: int | None
    damage_given: int | None


def status(rounds: Sequence[RoundTimes]) -> str:
    """The word for how far stats file and Lua are apart, or why they cannot be compared."""
    for times in rounds:
        if times.lua_state is not None:
            return times.lua_state
    difference_ms = _sum([times.difference_ms for times in rounds])
    if difference_ms is None:
        return "NO STATS FILE"
    if abs(difference_ms) > MINOR_MS:
        return DISCREPANCY
    return MINOR_DIFF if abs(difference_ms) > ALIGNED_MS else ALIGNED


def comparison(rounds: Sequence[RoundTimes]) -> View:
    """The view of these rounds together: one, or the two of a match. At least one."""
    first = rounds[0]
    stats_ms = _sum([times.file.round_time_ms if times.file else None for times in rounds])
    lua_ms = _sum([times.lua_duration_ms for times in rounds])
    factor = lua_ms / stats_ms if lua_ms is not None and stats_ms else None
    word = status(rounds)
    numbers = " + ".join(f"R{times.round_number}" for times in rounds)
    files = [times.file.filename for times in rounds if times.file and times.file.filename]
    return View(
        title=f"TIMING COMPARISON: {in_code_block(first.map_name, 48) or 'unknown'} {numbers}",
        tone=_TONES.get(word, Tone.GREY),
        parts=(
            Part("Stats File", (exact(stats_ms),), is_inline=True),
            Part("Lua", (exact(lua_ms),), is_inline=True),
            Part("Difference", _difference(stats_ms, lua_ms, factor), is_inline=True),
            Part("Status", (word,)),
            Part("File", tuple(in_code_block(name, 96) for name in files) or ("none yet",)),
            Part("Players", tuple(_line(player, factor) for player in players(rounds)) or ("none known",)),
        ),
        footer=" | ".join(footer(times) for times in rounds),
    )


def players(rounds: Sequence[RoundTimes]) -> list[ComparedPlayer]:
    """Those who played longest, by GUID, each with the sides he was on in the rounds shown."""
    together: dict[str, list[tuple[Side | None, int | None, int | None, int | None, str]]] = {}
    for times in rounds:
        for player in times.players:
            dead_ms = player.lua_dead_ms if player.dead_ms is None else player.dead_ms
            row = (player.side, player.played_ms, dead_ms, player.damage_given, player.name)
            together.setdefault(player.guid, []).append(row)
    found = [
        ComparedPlayer(
            guid=guid,
            name=rows[0][4],
            marker=marker([row[0] for row in rows]),
            played_ms=played_ms,
            dead_ms=_sum([row[2] for row in rows]),
            damage_given=_sum([row[3] for row in rows]),
        )
        for guid, rows in together.items()
        if (played_ms := _sum([row[1] for row in rows]))
    ]
    return sorted(found, key=lambda one: (-one.played_ms, one.guid))[:MOST_PLAYERS]


def marker(sides: Sequence[Side | None]) -> str:
    """`[AX]`, `[AL]`, `[MX]` for both, `[--]` for who was on none or whose side is unknown in one of the rounds."""
    if None in sides:
        return "[--]"
    seen = frozenset(side for side in sides if side in _BOTH)
    return _MARKERS.get(seen, "[--]")


def _difference(stats_ms: int | None, lua_ms: int | None, factor: float | None) -> tuple[str, ...]:
    if stats_ms is None or lua_ms is None:
        return (UNAVAILABLE,)
    return (signed_seconds(stats_ms - lua_ms), UNAVAILABLE if factor is None else f"factor {factor:.3f}")


def _line(player: ComparedPlayer, factor: float | None) -> str:
    played = _before_and_after(player.played_ms, factor)
    dead = _before_and_after(player.dead_ms, factor)
    share = formulas.dead_percent(seconds(player.dead_ms), seconds(player.played_ms))
    dpm = formulas.damage_per_minute(player.damage_given, seconds(player.played_ms))
    name = in_code_block(player.name, _NAME_WIDTH) or player.guid[:8]
    return f"{player.marker} {name:<{_NAME_WIDTH}} {played} dead {dead} {percent(share)} {whole(dpm)} DPM"


def _before_and_after(milliseconds: int | None, factor: float | None) -> str:
    if milliseconds is None or factor is None:
        return short(milliseconds)
    return f"{short(milliseconds)}→{short(round(milliseconds * factor))}"


def _sum(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
