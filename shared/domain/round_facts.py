"""What one source says about one round, in the domain's own terms: the form every reader's result is brought into. Pure.

Times on the round clock are whole milliseconds, instants unix seconds. None is unknown.
"""

from dataclasses import dataclass
from typing import NamedTuple

from shared.domain.stats_counters import StatsPlayer
from shared.domain.vocabulary import DurationSource, ExitKind, Kind, R2Basis, Side

LONGEST_PAUSE_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class PauseFacts:
    """One pause. `length_ms` is what the round clock stood still."""

    number: int | None
    start_unix: int | None
    end_unix: int | None
    start_elapsed_ms: int | None
    length_ms: int | None
    requested_by: str | None
    open_at_end: bool | None


@dataclass(frozen=True, slots=True)
class FirstRoundFacts:
    """The R1 an R2 names."""

    round_start_unix: int
    elapsed_ms: int | None = None
    limit_ms: int | None = None
    winner: Side | None = None
    defender: Side | None = None
    exit_kind: ExitKind | None = None


@dataclass(frozen=True, slots=True)
class Stamp:
    """A file name's date and time, as the name carries them, and the end of the round they mean: unix seconds, what the
    writer took to save taken off. Two readings in the hour that a clock is put back, none when the text is no instant.
    """

    round_date: str
    round_time: str
    ends_unix: tuple[int, ...]

    @property
    def text(self) -> str:
        """`YYYY-MM-DD HHMMSS`."""
        return f"{self.round_date} {self.round_time}"


class WeaponFacts(NamedTuple):
    """One weapon in one player's hands. `weapon_index`: the engine's number of it; `headshots`: head hits."""

    weapon_index: int
    shots: int | None = None
    hits: int | None = None
    kills: int | None = None
    deaths: int | None = None
    headshots: int | None = None


class Deeds(NamedTuple):
    """What only a stats file counts, of this round alone."""

    headshot_kills: int | None = None
    killing_spree_best: int | None = None
    death_spree_worst: int | None = None
    kill_assists: int | None = None
    kill_steals: int | None = None
    objectives_completed: int | None = None
    objectives_destroyed: int | None = None
    objectives_stolen: int | None = None
    objectives_returned: int | None = None
    dynamites_planted: int | None = None
    dynamites_defused: int | None = None
    most_useful_kills: int | None = None
    useless_kills: int | None = None
    denied_playtime_seconds: int | None = None
    constructions: int | None = None
    tank_meatshield: float | None = None
    double_kills: int | None = None
    triple_kills: int | None = None
    quad_kills: int | None = None
    multi_kills: int | None = None
    mega_kills: int | None = None
    full_selfkills: int | None = None


class PlayerFacts(NamedTuple):
    """One player in one round. `key` is unique within the round: the GUID's first eight characters, upper-case, with
    `#` and a hash for bots and for whoever would otherwise share it. Counters are of this round alone. `counted_by`: whose
    count of the fight it is, when not that of the facts' own kind.

    A tuple because there are many of them: a frozen dataclass costs ten times as much to make.
    """

    key: str
    guid: str
    name: str
    clean_name: str
    side: Side | None
    is_bot: bool
    kills: int | None = None
    deaths: int | None = None
    gibs: int | None = None
    self_kills: int | None = None
    team_kills: int | None = None
    team_gibs: int | None = None
    damage_given: int | None = None
    damage_received: int | None = None
    team_damage_given: int | None = None
    team_damage_received: int | None = None
    xp: float | None = None
    shots: int | None = None
    hits: int | None = None
    headshots: int | None = None
    played_ms: int | None = None
    dead_ms: int | None = None
    spawns: int | None = None
    deaths_seen: int | None = None
    avg_dead_ms: int | None = None
    max_dead_ms: int | None = None
    alive_ms: int | None = None
    revives_given: int | None = None
    times_revived: int | None = None
    counter_reset: bool = False
    alive_percent: float | None = None
    weapons: tuple[WeaponFacts, ...] | None = None
    deeds: Deeds | None = None
    basis: R2Basis | None = None
    counted_by: Kind | None = None


class Claim(NamedTuple):
    """Something a source says of itself twice, differently: what is kept, what it also said, and the word for that."""

    field: str
    kept: str
    also_told: str
    reason: str


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """One round as one source tells it. `has_exit_line`: the engine's own end line was received.
    `axis_score`, `allies_score`: rounds won by side as the engine counts them; kept, never scored.
    `is_regular_end_witnessed`: the source, or one of those told together, is written only when a round ends regularly.
    `claims`: where the source contradicts itself.
    `counted`: players as a source counts them that runs on through R2; `players` are then each one's own share.
    """

    server_id: str
    map_name: str
    round_number: int
    round_start_unix: int | None
    round_end_unix: int | None
    exit_kind: ExitKind
    has_exit_line: bool
    end_reason_raw: str | None = None
    exit_line: str | None = None
    elapsed_ms: int | None = None
    limit_ms: int | None = None
    next_limit_ms: int | None = None
    warmup_ms: int | None = None
    warmup_start_unix: int | None = None
    pauses: tuple[PauseFacts, ...] | None = None
    winner: Side | None = None
    defender: Side | None = None
    axis_score: int | None = None
    allies_score: int | None = None
    surrender_caller_guid: str | None = None
    surrender_caller_name: str | None = None
    is_stopwatch: bool | None = None
    first_round: FirstRoundFacts | None = None
    players: tuple[PlayerFacts, ...] | None = None
    sender_version: str | None = None
    kind: Kind = Kind.ROUND_REPORT
    stamp: Stamp | None = None
    elapsed_source: DurationSource = DurationSource.LUA
    header_clock_ms: int | None = None
    is_regular_end_witnessed: bool = False
    config: str | None = None
    counted: tuple[StatsPlayer, ...] | None = None
    claims: tuple[Claim, ...] = ()

    @property
    def near_unix(self) -> int | None:
        """When it was, as near as is known: its start, else its end, else the end that a file's stamp means."""
        if self.round_start_unix is not None:
            return self.round_start_unix
        if self.round_end_unix is not None:
            return self.round_end_unix
        return self.stamp.ends_unix[0] if self.stamp and self.stamp.ends_unix else None

    @property
    def surrender_side(self) -> Side | None:
        """The side that gave up, when the round ended so."""
        return {ExitKind.SURRENDER_AXIS: Side.AXIS, ExitKind.SURRENDER_ALLIES: Side.ALLIES}.get(self.exit_kind)

    @property
    def pause_ms(self) -> int | None:
        """All pauses together; None when unknown, when the length of one is, or when no round can have stood so long."""
        if self.pauses is None:
            return None
        lengths = [pause.length_ms for pause in self.pauses]
        together_ms = sum(length for length in lengths if length is not None)
        return None if None in lengths or together_ms > LONGEST_PAUSE_MS else together_ms

    def fighters(self) -> tuple[PlayerFacts, ...]:
        """Those who were on a side."""
        return tuple(player for player in self.players or () if player.side in (Side.AXIS, Side.ALLIES))
