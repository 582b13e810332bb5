"""How often one may ask: each for himself, and never more of them remembered than there is room for."""

from datetime import UTC, datetime, timedelta

from ingest_api.services.arrival import RateLimits

NOON = datetime(2026, 2, 4, 12, tzinfo=UTC)


def test_each_has_a_patience_of_his_own():
    limits = RateLimits(1, 1)
    assert [limits.take(who, NOON) > 0 for who in ("a", "a", "b")] == [False, True, False]


def test_who_waited_may_ask_again():
    limits = RateLimits(1, 1)
    limits.take("a", NOON)
    waits_seconds = limits.take("a", NOON)
    assert limits.take("a", NOON + timedelta(seconds=waits_seconds)) == 0


def test_only_the_latest_are_remembered():
    limits = RateLimits(1, 1, most_remembered=2)
    for who in ("a", "b", "a", "c"):
        limits.take(who, NOON)
    assert limits.take("b", NOON) == 0  # forgotten, and begun anew
    assert limits.take("c", NOON) > 0


def test_asking_how_long_to_wait_takes_nothing():
    limits = RateLimits(1, 1)
    assert [limits.waits("a", NOON), limits.take("a", NOON), limits.waits("a", NOON), limits.waits("a", NOON)] == [
        0,
        0,
        60,
        60,
    ]


def test_asking_remembers_nobody():
    limits = RateLimits(1, 1, most_remembered=1)
    limits.take("a", NOON)
    limits.waits("b", NOON)
    limits.quota("c", NOON)
    assert limits.take("a", NOON) > 0
