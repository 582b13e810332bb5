"""The rounds of a gaming session as scoring sees them, from their rows. No decision is made here but who is who."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row

from shared.domain.round_of_match import Fighter, RoundOfMatch
from shared.domain.units import MS_PER_SECOND
from shared.domain.vocabulary import (
    Confidence,
    DurationSource,
    EndReason,
    ExitKind,
    RoundStatus,
    Side,
    StopwatchState,
)

_FULL_LENGTH = 32


def rounds_of_session(rows: Sequence[Row[Any]]) -> list[RoundOfMatch]:
    """One per row of the session, whose people are told apart among themselves."""
    shared_prefixes = _shared(player for row in rows for player in row.players or ())
    return [_round(row, shared_prefixes) for row in rows]


def _shared(players: Iterable[Sequence[Any]]) -> frozenset[str]:
    """The prefixes by which a session knows more than one person: there only the whole GUID tells who it is."""
    known: dict[str, set[str]] = {}
    for key, full, _name, _side in players:
        if full is not None and len(full) == _FULL_LENGTH:
            known.setdefault(key, set()).add(full.upper())
    return frozenset(key for key, fulls in known.items() if len(fulls) > 1)


def _round(row: Row[Any], shared_prefixes: frozenset[str]) -> RoundOfMatch:
    return RoundOfMatch(
        round_id=row.id,
        map_name=row.map_name,
        match_id=row.match_id,
        round_number=row.round_number,
        play_number=row.play_number,
        began_unix=row.began_unix,
        status=RoundStatus(row.round_status),
        is_valid=row.is_valid,
        invalid_reason=row.invalid_reason,
        stopwatch_state=None if row.round_stopwatch_state is None else StopwatchState(row.round_stopwatch_state),
        confidence=Confidence(row.score_confidence),
        exit_kind=ExitKind(row.exit_kind),
        winner=_side(row.winner_team),
        defender=_side(row.defender_team),
        elapsed_ms=milliseconds(row.actual_duration_seconds),
        limit_ms=milliseconds(row.limit_seconds),
        is_limit_text=row.limit_source == DurationSource.HEADER,
        header_clock_ms=milliseconds(row.header_clock_seconds),
        time_to_beat_ms=milliseconds(row.time_to_beat_seconds),
        next_limit_minutes=row.next_timelimit_minutes,
        end_reason=None if row.end_reason is None else EndReason(row.end_reason),
        names_first_round=row.names_first_round,
        fighters=tuple(
            Fighter(full.upper() if full and key in shared_prefixes else key, name, Side(side))
            for key, full, name, side in row.players or ()
        ),
    )


def milliseconds(seconds: Any) -> int | None:
    """The exact milliseconds of a numeric column of seconds."""
    return None if seconds is None else round(seconds * MS_PER_SECOND)


def _side(value: int | None) -> Side | None:
    return None if value is None else Side(value)
