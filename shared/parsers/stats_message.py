"""Bytes of a STATS_READY message, of any version of its sender, to what it says of a round, or why it is none.

The sender's words are kept as it wrote them; what they are worth is decided where they become facts of a round.
"""

from dataclasses import dataclass
from typing import Any

from shared.domain import fingerprint
from shared.domain.vocabulary import Kind, ParseStatus, QuarantineReason, Side
from shared.parsers import lenient_json, message_lists
from shared.parsers.message_lists import ListedPause, ListedPlayer, SpawnStats, SpawnSummary
from shared.parsers.notes import Notes
from shared.parsers.problem import Problem
from shared.parsers.webhook_message import Fields, fields_of, kind_of, version_of

LONGEST_MAP_NAME = 64


@dataclass(frozen=True, slots=True)
class StatsMessage:
    """What a STATS_READY message says, in its own terms. `*_ms` on the round clock, `*_unix` seconds.

    `round_number` is as written: the sender's shutdown path inverts it. `surrender_*` tell who *called* a vote last.
    `roster` holds those connected at the end; None when the message has none that can be read. `pauses`: finished ones.
    """

    map_name: str
    round_number: int
    winner: Side | None = None
    defender: Side | None = None
    played_ms: int | None = None
    limit_ms: int | None = None
    pause_count: int | None = None
    paused_ms: int | None = None
    pauses: tuple[ListedPause, ...] | None = None
    end_reason: str | None = None
    warmup_ms: int | None = None
    warmup_start_unix: int | None = None
    round_start_unix: int | None = None
    round_end_unix: int | None = None
    surrender_side: Side | None = None
    surrender_caller_guid: str | None = None
    surrender_caller_name: str | None = None
    axis_score: int | None = None
    allies_score: int | None = None
    roster: tuple[ListedPlayer, ...] | None = None
    spawn_summary: SpawnSummary | None = None
    spawn_stats: tuple[SpawnStats, ...] | None = None
    sender_version: str | None = None


@dataclass(frozen=True, slots=True)
class MessageReading:
    """What a body in the webhook script's terms says.

    `message` is None when `quarantine_reason` is set, and for a `filename_notice` or `other_message`: they are no round.
    """

    kind: Kind
    message: StatsMessage | None = None
    parse_status: ParseStatus = ParseStatus.OK
    problems: tuple[Problem, ...] = ()
    quarantine_reason: QuarantineReason | None = None
    sanitised: bool = False


def read(body: bytes) -> MessageReading:
    """Read one body; raises NotJson when it is not JSON at all, and nothing else."""
    return read_tree(lenient_json.parse(body), sanitised=not lenient_json.is_sound(body))


def read_tree(tree: Any, *, sanitised: bool = False) -> MessageReading:
    """Read one message that has been taken out of its JSON. Never raises."""
    if not isinstance(tree, dict):
        return _quarantined(Problem("", "not_an_object", "a message is an object"), sanitised=sanitised)
    kind = kind_of(tree)
    if kind is not Kind.STATS_MESSAGE:
        return MessageReading(kind, sanitised=sanitised)
    notes = Notes()
    fields = fields_of(tree, notes)
    if fields is None:
        problem = Problem("/embeds", "missing", "a round needs an embed with fields")
        return _quarantined(problem, sanitised=sanitised)
    return _read_fields(fields, notes, version_of(tree), sanitised=sanitised)


def _read_fields(fields: Fields, notes: Notes, version: str | None, *, sanitised: bool) -> MessageReading:
    map_name = notes.text(*_at(fields, "map"), longest=LONGEST_MAP_NAME)
    number = notes.whole(*_at(fields, "round"), most=2)
    round_number = None if number is None else fingerprint.round_number(number)
    if map_name is None or round_number is None:
        culprit = "map" if map_name is None else "round"
        problem = Problem(fields.get(culprit).pointer, f"no_{culprit}", f"a round needs its {culprit}")
        return _quarantined(problem, *notes.problems, sanitised=sanitised)
    message = _message(map_name, round_number, fields, notes, version)
    return MessageReading(Kind.STATS_MESSAGE, message, notes.parse_status, notes.problems, sanitised=sanitised)


def _quarantined(*problems: Problem, sanitised: bool) -> MessageReading:
    return MessageReading(
        Kind.STATS_MESSAGE,
        parse_status=ParseStatus.FAILED,
        problems=problems,
        quarantine_reason=QuarantineReason.SCHEMA_VIOLATION,
        sanitised=sanitised,
    )


def _at(fields: Fields, *names: str) -> tuple[Any, str]:
    field = fields.get(*names)
    return field.value, field.pointer


def _message(map_name: str, round_number: int, fields: Fields, notes: Notes, version: str | None) -> StatsMessage:
    start_unix, end_unix = notes.span_unix(
        _at(fields, "lua_roundstart", "start unix", "lua_warmupend"), _at(fields, "lua_roundend", "end unix")
    )
    pause_count, paused_ms = message_lists.pause_totals(*_at(fields, "lua_pauses", "pauses"), notes)
    return StatsMessage(
        map_name=map_name,
        round_number=round_number,
        winner=notes.side(*_at(fields, "winner")),
        defender=notes.side(*_at(fields, "defender")),
        played_ms=notes.seconds_ms(*_at(fields, "lua_playtime", "duration")),
        limit_ms=notes.minutes_ms(*_at(fields, "lua_timelimit", "time limit")) or None,
        pause_count=pause_count,
        paused_ms=paused_ms,
        pauses=message_lists.pauses(*_at(fields, "lua_pauses_json"), notes),
        end_reason=notes.text(*_at(fields, "lua_endreason", "end reason")),
        warmup_ms=notes.seconds_ms(*_at(fields, "lua_warmup")),
        warmup_start_unix=notes.unix(*_at(fields, "lua_warmupstart")),
        round_start_unix=start_unix,
        round_end_unix=end_unix,
        surrender_side=notes.side(*_at(fields, "lua_surrenderteam")),
        surrender_caller_guid=notes.text(*_at(fields, "lua_surrendercaller")),
        surrender_caller_name=notes.text(*_at(fields, "lua_surrendercallername")),
        axis_score=notes.whole(*_at(fields, "lua_axisscore")),
        allies_score=notes.whole(*_at(fields, "lua_alliesscore")),
        roster=message_lists.roster(_at(fields, "axis_json"), _at(fields, "allies_json"), notes),
        spawn_summary=message_lists.spawn_summary(*_at(fields, "lua_spawnsummary"), notes),
        spawn_stats=message_lists.spawn_stats(
            *_at(fields, "lua_spawnstats_json", "lua_spawn_stats_json", "spawn_stats"), notes
        ),
        sender_version=version,
    )
