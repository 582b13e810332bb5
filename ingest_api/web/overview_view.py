"""The start page's figures in words: how old, how long, how sure. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.db.health import Vitals
from shared.db.overview import RoundLine
from shared.domain.diagnostics import Status, health_status
from shared.domain.figures import UNAVAILABLE, ago, clock, length, plural
from shared.domain.text import clean_name
from shared.domain.vocabulary import SIDE_LABELS, Confidence, DurationSource, EventState, RoundOutcome, RoundStatus

_OUTCOME_WORDS = {
    RoundOutcome.TIME_SET: "time set",
    RoundOutcome.FULL_HOLD: "full hold",
    RoundOutcome.SURRENDER_END: "surrender",
    RoundOutcome.MAP_CHANGE_END: "map changed",
    RoundOutcome.MAP_RESTART_END: "map restarted",
    RoundOutcome.SERVER_RESTART_END: "server restarted",
}
CONFIDENCE_MEANINGS = {
    Confidence.VERIFIED_HEADER: "winner and defender were told by the game itself",
    Confidence.TIME_FALLBACK: "the sides were not told; worked out from the times",
    Confidence.AMBIGUOUS: "what is known allows more than one result",
    Confidence.MISSING: "nothing is known that a score could rest on",
}
SOURCE_MEANINGS = {
    DurationSource.LUA: "told by the game server's own clock",
    DurationSource.FIELD9: "told by the ninth field of the stats file's header",
    DurationSource.LIMIT: "the limit, which was reached",
    DurationSource.HEADER: "told by the stats file's header clock",
}
STATUS_MEANINGS = {
    RoundStatus.ABORTED: "stopped without a regular end",
    RoundStatus.CANCELLED: "an attempt that the same players played again",
    RoundStatus.SUBSTITUTION: "an attempt played again with other players",
    RoundStatus.ORPHAN_R2: "a second round without its first",
    RoundStatus.GHOST: "too short, or longer than its limit allows",
}
STATE_MEANINGS = {
    EventState.SEEN: "kept, not yet understood",
    EventState.PARSED: "understood, not yet linked to a round",
    EventState.LINKED: "linked to its round",
    EventState.ENRICHED: "complete; its card is on its way",
    EventState.PUBLISHED: "complete; its card is sent, or it needs none",
    EventState.QUARANTINED: "kept, but not understood",
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure at a glance. `mood`: good, warn, bad or plain."""

    label: str
    value: str
    note: str
    mood: str = "plain"


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One line of the list of rounds, every cell in words; each badge is (word, meaning)."""

    href: str
    map_name: str
    number: int
    server_id: str
    ended: str
    ended_ago: str
    duration: str
    source: str | None
    source_meaning: str
    limit: str
    winner: str
    winner_class: str
    outcome: str
    stopwatch: str
    players: str
    confidence: Confidence
    confidence_meaning: str
    state: EventState
    state_meaning: str
    status: RoundStatus | None
    status_meaning: str


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the start page says. `rounds` is None when the database cannot be asked."""

    status: Status
    sentence: str
    tiles: tuple[Tile, ...]
    rounds: tuple[RoundRow, ...] | None


def overview(vitals: Vitals | None, rounds: Sequence[RoundLine] | None, now: datetime) -> Overview:
    """The service at `now`."""
    if vitals is None:
        unknown = tuple(Tile(label, UNAVAILABLE, "unknown") for label in _LABELS)
        return Overview(
            Status.ERROR, "The database cannot be reached. Nothing is lost: senders keep and retry.", unknown, None
        )
    waits = None if vitals.oldest_pending_at is None else (now - vitals.oldest_pending_at).total_seconds()
    status = health_status(waits, vitals.quarantined_last_hour)
    if status is Status.OK and vitals.dead_publications:
        status = Status.WARNING
    rows = tuple(_row(one, now) for one in rounds or ())
    return Overview(status, _sentence(vitals, waits), _tiles(vitals, waits, now), rows)


_LABELS = ("Rounds in 24 h", "Newest round", "Cards waiting", "In quarantine")


def _sentence(vitals: Vitals, waits_seconds: float | None) -> str:
    """What is amiss, in words a person can act on."""
    troubles = []
    if health_status(waits_seconds, 0) is not Status.OK:
        troubles.append("Cards wait longer than they should: is the presenter running, does Discord answer?")
    if count := vitals.quarantined_last_hour:
        troubles.append(f"{plural(count, 'report')} of the last hour could not be understood.")
    if count := vitals.dead_publications:
        troubles.append(f"{plural(count, 'card')} could not be sent: see `roundwire publications list`.")
    if not troubles and vitals.newest_round_end_unix is None:
        return "Ready. No round has arrived yet."
    return " ".join(troubles) or "Everything that arrived is judged and told."


def _tiles(vitals: Vitals, waits_seconds: float | None, now: datetime) -> tuple[Tile, ...]:
    newest = vitals.newest_round_end_unix
    return (
        Tile(_LABELS[0], str(vitals.rounds_24h), "ended within the last day"),
        Tile(_LABELS[1], UNAVAILABLE, "none has arrived yet")
        if newest is None
        else Tile(_LABELS[1], ago(now.timestamp() - newest), f"ended at {_moment(newest, now)} UTC"),
        _cards_tile(vitals, waits_seconds),
        Tile(
            _LABELS[3],
            str(vitals.quarantined),
            f"{vitals.quarantined_last_hour} in the last hour" if vitals.quarantined else "everything was understood",
            "warn" if vitals.quarantined else "good",
        ),
    )


def _cards_tile(vitals: Vitals, waits_seconds: float | None) -> Tile:
    mood = {Status.OK: "good", Status.WARNING: "warn", Status.ERROR: "bad"}[health_status(waits_seconds, 0)]
    note = "none is on its way" if waits_seconds is None else f"oldest for {length(waits_seconds)}"
    if vitals.dead_publications:
        mood, note = "bad", f"{note}; {vitals.dead_publications} could not be sent"
    return Tile(_LABELS[2], str(vitals.pending_publications), note, mood)


def _moment(unix: float, now: datetime) -> str:
    """HH:MM, with its date unless that is today's; UTC."""
    at = datetime.fromtimestamp(unix, UTC)
    return f"{at:%H:%M}" if at.date() == now.date() else f"{at.day} {at:%b %H:%M}"


def _how_long_ago(unix: int | None, now: datetime) -> str:
    """Said of today's rounds only; the others have their date."""
    if unix is None or datetime.fromtimestamp(unix, UTC).date() != now.date():
        return ""
    return ago(now.timestamp() - unix)


def _outcome(line: RoundLine) -> str:
    """How it ended; not said to be unknown beside an unknown winner, which says it already."""
    if line.outcome is not None:
        return _OUTCOME_WORDS[line.outcome]
    return "" if line.winner_side is None else "outcome unknown"


def _stopwatch(line: RoundLine) -> str:
    """Whether the attackers made it, where the outcome does not say that already."""
    is_said = line.outcome in (RoundOutcome.TIME_SET, RoundOutcome.FULL_HOLD)
    return "" if line.stopwatch_state is None or is_said else _OUTCOME_WORDS[RoundOutcome(line.stopwatch_state)]


def _row(line: RoundLine, now: datetime) -> RoundRow:
    repeated = f" (#{line.play_number})" if (line.play_number or 1) > 1 else ""
    return RoundRow(
        href=f"/rounds/{line.round_id}",
        map_name=(clean_name(line.map_name) or "unknown") + repeated,
        number=line.round_number,
        server_id=line.server_id,
        ended="unknown" if line.round_end_unix is None else _moment(line.round_end_unix, now),
        ended_ago=_how_long_ago(line.round_end_unix, now),
        duration=clock(line.duration_seconds, UNAVAILABLE),
        source=line.duration_source,
        source_meaning="" if line.duration_source is None else SOURCE_MEANINGS[line.duration_source],
        limit=clock(line.limit_seconds, UNAVAILABLE),
        winner="unknown" if line.winner_side is None else SIDE_LABELS[line.winner_side],
        winner_class="unknown" if line.winner_side is None else SIDE_LABELS[line.winner_side].lower(),
        outcome=_outcome(line),
        stopwatch=_stopwatch(line),
        players=UNAVAILABLE if line.player_count is None else str(line.player_count),
        confidence=line.score_confidence,
        confidence_meaning=CONFIDENCE_MEANINGS[line.score_confidence],
        state=line.ingest_state,
        state_meaning=STATE_MEANINGS[line.ingest_state],
        status=None if line.round_status is RoundStatus.COMPLETED else line.round_status,
        status_meaning=STATUS_MEANINGS.get(line.round_status, ""),
    )
