"""The newest rounds at a glance, as a list shows them. Reads one day's rounds by their index, however many are stored."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from shared.domain.vocabulary import (
    Confidence,
    DurationSource,
    EventState,
    RoundOutcome,
    RoundStatus,
    Side,
    StopwatchState,
)

_NEWEST = text("""
    SELECT id AS round_id, round_fingerprint, server_id, map_name, play_number, round_number, round_start_unix,
           round_end_unix, actual_duration_seconds, duration_source, limit_seconds,
           CASE WHEN exit_kind IS DISTINCT FROM 'aborted' THEN winner_team END AS winner_team,
           round_outcome, round_stopwatch_state, score_confidence, round_status, ingest_state, human_player_count, bot_player_count
    FROM rounds WHERE round_date IS NOT NULL
    ORDER BY round_date DESC, round_start_unix DESC NULLS LAST, id DESC LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class RoundLine:
    """One round of a list. Instants are unix seconds, durations seconds.

    `winner_side`: None of a round cut short too; scripts set a winner before anybody has won.
    """

    round_id: int
    round_fingerprint: str
    server_id: str
    map_name: str
    play_number: int | None
    round_number: int
    round_end_unix: int | None
    duration_seconds: float | None
    duration_source: DurationSource | None
    limit_seconds: float | None
    winner_side: Side | None
    outcome: RoundOutcome | None
    stopwatch_state: StopwatchState | None
    score_confidence: Confidence
    round_status: RoundStatus
    ingest_state: EventState
    player_count: int | None


def newest_rounds(connection: Connection, limit: int) -> list[RoundLine]:
    """The rounds that began last, newest first."""
    return [
        RoundLine(
            round_id=row.round_id,
            round_fingerprint=row.round_fingerprint,
            server_id=row.server_id,
            map_name=row.map_name,
            play_number=row.play_number,
            round_number=row.round_number,
            round_end_unix=row.round_end_unix,
            duration_seconds=None if row.actual_duration_seconds is None else float(row.actual_duration_seconds),
            duration_source=None if row.duration_source is None else DurationSource(row.duration_source),
            limit_seconds=None if row.limit_seconds is None else float(row.limit_seconds),
            winner_side=None if row.winner_team is None else Side(row.winner_team),
            outcome=None if row.round_outcome is None else RoundOutcome(row.round_outcome),
            stopwatch_state=None if row.round_stopwatch_state is None else StopwatchState(row.round_stopwatch_state),
            score_confidence=Confidence(row.score_confidence),
            round_status=RoundStatus(row.round_status),
            ingest_state=EventState(row.ingest_state),
            player_count=None
            if row.human_player_count is None
            else row.human_player_count + (row.bot_player_count or 0),
        )
        for row in connection.execute(_NEWEST, {"limit": limit})
    ]
