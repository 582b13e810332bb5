from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from shared.domain.stamps import stamp

LJUBLJANA = ZoneInfo("Europe/Ljubljana")
NOW = datetime(2026, 12, 31, tzinfo=UTC)


def unix(*when: int) -> int:
    return int(datetime(*when, tzinfo=UTC).timestamp())


def test_a_stamp_is_local_time_three_seconds_after_the_end():
    told = stamp("2026-02-03", "235512", LJUBLJANA, NOW)

    assert (told.round_date, told.round_time, told.ends_unix) == ("2026-02-03", "235512", (1_770_159_309,))


def test_on_the_way_out_of_a_map_nothing_is_waited_for():
    assert stamp("2026-02-03", "235512", UTC, NOW, saved_after_seconds=0).ends_unix == (unix(2026, 2, 3, 23, 55, 12),)


def test_in_the_hour_that_is_put_back_a_stamp_means_two_instants():
    told = stamp("2026-10-25", "023003", LJUBLJANA, NOW)

    assert told.ends_unix == (unix(2026, 10, 25, 0, 30), unix(2026, 10, 25, 1, 30))


def test_in_the_hour_that_is_skipped_a_stamp_means_none():
    assert stamp("2026-03-29", "023003", LJUBLJANA, NOW).ends_unix == ()


@pytest.mark.parametrize(("day", "is_known"), [("2027-01-01", True), ("2027-01-02", False)])
def test_a_stamp_of_tomorrow_may_be_a_zone_but_none_is_later(day, is_known):
    assert bool(stamp(day, "000000", UTC, NOW).ends_unix) is is_known
