"""Everything that is known of one round's times, as timing views need it: its own judgement, Lua's word, its stats file's. Pure.

Durations are milliseconds, instants unix seconds, as told; None is unknown.
"""

from dataclasses import dataclass

from shared.domain.timing import KnownTimes, RoundTiming, resolve
from shared.domain.vocabulary import DurationSource, ExitKind, Side

NO_LUA_DATA = "NO LUA DATA"
LUA_DATA_NOT_LINKED = "LUA DATA NOT LINKED"
NOT_LINKED_WITHIN_SECONDS = 45 * 60
_HIGH_SECONDS, _MEDIUM_SECONDS = 10 * 60, 30 * 60


@dataclass(frozen=True, slots=True)
class LuaTimes:
    """What the game server's sender measured of the round. `link_reason`: why this is its row."""

    source: str
    link_reason: str | None = None
    duration_ms: int | None = None
    limit_ms: int | None = None
    start_unix: int | None = None
    end_unix: int | None = None
    pause_ms: int | None = None
    pause_count: int | None = None
    warmup_ms: int | None = None
    exit_kind: str | None = None
    end_reason: str | None = None
    end_reason_raw: str | None = None
    surrender_side: Side | None = None
    surrender_caller: str | None = None

    @property
    def wall_clock_ms(self) -> int | None:
        """Duration and pauses together."""
        return None if self.duration_ms is None or self.pause_ms is None else self.duration_ms + self.pause_ms


@dataclass(frozen=True, slots=True)
class FileTimes:
    """What a stats file says. `stamp_end_unix`: the end that the stamp in its name means."""

    filename: str | None = None
    field9_ms: int | None = None
    header_clock_ms: int | None = None
    limit_ms: int | None = None
    stamp_end_unix: int | None = None

    @property
    def round_time_ms(self) -> int | None:
        """Its ninth field, else its header's clock: what it calls the round's time, for comparing and nothing else."""
        return self.header_clock_ms if self.field9_ms is None else self.field9_ms

    @property
    def round_time_source(self) -> DurationSource | None:
        """Which of the two it is."""
        if self.field9_ms is not None:
            return DurationSource.FIELD9
        return None if self.header_clock_ms is None else DurationSource.HEADER


@dataclass(frozen=True, slots=True)
class UnlinkedLua:
    """Lua data of that map and number that belongs to no round yet, and how far away it is."""

    link_reason: str | None
    apart_seconds: int

    @property
    def link_grade(self) -> str:
        """How near it is, for the operator to whom it is offered."""
        if self.apart_seconds < _HIGH_SECONDS:
            return "high"
        return "medium" if self.apart_seconds < _MEDIUM_SECONDS else "low"


@dataclass(frozen=True, slots=True)
class PlayerTime:
    """One player's time in the round. `dead_ms`: by the stats file; `lua_dead_ms`: by Lua."""

    guid: str
    name: str
    side: Side | None = None
    played_ms: int | None = None
    dead_ms: int | None = None
    lua_dead_ms: int | None = None
    denied_ms: int | None = None
    damage_given: int | None = None


@dataclass(frozen=True, slots=True)
class RoundTimes:
    """One round. `duration_ms`, `limit_ms` with their sources: what it was judged to have been."""

    round_id: int
    round_fingerprint: str
    match_id: str
    server_id: str
    map_name: str
    round_number: int
    play_number: int | None = None
    link_status: str | None = None
    source: str | None = None
    exit_kind: ExitKind = ExitKind.UNKNOWN
    winner: Side | None = None
    defender: Side | None = None
    duration_ms: int | None = None
    duration_source: DurationSource | None = None
    limit_ms: int | None = None
    limit_source: DurationSource | None = None
    start_unix: int | None = None
    end_unix: int | None = None
    pause_ms: int | None = None
    warmup_ms: int | None = None
    is_counted: bool = True
    breaches: tuple[str, ...] = ()
    lua: LuaTimes | None = None
    file: FileTimes | None = None
    unlinked: UnlinkedLua | None = None
    players: tuple[PlayerTime, ...] = ()

    @property
    def lua_duration_ms(self) -> int | None:
        """Lua's duration, if this round has Lua data that tells one."""
        return None if self.lua is None else self.lua.duration_ms

    @property
    def difference_ms(self) -> int | None:
        """The stats file's time less Lua's; None while one of them is unknown."""
        told_ms, lua_ms = self.file.round_time_ms if self.file else None, self.lua_duration_ms
        return None if told_ms is None or lua_ms is None else told_ms - lua_ms

    @property
    def lua_state(self) -> str | None:
        """Why there is nothing of Lua to show; None when the round has Lua data."""
        if self.lua is not None:
            return None
        if self.unlinked is None:
            return NO_LUA_DATA
        return f"{LUA_DATA_NOT_LINKED} ({self.unlinked.link_reason or 'no reason kept'})"

    @property
    def link_words(self) -> str:
        """The link with its grade; with its reason when there is none."""
        status = self.link_status or "unlinked"
        if self.lua is not None:
            return f"{status} · direct"
        if self.unlinked is not None:
            return f"{status} · Lua: {self.unlinked.link_reason or 'no reason kept'}, {self.unlinked.link_grade}"
        return f"{status} · Lua: {NO_LUA_DATA.lower()}"

    def timing(self) -> RoundTiming:
        """Each quantity with its source and divergence."""
        return resolve(self.known())

    def known(self) -> KnownTimes:
        """Every source's word, the judged one first."""
        file, lua = self.file or FileTimes(), self.lua or LuaTimes("")
        judged = self.duration_source, self.duration_ms
        return KnownTimes(
            round_number=self.round_number,
            exit_kind=self.exit_kind,
            winner=self.winner,
            defender=self.defender,
            limit_ms=self.limit_ms,
            header_clock_ms=file.header_clock_ms,
            durations=_told(
                judged if self.duration_source in (DurationSource.LUA, DurationSource.FIELD9) else (None, None),
                (DurationSource.LUA, lua.duration_ms),
                (DurationSource.FIELD9, file.field9_ms),
            ),
            limits=_told(
                (self.limit_source, self.limit_ms),
                (DurationSource.LUA, lua.limit_ms),
                (DurationSource.HEADER, file.limit_ms),
            ),
            starts=_told((DurationSource.LUA, self.start_unix), (DurationSource.LUA, lua.start_unix)),
            ends=_told((DurationSource.LUA, self.end_unix), (DurationSource.LUA, lua.end_unix)),
            pause_ms=self.pause_ms,
            warmup_ms=self.warmup_ms,
        )


def _told(*words: tuple[DurationSource | None, int | None]) -> tuple[tuple[DurationSource, int], ...]:
    """What was told at all; what two tell alike, and are the same source, once."""
    known = [(source, value) for source, value in words if source is not None and value is not None]
    return tuple(dict.fromkeys(known))
