"""Which gaming session somebody means: an id, also one that was retired, or a date."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from sqlalchemy import Connection, text

from shared.db.round_names import LARGEST_ID
from shared.domain.session_dates import Evening, session_of_date, sessions_of_date

_LONGEST_EVENING = timedelta(days=14)
_DATE_LENGTH = len("2026-02-03")
_SESSION = text("""
SELECT id AS session_id, server_id, session_date AS date, started_at, ended_at FROM gaming_sessions
WHERE id = coalesce((SELECT retired_into FROM gaming_sessions WHERE id = :session_id), :session_id) AND rounds_count > 0
""")
_ABOUT = text("""
SELECT id, started_at, ended_at FROM gaming_sessions
WHERE session_date BETWEEN :earliest AND :latest AND rounds_count > 0
""")


@dataclass(frozen=True, slots=True)
class NamedSession:
    """The one session that is meant. `date`: by which it goes; `of_that_date`: every session of the date that was asked
    for, or else of its own, this one too, the oldest first.
    """

    session_id: int
    server_id: str
    date: date
    started_at: datetime
    ended_at: datetime
    of_that_date: tuple[int, ...]


def named_session(connection: Connection, name: str, zone: tzinfo) -> NamedSession | None:
    """The session of an id or of a date `YYYY-MM-DD` as people in `zone` say it; None when there is none."""
    day = _day(name)
    session_id = _id(name) if day is None else session_of_date(day, _evenings(connection, day), zone)
    found = connection.execute(_SESSION, {"session_id": session_id}).mappings().one_or_none()
    if found is None:
        return None
    day = day or found["date"]
    return NamedSession(**found, of_that_date=sessions_of_date(day, _evenings(connection, day), zone))


def _id(name: str) -> int | None:
    is_number = name.isascii() and name.isdecimal() and len(name) <= len(str(LARGEST_ID))
    return int(name) if is_number and int(name) <= LARGEST_ID else None


def _evenings(connection: Connection, day: date) -> list[Evening]:
    """Those that may have been going on that day."""
    span = {"earliest": day - _LONGEST_EVENING, "latest": day + timedelta(days=1)}
    return [Evening(row.id, row.started_at, row.ended_at) for row in connection.execute(_ABOUT, span)]


def _day(name: str) -> date | None:
    if len(name) != _DATE_LENGTH or not name.isascii():
        return None
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None
