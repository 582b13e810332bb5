import pytest

from shared.domain.invariants import MEANINGS, Invariant, broken_by_player, broken_by_round

ROUND = {
    "start_unix": 1000,
    "end_unix": 1456,
    "duration_ms": 456_000,
    "pause_ms": 0,
    "limit_ms": 720_000,
    "has_lua_data": True,
}
PLAYER = {
    "played_ms": 456_000,
    "dead_ms": 96_000,
    "denied_seconds": 45,
    "dead_percent": 21.0,
    "duration_ms": 456_000,
    "must_have_played": True,
}


def of_round(**changes):
    return list(broken_by_round(**ROUND | changes))


def of_player(**changes):
    return list(broken_by_player(**PLAYER | changes))


@pytest.mark.parametrize("duration_ms", [454_001, 456_000, 457_999])
def test_a_duration_within_two_seconds_of_its_clock_is_whole(duration_ms):
    assert of_round(duration_ms=duration_ms) == []


@pytest.mark.parametrize("duration_ms", [454_000, 458_000, 12_000])
def test_a_duration_that_its_clock_contradicts_is_broken(duration_ms):
    assert of_round(duration_ms=duration_ms) == [Invariant.DURATION_FITS_CLOCK]


def test_pauses_belong_to_the_clock_and_not_to_the_duration():
    assert of_round(end_unix=1516, pause_ms=60_000) == []
    assert of_round(end_unix=1516) == [Invariant.DURATION_FITS_CLOCK]


@pytest.mark.parametrize("unknown", ["start_unix", "end_unix", "duration_ms", "pause_ms", "limit_ms"])
def test_what_is_unknown_of_a_round_is_not_broken(unknown):
    assert of_round(**{unknown: None}) == []


def test_without_lua_data_the_clock_proves_nothing():
    assert of_round(duration_ms=12_000, has_lua_data=False) == []


@pytest.mark.parametrize("end_unix", [1000, 999])
def test_a_round_starts_before_it_ends(end_unix):
    assert Invariant.START_BEFORE_END in of_round(end_unix=end_unix)


@pytest.mark.parametrize("limit_ms", [0, -1])
def test_a_limit_is_above_nothing(limit_ms):
    assert of_round(limit_ms=limit_ms) == [Invariant.LIMIT_POSITIVE]


def test_a_player_who_lived_and_died_within_the_round_breaks_nothing():
    assert of_player() == []


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({"dead_ms": 456_001}, Invariant.DEAD_WITHIN_PLAYED),
        ({"played_ms": 0, "dead_ms": 0, "denied_seconds": 0}, Invariant.PLAYED_POSITIVE),
        ({"dead_percent": 100.1}, Invariant.DEAD_RATIO_IN_RANGE),
        ({"dead_percent": -0.1}, Invariant.DEAD_RATIO_IN_RANGE),
        ({"denied_seconds": 457}, Invariant.DENIED_WITHIN_PLAYED),
        ({"played_ms": 516_001}, Invariant.PLAYED_WITHIN_DURATION),
    ],
)
def test_each_rule_about_a_player_is_broken_by_its_own_case(changes, broken):
    """P36"""
    assert of_player(**changes) == [broken]


def test_who_only_watched_need_not_have_played():
    assert of_player(played_ms=0, dead_ms=0, denied_seconds=0, must_have_played=False) == []


@pytest.mark.parametrize("unknown", ["played_ms", "dead_ms", "denied_seconds", "dead_percent", "duration_ms"])
def test_what_is_unknown_of_a_player_is_not_broken(unknown):
    assert of_player(**{unknown: None}) == []


def test_every_rule_is_explained():
    assert set(MEANINGS) == set(Invariant)
