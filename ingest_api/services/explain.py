"""Why a round is as it is: everything that arrived for it, what was believed, what was not, and what never came."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from shared.db.round_story import Record, RoundStories
from shared.domain.errors import RoundwireError
from shared.domain.subjects import Subject, meanings
from shared.domain.vocabulary import Kind, RoundStatus
from shared.domain.voices_heard import missing_voices, seconds_apart

_NOTE_NAMES = ("quarantine_reason", "problems", "unknown_fields", "sanitised")


class NothingKnown(RoundwireError):
    """Nothing in the database answers to that name."""


@dataclass(frozen=True, slots=True)
class RoundStory:
    """One round with all that speaks for it. `deliveries` carry `seconds_apart` from the round's own time.

    `moves`: the states that the round's events went through.
    """

    round: Record
    aliases: list[Record]
    deliveries: list[Record]
    conflicts: list[Record]
    missing: list[str]
    moves: list[Record]


@dataclass(frozen=True, slots=True)
class Story:
    """The rounds that a subject means, and the deliveries of it that belong to none."""

    rounds: list[RoundStory]
    deliveries_without_round: list[Record]


def explain(connection: Connection, subject: str) -> Story:
    """Tell the story of a fingerprint, round, match, file or delivery. Raises NothingKnown."""
    stories = RoundStories(connection)
    for meaning in meanings(subject):
        told = _story(stories, meaning)
        if told.rounds or told.deliveries_without_round:
            return told
    raise NothingKnown(
        f"nothing is known of {subject!r}; name a fingerprint (rf1:…), a round by its id, a match (m1:…), "
        "a file by its name, or a delivery as delivery:ID"
    )


def _story(stories: RoundStories, meaning: Subject) -> Story:
    return Story(
        [_round_story(stories, found) for found in stories.rounds(meaning)],
        stories.deliveries_without_round(meaning),
    )


def _round_story(stories: RoundStories, found: Record) -> RoundStory:
    round_id = found["round_id"]
    times = (found["round_start_unix"], found["round_end_unix"] or found["stamp_end_unix"])
    events = [
        event
        | {
            "seconds_apart": seconds_apart(
                (event["round_start_unix"], event["round_end_unix"]), event["stamp_ends_unix"] or (), times
            )
        }
        for event in stories.events(round_id)
    ]
    return RoundStory(
        round=found,
        aliases=stories.aliases(round_id),
        deliveries=events,
        conflicts=stories.conflicts(round_id),
        missing=[*_missing_half(found), *missing_voices({Kind(event["kind"]) for event in events})],
        moves=stories.moves(round_id),
    )


def _missing_half(found: Record) -> list[str]:
    is_played_out = found["round_status"] in (RoundStatus.COMPLETED, RoundStatus.ORPHAN_R2)
    if found["other_half_id"] is not None or not is_played_out:
        return []
    return [f"R{3 - found['round_number']} of its match"]


def notes_in_words(notes: dict[str, Any] | None) -> list[str]:
    """What reading a delivery left to say, one line each."""
    lines: list[str] = []
    for name in _NOTE_NAMES:
        value = (notes or {}).get(name)
        if name == "problems":
            lines += [
                f"{problem['code']} at {problem['pointer'] or '/'}: {problem['message']}" for problem in value or ()
            ]
        elif value:
            lines.append(f"{name}: {', '.join(value) if isinstance(value, list) else value}")
    return lines
