"""How a publication moves from waiting to said: its states, its back-off, and the marks that find its message again. Pure.

pending → claimed → sent, back to pending whenever what it shows has changed. A failed attempt waits longer each time;
after the tenth the publication is dead until an operator retries it.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain.vocabulary import PublicationStatus

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 10
FIRST_DELAY = timedelta(seconds=1)
DELAY_FACTOR = 4  # ten attempts reach over three quarters of an hour: longer than the common outages
LONGEST_DELAY = timedelta(minutes=10)
MAX_AGE = timedelta(hours=48)
MAX_NONCE_LENGTH = 25

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MARK = re.compile(r"(?:^| · )P(\d+)(?:\.(\d+))?(?: · |$)")


class FailureKind(StrEnum):
    """Why an attempt failed, as far as it decides what comes next."""

    TRANSIENT = "transient"  # the other side is in trouble, or the way to it
    RATE_LIMITED = "rate_limited"  # asked to wait
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - nothing at all can be said until a person acts
    BLOCKED = "blocked"  # the channel is gone or closed to us until a person acts
    REJECTED = "rejected"  # the message itself is refused: the same bytes would be refused again
    INTERNAL = "internal"  # a fault of ours while building it


@dataclass(frozen=True, slots=True)
class NextState:
    """What a publication becomes after a failed attempt."""

    status: PublicationStatus
    attempts: int
    next_attempt_at: datetime | None


def after_failure(attempts: int, now: datetime, kind: FailureKind, retry_after: timedelta | None = None) -> NextState:
    """The next state, when `attempts` attempts (the failed one included) have been made since the last success.

    Being asked to wait, or being shut out altogether, uses no attempt up; one stays in mind, so that what an earlier
    try may have left is looked for. A refused message is dead at once; the others after `MAX_ATTEMPTS`.
    """
    if kind is FailureKind.TOKEN_REFUSED:
        return NextState(PublicationStatus.PENDING, max(1, attempts - 1), None)
    if kind is FailureKind.RATE_LIMITED:
        return NextState(PublicationStatus.PENDING, max(1, attempts - 1), now + (retry_after or LONGEST_DELAY))
    if kind is FailureKind.REJECTED or attempts >= MAX_ATTEMPTS:
        return NextState(PublicationStatus.DEAD, attempts, None)
    delay = LONGEST_DELAY if kind is FailureKind.BLOCKED else back_off(attempts)
    return NextState(PublicationStatus.PENDING, attempts, now + max(delay, retry_after or delay))


def back_off(attempts: int) -> timedelta:
    """How long to wait after that many attempts: 1 s, 4 s, 16 s … 10 min."""
    steps = min(max(attempts, 1) - 1, MAX_ATTEMPTS)
    return min(LONGEST_DELAY, FIRST_DELAY * int(DELAY_FACTOR**steps))


class Handover(StrEnum):
    """What becomes of the post of a round that turned out to be another."""

    MOVE = "move"  # it is the survivor's now, in place of one that nobody can have seen
    DROP = "drop"  # nobody can have seen it
    TAKE_AWAY = "take_away"  # it may stand beside the survivor's: its message is deleted


@dataclass(frozen=True, slots=True)
class PostStanding:
    """How far a post has come. `attempts`: since the last success."""

    status: PublicationStatus
    attempts: int
    is_posted: bool

    @property
    def may_stand(self) -> bool:
        """Whether a message of it may be there to be seen."""
        return self.is_posted or self.attempts > 0


def handover(kept: PostStanding | None, other: PostStanding) -> Handover:
    """One round has one post. `kept`: the survivor's, `other`: that of the round that it turned out to be."""
    if kept is None:
        return Handover.MOVE
    if not other.may_stand:
        return Handover.DROP
    is_alive = other.status in (PublicationStatus.PENDING, PublicationStatus.CLAIMED, PublicationStatus.SENT)
    return Handover.MOVE if is_alive and not kept.may_stand else Handover.TAKE_AWAY


def footer_mark(publication_id: int, part: int = 1) -> str:
    """The mark in a message's footer that says which publication, and which of its messages, it is: `P12`, `P12.2`."""
    return f"P{publication_id}" if part == 1 else f"P{publication_id}.{part}"


def read_footer_mark(footer: str) -> tuple[int, int] | None:
    """(publication id, part) of a footer of ours, None when it carries no mark."""
    found = _MARK.search(footer)
    return (int(found[1]), int(found[2] or 1)) if found else None


def nonce(publication_id: int, part: int, created_at: datetime, replaces: int | None = None) -> str:
    """The name of one sending intent, equal on every retry: Discord answers a repeated one with the first message.

    It carries a stamp beside the publication's id, so that the ids of a database begun afresh collide with nothing
    sent minutes earlier. `replaces` is the id of a message that was deleted: its successor is another intent.
    """
    stamp = replaces if replaces is not None else int(created_at.timestamp() * 1000)
    return f"{publication_id}-{part}-{_base36(stamp)[-8:]}"[:MAX_NONCE_LENGTH]


def _base36(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        text = _DIGITS[digit] + text
    return text or "0"
