"""A delivery's round_event as it is written: what it says, what it was linked to, and the moves it still has to make."""

from datetime import datetime

from ingest_api.services.evidence import Evidence
from shared.db import event_rows
from shared.db.round_records import NewEvent
from shared.domain import linking, scoring
from shared.domain.ingest_state import walk
from shared.domain.linking import Link
from shared.domain.pairing import Place
from shared.domain.vocabulary import SOURCE_OF_KIND, EventState, Outcome

_ALONE = Place("")
_STEPS = (EventState.SEEN, EventState.PARSED, EventState.LINKED, EventState.ENRICHED)


def event_of(
    evidence: Evidence,
    decision: Link,
    outcome: Outcome,
    answer_code: int,
    now: datetime | None = None,
) -> NewEvent:
    """The event with the moves it still has to make. `now`: of one that waits, to say when it asks again."""
    kept = evidence.kept
    steps = _STEPS[: _STEPS.index(EventState.PARSED) + 1] if now else _STEPS
    done = -1 if kept.event_state is None else _STEPS.index(kept.event_state)
    still = [(state, decision.reason if state is EventState.LINKED else None) for state in steps[done + 1 :]]
    is_new = kept.event_state is None
    told_outcome, told_code = kept.answered or (outcome, answer_code)
    return NewEvent(
        row=event_rows.event_row(
            evidence.understood,
            server_id=evidence.facts.server_id,
            delivery_id=kept.delivery_id,
            received_at=kept.received_at,
            state=steps[-1],
            filename=kept.filename,
            decision=decision,
            aliases=evidence.aliases,
            confidence=None if now else scoring.judge(evidence.facts, _ALONE).confidence,
            next_attempt_at=now + linking.next_try_after(now - kept.received_at) if now else None,
        ),
        moves=walk(still, kept.event_state),
        aliases=() if now else evidence.aliases,
        source=SOURCE_OF_KIND[evidence.facts.kind],
        delivery_id=kept.delivery_id,
        received_at=kept.received_at,
        outcome=told_outcome if is_new else None,
        answer_code=told_code if is_new else None,
    )
