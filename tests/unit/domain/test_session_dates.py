from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.domain.session_dates import Evening, session_date, session_of_date, sessions_of_date

MONDAY = date(2026, 2, 2)
TUESDAY = date(2026, 2, 3)


def evening(session_id, starts, hours=3.0):
    started_at = datetime.fromisoformat(f"2026-02-{starts}").replace(tzinfo=UTC)
    return Evening(session_id, started_at, started_at + timedelta(hours=hours))


@pytest.mark.parametrize(("zone", "day"), [("UTC", MONDAY), ("Europe/Helsinki", TUESDAY), ("America/New_York", MONDAY)])
def test_a_session_goes_by_the_date_of_its_first_round_where_people_look_at_it(zone, day):
    assert session_date(datetime(2026, 2, 2, 23, 30, tzinfo=UTC), ZoneInfo(zone)) == day


def test_a_session_that_goes_on_after_midnight_is_not_listed_twice():
    """P27"""
    tonight = evening(1, "02 21:00", hours=5)
    assert session_date(tonight.started_at, UTC) == MONDAY


def test_a_date_names_the_session_that_began_on_it():
    assert session_of_date(MONDAY, [evening(1, "02 20:00"), evening(2, "03 20:00")], UTC) == 1


def test_a_date_with_two_sessions_names_the_newest_begun():
    """P27"""
    assert session_of_date(MONDAY, [evening(2, "02 12:00"), evening(1, "02 20:00")], UTC) == 1


def test_a_session_that_began_on_a_date_comes_before_one_that_only_went_on_then():
    assert session_of_date(TUESDAY, [evening(1, "02 23:00"), evening(2, "03 20:00")], UTC) == 2


def test_a_date_on_which_none_began_names_the_newest_that_went_on_then():
    assert session_of_date(TUESDAY, [evening(1, "02 20:00", hours=5), evening(2, "02 23:00")], UTC) == 2


def test_a_date_without_any_session_names_none():
    assert session_of_date(TUESDAY, [evening(1, "02 20:00")], UTC) is None


def test_midnight_is_that_of_the_people():
    """P16"""
    late = evening(1, "02 22:30")
    assert session_of_date(MONDAY, [late], ZoneInfo("Europe/Helsinki")) is None
    assert session_of_date(TUESDAY, [late], ZoneInfo("Europe/Helsinki")) == 1


def test_every_session_of_a_date_is_named_also_one_that_began_the_evening_before():
    """P27."""
    evenings = [evening(3, "03 22:00"), evening(1, "02 21:00", hours=5), evening(2, "03 12:00"), evening(4, "04 20:00")]
    assert sessions_of_date(TUESDAY, evenings, UTC) == (1, 2, 3)
