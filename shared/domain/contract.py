"""The contract `round_report`, version 1: the JSON a game server's reporter POSTs when a round has ended.

Times are integer milliseconds of the engine's pause-free round clock (`*_ms`) or unix seconds, UTC (`*_unix`). Sides are
1 Axis, 2 Allies (players also 3, spectator); 0 and null mean unknown. What could not be measured is null or absent, never
0. Fields this version does not know are kept with the delivery and named in the receipt.
"""

from typing import Annotated, Any, Literal, Required, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, with_config
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from shared.domain.numbers import Integer, NoTruth, Number
from shared.domain.vocabulary import ExitKind

SCHEMA_VERSION = 1
LARGEST_BODY_BYTES = 1_048_576
MOST_PLAYERS = 64
MOST_ENTRIES = 1_000
"""Of any other list. No round has as many of anything, and a body of nothing but brackets has hundreds of thousands."""
LONGEST_NAME_BYTES = 64
LONGEST_EVENT_ID = 64
LONGEST_MAP_NAME = 64
LONGEST_TEXT = 1024
LARGEST_COUNT = 2**31 - 1
_LARGEST_BIGINT = 2**63 - 1
_LONGEST_ROUND_MS = 86_400_000


def _no_side(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("no_side", "a side is needed here, not true or false")
    return None if value in (0, -1, "") else value


def _fits_in_bytes(value: Any) -> Any:
    """Raw bytes are counted: a byte that was no UTF-8 arrives as U+FFFD, which takes three, and was one."""
    if isinstance(value, str) and len(value.replace("\ufffd", "?").encode()) > LONGEST_NAME_BYTES:
        raise ValueError(f"longer than {LONGEST_NAME_BYTES} bytes")
    return value


def _no_text(value: Any) -> Any:
    if isinstance(value, str | bool):
        raise ValueError("a number is needed here; text is not guessed at")  # noqa: TRY004  pydantic reads ValueError
    return value


Unix = Annotated[int, Field(ge=0, le=_LARGEST_BIGINT), NoTruth(), Field(description="unix seconds, UTC")]
Ms = Annotated[
    int,
    Field(ge=0, le=_LONGEST_ROUND_MS),
    NoTruth(),
    Field(description="milliseconds of the pause-free round clock"),
]
Seconds = Annotated[
    float,
    Field(ge=0, le=_LONGEST_ROUND_MS / 1000),
    NoTruth(),
    Field(description="read where the field in milliseconds is absent"),
]
Count = Annotated[int, Field(ge=0, le=LARGEST_COUNT), NoTruth()]
TeamSide = Annotated[
    Literal[1, 2] | None,
    BeforeValidator(_no_side, json_schema_input_type=Literal[0, 1, 2] | None),
    Field(description="1 Axis, 2 Allies; 0 is read as null"),
]
PlayerSide = Annotated[
    Literal[1, 2, 3] | None,
    BeforeValidator(_no_side, json_schema_input_type=Literal[0, 1, 2, 3] | None),
    Field(description="1 Axis, 2 Allies, 3 spectator; 0 is read as null"),
]
Name = Annotated[
    str, BeforeValidator(_fits_in_bytes), Field(description=f"as sent, at most {LONGEST_NAME_BYTES} raw bytes")
]
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
Hex = Annotated[
    str, Field(max_length=2 * LONGEST_TEXT, description="raw bytes of the text of that name, which is no UTF-8")
]

Entry = TypeVar("Entry")
Entries = Annotated[list[Entry], Field(max_length=MOST_ENTRIES)]

_TOLERANT = ConfigDict(extra="allow", allow_inf_nan=False)


class Part(BaseModel):
    """An object of the contract: frozen, and tolerant of fields a later version may add.

    What a report holds by the hundred (spans, causes, counters, weapons) is a TypedDict instead, as tolerant and read in half the time.
    """

    model_config = ConfigDict(**_TOLERANT, frozen=True, populate_by_name=True)


class Warmup(Part):
    """The time before the round went live; part of nothing that is scored."""

    start_unix: Unix | None = None
    warmup_ms: Ms | None = None
    countdown_ms: Ms | None = None


class Pause(Part):
    """One pause. `start_elapsed_ms`: where on the round clock it began; `open_at_end`: closed by the round's end."""

    number: Count | None = None
    start_unix: Unix | None = None
    end_unix: Unix | None = None
    start_elapsed_ms: Ms | None = None
    length_ms: Ms | None = None
    requested_by: Text | None = None
    requested_by_hex: Hex | None = None
    open_at_end: bool | None = None


class FirstRound(Part):
    """What an R2 knows of its R1."""

    round_start_unix: Unix | None = None
    round_fingerprint: Text | None = None
    elapsed_ms: Ms | None = None
    limit_ms: Ms | None = None
    winner_team: TeamSide = None
    defender_team: TeamSide = None
    exit_kind: ExitKind | None = None
    next_limit_raw: Text | None = None
    next_limit_raw_hex: Hex | None = None


class Surrender(Part):
    """The side that gave up, and who called the vote."""

    team: TeamSide = None
    caller_guid: Text | None = None
    caller_guid_hex: Hex | None = None
    caller_name: Name | None = None
    caller_name_hex: Hex | None = None


class SurrenderVote(Part):
    """A surrender vote that was called; only a passed one ended anything."""

    elapsed_ms: Ms | None = None
    side: TeamSide = None
    caller_slot: Count | None = None
    caller_guid: Text | None = None
    caller_guid_hex: Hex | None = None
    caller_name: Name | None = None
    caller_name_hex: Hex | None = None
    outcome: Text | None = None
    yes: Count | None = None
    no: Count | None = None


@with_config(_TOLERANT)
class SideSpan(TypedDict, total=False):
    """A stretch of the round a player spent on one side; an open end is null."""

    side: PlayerSide
    from_elapsed_ms: Ms | None
    to_elapsed_ms: Ms | None


@with_config(_TOLERANT)
class DeathCause(TypedDict, total=False):
    """How often a player died one way. `by`: enemy, own side, self or world; `means_of_death`: the engine's number."""

    by: Text | None
    means_of_death: Count | None
    count: Count | None


@with_config(_TOLERANT)
class CounterValues(TypedDict, total=False):
    """The engine's counters of a player. Deaths are by enemies only; the times are milliseconds."""

    kills: Count | None
    deaths: Count | None
    gibs: Count | None
    self_kills: Count | None
    team_kills: Count | None
    team_gibs: Count | None
    damage_given: Count | None
    damage_received: Count | None
    team_damage_given: Count | None
    team_damage_received: Count | None
    time_axis: Count | None
    time_allies: Count | None
    time_played: Count | None
    xp: Number | None


@with_config(_TOLERANT)
class Counters(TypedDict, total=False):
    """Values at the end, and those the player began this round with. Per round = raw - baseline."""

    raw: CounterValues | None
    baseline: CounterValues | None
    counter_reset: bool | None


@with_config(_TOLERANT)
class WeaponValues(TypedDict, total=False):
    """The engine's five numbers of a weapon; `headshots` are head hits."""

    shots: Count | None
    hits: Count | None
    kills: Count | None
    deaths: Count | None
    headshots: Count | None


@with_config(_TOLERANT)
class Weapon(WeaponValues, total=False):
    """One weapon a player used, by the engine's weapon index; without a baseline the player began with zeros."""

    index: Required[Annotated[int, Field(ge=0, le=63), NoTruth()]]
    baseline: WeaponValues | None


@with_config(_TOLERANT)
class EngineNumbers(TypedDict, total=False):
    """Further numbers of the engine, at the end or when the player left; the lists by the engine's own order."""

    xp_by_skill: Entries[Number | None] | None
    skill_levels: Entries[Integer | None] | None
    medals: Entries[Integer | None] | None
    hit_regions: Annotated[Entries[Count | None] | None, Field(description="hits on head, arms, body, legs")]
    rank: Integer | None
    start_xp: Number | None
    rating_mu: Number | None
    rating_sigma: Number | None


class Player(Part):
    """Everybody who was there, those who left before the end included."""

    guid: Text
    guid_hex: Hex | None = None
    name: Name
    name_hex: Hex | None = None
    slot: Count | None = None
    is_bot: bool | None = None
    class_: Annotated[Annotated[int | str, NoTruth()] | None, Field(alias="class")] = None
    side: PlayerSide = None
    sides: Entries[SideSpan] | None = None
    joined_ms: Ms | None = None
    left_ms: Ms | None = None
    stays: Annotated[Count | None, Field(description="how often this player joined in this round")] = None
    spawns: Count | None = None
    deaths: Count | None = None
    death_causes: Entries[DeathCause] | None = None
    revives_given: Count | None = None
    times_revived: Count | None = None
    alive_ms: Ms | None = None
    dead_ms: Ms | None = None
    avg_dead_ms: Ms | None = None
    max_dead_ms: Ms | None = None
    dead_at_end: bool | None = None
    first_spawn_ms: Ms | None = None
    counters: Counters | None = None
    weapons: Entries[Weapon] | None = None
    engine: EngineNumbers | None = None


class RoundReport(Part):
    """One round, told once, by the module that watched it."""

    schema_version: Annotated[Literal[1], NoTruth()]
    event_id: Annotated[str, Field(min_length=1, max_length=LONGEST_EVENT_ID)] | None = None
    round_fingerprint: Text | None = None
    server_id: Text | None = None
    instance: Annotated[Text | None, BeforeValidator(lambda value: str(value) if type(value) is int else value)] = None
    boot_id: Text | None = None
    sequence: Count | None = None
    sender_version: Text | None = None
    lua_kind: Text | None = None
    map_name: Annotated[str, Field(min_length=1, max_length=LONGEST_MAP_NAME)]
    map_name_hex: Hex | None = None
    round_number: Annotated[int, Field(ge=0, le=2, description="1 or 2; 0 is read as 2"), BeforeValidator(_no_text)]
    round_number_raw: Integer | None = None
    attempt: Count | None = None
    game_type: Annotated[Annotated[int | str, NoTruth()] | None, Field(description="3: stopwatch")] = None
    config: Text | None = None
    config_hex: Hex | None = None
    mod_version: Text | None = None
    mod_version_hex: Hex | None = None

    round_start_unix: Unix | None = None
    start_unknown_reason: Text | None = None
    round_end_unix: Unix | None = None
    clock_stepped: bool | None = None
    elapsed_ms: Ms | None = None
    limit_ms: Ms | None = None
    limit_raw: Text | None = None
    limit_raw_hex: Hex | None = None
    limit_end_ms: Annotated[Ms | None, Field(description="the limit as read again at the end")] = None
    limit_end_raw: Text | None = None
    limit_end_raw_hex: Hex | None = None
    next_limit_ms: Ms | None = None
    next_limit_raw: Text | None = None
    next_limit_raw_hex: Hex | None = None
    warmup: Warmup | None = None
    pauses: Entries[Pause] | None = None

    winner_team: TeamSide = None
    defender_team: TeamSide = None
    exit_line: Text | None = None
    exit_line_hex: Hex | None = None
    exit_kind: ExitKind | None = None
    end_reason_raw: Text | None = None
    end_reason_raw_hex: Hex | None = None
    inconsistent: Annotated[bool | None, Field(description="the sides and the next limit contradict each other")] = None
    inconsistent_text: Text | None = None
    nextmap: Text | None = None
    nextmap_hex: Hex | None = None
    score_lines: Entries[Text] | None = None
    score_lines_hex: Annotated[
        Entries[Hex | None] | None,
        Field(description="the raw bytes of score lines that are not UTF-8, at the same place"),
    ] = None

    r1: FirstRound | None = None
    r1_missing_reason: Text | None = None
    surrender: Surrender | None = None
    surrender_votes: Entries[SurrenderVote] | None = None
    players: Annotated[list[Player], Field(max_length=MOST_PLAYERS)] | None = None
    files: Annotated[
        Entries[Text] | None, Field(description="files the reporter wrote of this round for other tools")
    ] = None
    reduced_because: Annotated[
        Text | None,
        Field(description="why this report holds identity and result alone: the rest could not be composed"),
    ] = None
    health: dict[str, Any] | None = None

    actual_duration_seconds: Seconds | None = None
    timelimit_seconds: Seconds | None = None
    next_timelimit_seconds: Seconds | None = None
    r1_round_start_unix: Unix | None = None
