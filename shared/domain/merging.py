"""One round told by several voices: each field from the most believed one that tells it, and where they disagree. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared.domain.durations import best_duration
from shared.domain.merging_players import merge_players
from shared.domain.precedence import HEARD_BY_THE_ENGINE, Rank
from shared.domain.round_end import witnessed_exit_kind
from shared.domain.round_facts import RoundFacts
from shared.domain.vocabulary import ExitKind, Kind

SAME_INSTANT_SECONDS = 5
SAME_LIMIT_MS = 1_000
SAME_DURATION_MS = 3_000
"""A message's clock runs up to 2 s below the engine's, a file's whole seconds another."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A voice that was not believed in one field. Values as they would be stored."""

    field: str
    kept_value: str
    kept_kind: Kind
    other_value: str
    other_kind: Kind
    reason: str = "source_disagrees"


@dataclass(frozen=True, slots=True)
class Told:
    """A round as all its voices tell it together. `sides_kind`, `limit_kind`: whose word these are."""

    facts: RoundFacts
    conflicts: tuple[Conflict, ...] = ()
    sides_kind: Kind | None = None
    limit_kind: Kind | None = None


def reused_event_ids(told: Iterable[tuple[Rank, str | None]]) -> list[Conflict]:
    """Where one event_id came with several contents: what is believed of them, and each of the others, by their hashes."""
    by_id: dict[tuple[Kind, str], list[Rank]] = {}
    for rank, event_id in told:
        if event_id is not None:
            by_id.setdefault((rank.kind, event_id), []).append(rank)
    return [
        Conflict("event_id", best.content_sha256, kind, other.content_sha256, kind, "event_id_reused")
        for (kind, _event_id), ranks in sorted(by_id.items())
        for best, *others in [sorted(ranks, key=Rank.key, reverse=True)]
        for other in others
    ]


def limit_mismatch(told: Told, expected_ms: int | None) -> list[Conflict]:
    """That an R2 was played under another limit than its R1 leads to, which it is then not paired with, unless it names it."""
    limit_ms, kind = told.facts.limit_ms, told.limit_kind
    if expected_ms is None or limit_ms is None or kind is None:
        return []
    column = "limit_seconds"
    return [Conflict(column, _text(column, limit_ms), kind, _text(column, expected_ms), kind, "limit_mismatch")]


def tell(voices: Sequence[RoundFacts]) -> Told:
    """Merge what is believed, the most believed voice first; at least one."""
    best, *others = voices
    if not others:
        claims = tuple(_claims(voices))
        return Told(_with_duration(best, voices), claims, _kind_of(voices, "winner"), _kind_of(voices, "limit_ms"))
    near = [voice for voice in voices if voice.kind in HEARD_BY_THE_ENGINE]
    ended = next((voice for voice in voices if voice.exit_kind is not ExitKind.UNKNOWN), best)
    merged = replace(
        best,
        **{name: _first(voices, name) for name in _BY_RANK},
        **{name: _first(near, name) for name in _HEARD_ONLY},
        **{name: getattr(ended, name) for name in _OF_THE_END},
        players=merge_players(voices),
        is_regular_end_witnessed=any(voice.is_regular_end_witnessed for voice in voices),
    )
    return Told(
        _with_witnessed_end(_with_duration(merged, voices)),
        (*_conflicts(voices), *_claims(voices)),
        _kind_of(voices, "winner"),
        _kind_of(voices, "limit_ms"),
    )


_BY_RANK = (
    "round_start_unix",
    "round_end_unix",
    "limit_ms",
    "next_limit_ms",
    "winner",
    "defender",
    "warmup_ms",
    "warmup_start_unix",
    "axis_score",
    "allies_score",
    "is_stopwatch",
    "first_round",
    "sender_version",
    "stamp",
    "header_clock_ms",
    "config",
)
_HEARD_ONLY = ("pauses", "surrender_caller_guid", "surrender_caller_name")
_OF_THE_END = ("exit_kind", "has_exit_line", "end_reason_raw", "exit_line")


def _first(voices: Iterable[RoundFacts], name: str) -> Any:
    return next((value for voice in voices if (value := getattr(voice, name)) is not None), None)


def _kind_of(voices: Iterable[RoundFacts], name: str) -> Kind | None:
    return next((voice.kind for voice in voices if getattr(voice, name) is not None), None)


def _with_duration(facts: RoundFacts, voices: Sequence[RoundFacts]) -> RoundFacts:
    told = [(voice.elapsed_source, voice.elapsed_ms) for voice in voices if voice.elapsed_ms is not None]
    best = best_duration(facts, told)
    if best is None:
        return replace(facts, elapsed_ms=None)
    source, elapsed_ms = best
    return replace(facts, elapsed_ms=elapsed_ms, elapsed_source=source)


def _with_witnessed_end(facts: RoundFacts) -> RoundFacts:
    """How it ended, when nobody could say, but somebody speaks who never does of a round cut short."""
    if facts.exit_kind is not ExitKind.UNKNOWN or not facts.is_regular_end_witnessed:
        return facts
    end = witnessed_exit_kind(facts.winner, facts.defender, facts.elapsed_ms, facts.limit_ms)
    return replace(facts, exit_kind=end)


def _claims(voices: Sequence[RoundFacts]) -> Iterable[Conflict]:
    for voice in voices:
        for claim in voice.claims:
            yield Conflict(claim.field, claim.kept, voice.kind, claim.also_told, voice.kind, claim.reason)


def _conflicts(voices: Sequence[RoundFacts]) -> Iterable[Conflict]:
    for column, told, agrees in _COMPARED:
        speaking = [(voice.kind, value) for voice in voices if (value := told(voice)) is not None]
        if not speaking:
            continue
        (kept_kind, kept), *others = speaking
        for kind, value in others:
            if not agrees(kept, value):
                yield Conflict(column, _text(column, kept), kept_kind, _text(column, value), kind)


def _within(tolerance: int) -> Callable[[int, int], bool]:
    return lambda one, other: abs(one - other) <= tolerance


def _text(column: str, value: int) -> str:
    return f"{value / 1000:.3f}" if column.endswith("_seconds") else str(int(value))


_COMPARED: tuple[tuple[str, Callable[[RoundFacts], int | None], Callable[[int, int], bool]], ...] = (
    ("winner_team", lambda voice: voice.winner, _within(0)),
    ("defender_team", lambda voice: voice.defender, _within(0)),
    ("limit_seconds", lambda voice: voice.limit_ms, _within(SAME_LIMIT_MS)),
    ("actual_duration_seconds", lambda voice: voice.elapsed_ms, _within(SAME_DURATION_MS)),
    ("round_start_unix", lambda voice: voice.round_start_unix, _within(SAME_INSTANT_SECONDS)),
    ("round_end_unix", lambda voice: voice.round_end_unix, _within(SAME_INSTANT_SECONDS)),
)
