"""The date a gaming session goes by, and the one session that a date names. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo


@dataclass(frozen=True, slots=True)
class Evening:
    """When a session was."""

    session_id: int
    started_at: datetime
    ended_at: datetime


def session_date(started_at: datetime, zone: tzinfo) -> date:
    """The date on which its first round began, where people look at it."""
    return started_at.astimezone(zone).date()


def session_of_date(day: date, evenings: Iterable[Evening], zone: tzinfo) -> int | None:
    """The newest session that began on that date, else the newest that was going on then, else None.

    The others of the date are reached by their ids.
    """
    of_the_day = _going_on(day, evenings, zone)
    begun = [one for one in of_the_day if session_date(one.started_at, zone) == day]
    newest = max(begun or of_the_day, key=lambda one: (one.started_at, one.session_id), default=None)
    return None if newest is None else newest.session_id


def sessions_of_date(day: date, evenings: Iterable[Evening], zone: tzinfo) -> tuple[int, ...]:
    """Every session that began on that date or was going on then, the oldest first."""
    of_the_day = sorted(_going_on(day, evenings, zone), key=lambda one: (one.started_at, one.session_id))
    return tuple(one.session_id for one in of_the_day)


def _going_on(day: date, evenings: Iterable[Evening], zone: tzinfo) -> list[Evening]:
    return [one for one in evenings if session_date(one.started_at, zone) <= day <= session_date(one.ended_at, zone)]
