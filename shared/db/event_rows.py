"""A round_event as a row: what a delivery said, and what it was linked to. No decision is made here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.domain.fingerprint import Fingerprint
from shared.domain.linking import Link
from shared.domain.round_facts import RoundFacts
from shared.domain.vocabulary import SOURCE_OF_KIND, DurationSource, EventState, Kind, LinkStatus
from shared.parsers.understood import Understanding

Record = dict[str, Any]


def event_row(
    understood: Understanding,
    *,
    server_id: str,
    delivery_id: int,
    received_at: datetime,
    state: EventState,
    filename: str | None = None,
    decision: Link | None = None,
    aliases: Sequence[Fingerprint] = (),
    confidence: str | None = None,
    next_attempt_at: datetime | None = None,
) -> Record:
    """One row of `round_events`. `decision` None: the delivery is not understood, or could not be judged yet.

    `webhook_id` is the sender's id of a direct report; of a chat message it is the id that the door answers with.
    """
    facts = understood.facts
    row: Record = {
        "delivery_id": delivery_id,
        "server_id": server_id,
        "source": SOURCE_OF_KIND[understood.kind],
        "filename": filename or understood.names_file,
        "webhook_id": understood.event_id or (str(delivery_id) if understood.is_chat_message else None),
        "received_at": received_at.isoformat(),
        "parse_status": understood.parse_status,
        "link_status": LinkStatus.UNLINKED,
        "state": state,
        "parse_notes": understood.notes,
        "next_attempt_at": next_attempt_at.isoformat() if next_attempt_at else None,
        "attempts": 0,
    }
    if facts is not None:
        row |= {"map_name": facts.map_name, "round_number": facts.round_number}
    if facts is None or decision is None:
        return row
    return row | _linked(understood, facts, decision, aliases, confidence)


def _linked(
    understood: Understanding,
    facts: RoundFacts,
    decision: Link,
    aliases: Sequence[Fingerprint],
    confidence: str | None,
) -> Record:
    strongest = aliases[0] if aliases else None
    return {
        "round_start_unix": facts.round_start_unix,
        "round_end_unix": facts.round_end_unix,
        "round_date": facts.stamp.round_date if facts.stamp else None,
        "round_time": facts.stamp.round_time if facts.stamp else None,
        "event_id": understood.event_id,
        "link_status": decision.status,
        "link_reason": decision.reason,
        "link_details": _details(decision),
        "confidence": confidence,
        "round_fingerprint": strongest.text if strongest else None,
        "fingerprint_tier": strongest.tier if strongest else None,
        "r1_round_start_unix": facts.first_round.round_start_unix if facts.first_round else None,
        "attempt": understood.attempt,
        "facts": {
            "exit_kind": facts.exit_kind,
            "sequence": understood.sequence,
            **({"stamp_ends_unix": facts.stamp.ends_unix} if facts.stamp else {}),
            **({"times": _times(facts)} if facts.kind is Kind.STATS_FILE else {}),
        },
    }


def _times(facts: RoundFacts) -> Record:
    """A stats file's own word of times, which the round may not believe: for comparing, by player too. Milliseconds."""
    return {
        "field9_ms": facts.elapsed_ms if facts.elapsed_source is DurationSource.FIELD9 else None,
        "header_clock_ms": facts.header_clock_ms,
        "limit_ms": facts.limit_ms,
        "dead_ms": {player.key: player.dead_ms for player in facts.players or () if player.dead_ms is not None},
    }


def _details(decision: Link) -> Record | None:
    told: Record = {
        "candidate_ids": decision.candidate_ids,
        "best_difference_seconds": decision.best_difference_seconds,
        "window_seconds": decision.window_seconds,
        "conflicting_ids": decision.conflicting_ids,
    }
    return {name: value for name, value in told.items() if value not in (None, ())} or None
