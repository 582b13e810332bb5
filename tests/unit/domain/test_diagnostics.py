import pytest

from shared.domain.diagnostics import (
    Findings,
    LinkageStatus,
    Status,
    health_status,
    linkage_status,
    share_percent,
    verdict,
)

FINE = {"unlinked_24h": 0, "missing_lua": 0, "quarantined_last_hour": 0, "stats_ready_age_seconds": 60}


def test_without_rows_linkage_is_unknown_and_not_poor():
    """P73"""
    assert (share_percent(0, 0), linkage_status(share_percent(0, 0))) == (None, LinkageStatus.UNKNOWN)


@pytest.mark.parametrize(
    ("percent", "status"),
    [(100, "healthy"), (90, "healthy"), (89.9, "degraded"), (50, "degraded"), (49.9, "poor"), (0, "poor")],
)
def test_linkage_has_three_known_grades(percent, status):
    assert linkage_status(percent) == status


@pytest.mark.parametrize(
    ("waits", "quarantined", "status"),
    [
        (None, 0, Status.OK),
        (119, 0, Status.OK),
        (120, 0, Status.WARNING),
        (599, 0, Status.WARNING),
        (600, 0, Status.ERROR),
        (None, 1, Status.WARNING),
        (None, 3, Status.ERROR),
    ],
)
def test_health_follows_what_waits_and_what_is_not_understood(waits, quarantined, status):
    assert health_status(waits, quarantined) is status


def test_when_nothing_is_wrong_the_verdict_is_ok():
    assert verdict(Findings(is_database_reachable=True, **FINE)) is Status.OK


def test_a_service_nobody_has_reported_to_yet_is_ok():
    fresh = FINE | {"stats_ready_age_seconds": None}
    assert verdict(Findings(is_database_reachable=True, **fresh)) is Status.OK


@pytest.mark.parametrize(
    "trouble",
    [{"failed_sections": 1}, {"unlinked_24h": 1}, {"missing_lua": 1}, {"unjudged": 1}, {"quarantined_last_hour": 1}],
)
def test_each_trouble_is_a_warning(trouble):
    assert verdict(Findings(is_database_reachable=True, **FINE | trouble)) is Status.WARNING


def test_a_failed_measurement_is_never_taken_for_good():
    """P44"""
    nothing_read = Findings(is_database_reachable=True, failed_sections=5)
    assert verdict(nothing_read) is Status.WARNING


def test_without_a_database_the_verdict_is_error():
    assert verdict(Findings(is_database_reachable=False)) is Status.ERROR


@pytest.mark.parametrize(
    ("ours", "others", "status"),
    [
        (1_801, 60, Status.ERROR),
        (None, 60, Status.ERROR),
        (1_800, 60, Status.OK),
        (1_801, 1_801, Status.OK),
        (1_801, None, Status.OK),
    ],
)
def test_a_reporter_silent_while_others_tell_of_rounds_is_an_error(ours, others, status):
    ages = {"stats_ready_age_seconds": ours, "other_sources_age_seconds": others}
    assert verdict(Findings(is_database_reachable=True, **FINE | ages)) is status


def test_an_open_p1_is_an_error():
    assert verdict(Findings(is_database_reachable=True, open_p1_incidents=1, **FINE)) is Status.ERROR
