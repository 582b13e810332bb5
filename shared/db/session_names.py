"""Which gaming session somebody means: an id, also one that was retired, or a date."""

from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from sqlalchemy import Connection, Row, text

from shared.db.round_names import LARGEST_ID
from shared.domain.session_dates import Evening, session_of_date, sessions_of_date

_LONGEST_EVENING = timedelta(days=14)
_DATE_LENGTH = len("2026-02-03")
_SESSION = text("""
SELECT id, session_date, rounds_count FROM gaming_sessions
WHERE id = coalesce((SELECT retired_into FROM gaming_sessions WHERE id = :session_id), :session_id)
""")
_ABOUT = text("""
SELECT id, started_at, ended_at FROM gaming_sessions
WHERE session_date BETWEEN :earliest AND :latest AND rounds_count > 0
""")


@dataclass(frozen=True, slots=True)
class NamedSession:
    """The one session that is meant, and every session of its date, this one too, the oldest first."""

    session_id: int
    date: date
    of_that_date: tuple[int, ...]


def named_session(connection: Connection, name: str, zone: tzinfo) -> NamedSession | None:
    """The session of an id or of a date `YYYY-MM-DD` as people in `zone` say it; None when there is none."""
    day = _day(name)
    if day is not None:
        evenings = _evenings(connection, day)
        session_id = session_of_date(day, evenings, zone)
        return None if session_id is None else NamedSession(session_id, day, sessions_of_date(day, evenings, zone))
    found = _by_id(connection, name)
    if found is None:
        return None
    evenings = _evenings(connection, found.session_date)
    return NamedSession(found.id, found.session_date, sessions_of_date(found.session_date, evenings, zone))


def _by_id(connection: Connection, name: str) -> Row[tuple[int, date, int]] | None:
    if not (name.isascii() and name.isdecimal()) or len(name) > len(str(LARGEST_ID)) or int(name) > LARGEST_ID:
        return None
    found = connection.execute(_SESSION, {"session_id": int(name)}).one_or_none()
    return None if found is None or not found.rounds_count else found


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
