"""When is a file fetched that somebody named? At once, and again after 1, 5, 25, 125 and 625 minutes. Pure."""

from datetime import datetime, timedelta
from itertools import accumulate

_PAUSES_MINUTES = (0, 1, 5, 25, 125, 625)
ATTEMPTS_AFTER = tuple(timedelta(minutes=minutes) for minutes in accumulate(_PAUSES_MINUTES))
"""How long after a file was asked for each attempt is due."""
GIVEN_UP_AFTER = ATTEMPTS_AFTER[-1] + timedelta(minutes=_PAUSES_MINUTES[-1])


def due_since(asked_at: datetime, now: datetime) -> datetime:
    """The instant of the newest attempt that is due; never before the file was asked for.

    It follows from the question alone, so a worker that starts again neither forgets an attempt nor begins anew.
    """
    return max((asked_at + after for after in ATTEMPTS_AFTER if asked_at + after <= now), default=asked_at)


def is_last(asked_at: datetime, due_at: datetime) -> bool:
    """Whether no attempt comes after this one."""
    return due_at - asked_at >= ATTEMPTS_AFTER[-1]
