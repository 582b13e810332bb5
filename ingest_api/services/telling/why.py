"""Why a round is as it is, in an answer: deliveries, disagreements, the history of each event."""

from typing import Any

from sqlalchemy import Connection

from ingest_api.services.explain import NothingKnown, RoundStory, explain, notes_in_words
from ingest_api.services.telling.rounds import side_label
from shared.db.round_names import round_id_of
from shared.db.round_story import Record

_ROUND_KEYS = (
    "round_id",
    "round_fingerprint",
    "fingerprint_tier",
    "match_id",
    "server_id",
    "map_name",
    "round_number",
    "round_start_unix",
    "round_end_unix",
    "round_status",
    "is_valid",
    "invalid_reason",
    "exit_kind",
    "winner_team",
    "defender_team",
    "sides_source",
    "actual_duration_seconds",
    "duration_source",
    "limit_seconds",
    "limit_source",
    "ingest_state",
    "revision",
    "publication_status",
    "other_half_id",
)
_DELIVERY_KEYS = (
    "delivery_id",
    "kind",
    "source",
    "filename",
    "received_at",
    "round_fingerprint",
    "fingerprint_tier",
    "round_start_unix",
    "round_end_unix",
    "seconds_apart",
    "link_status",
    "link_reason",
    "link_details",
    "state",
    "parse_status",
    "outcomes",
)


def tell_why(connection: Connection, name: str) -> dict[str, Any] | None:
    """The story of the round of any fingerprint or round_id; None when there is none."""
    round_id = round_id_of(connection, name)
    if round_id is None:
        return None
    try:
        story = explain(connection, str(round_id))
    except NothingKnown:
        return None
    return told_story(story.rounds[0]) if story.rounds else None


def told_story(story: RoundStory) -> dict[str, Any]:
    """One round's story. `seconds_apart`: how far a delivery's time lies from the round's; `missing`: what never came."""
    row = story.round
    return {
        "round": {
            **{key: row[key] for key in _ROUND_KEYS},
            "winner_label": side_label(row["winner_team"]),
            "defender_label": side_label(row["defender_team"]),
            "confidence": row["score_confidence"],
        },
        "aliases": story.aliases,
        "deliveries": [_told_delivery(delivery, story.moves) for delivery in story.deliveries],
        "conflicts": story.conflicts,
        "missing": story.missing,
    }


def _told_delivery(delivery: Record, moves: list[Record]) -> dict[str, Any]:
    history = [move for move in moves if move["round_event_id"] == delivery["round_event_id"]]
    return {
        **{key: delivery[key] for key in _DELIVERY_KEYS},
        "notes": notes_in_words(delivery["parse_notes"]),
        "history": [{key: move[key] for key in ("at", "from_state", "to_state", "reason")} for move in history],
    }
