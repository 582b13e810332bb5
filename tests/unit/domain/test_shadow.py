import pytest

from shared.domain.figures import UNAVAILABLE
from shared.domain.shadow import ShadowReason, by_player, dead_words, gate, shadows, top
from tests.unit.domain.times import a_player, lua, times


def shadow_of(player, **round_changes):
    return shadows(times(players=(player, a_player("7A00BEEF")), **round_changes))[0]


def test_old_is_the_stats_files_and_new_is_luas():
    one = shadow_of(a_player())

    assert (one.old_dead_ms, one.new_dead_ms, one.delta_ms, one.reasons) == (96_000, 100_000, 4_000, ())


def test_denied_time_grows_as_the_time_alive_does():
    assert shadow_of(a_player(lua_dead_ms=6_000)).new_denied_ms == 45_000


@pytest.mark.parametrize(
    ("player", "new_ms", "reason"),
    [
        (a_player(lua_dead_ms=None), None, ShadowReason.LUA_MISSING_FOR_GUID_PREFIX),
        (a_player(lua_dead_ms=-1), 0, ShadowReason.LUA_DEAD_NEGATIVE_CLAMPED),
        (a_player(lua_dead_ms=457_000), 456_000, ShadowReason.LUA_DEAD_CAPPED_TO_PLAUSIBLE_LIMIT),
    ],
)
def test_why_new_is_not_as_it_was_told(player, new_ms, reason):
    one = shadow_of(player)

    assert (one.new_dead_ms, one.reasons[0]) == (new_ms, reason)


def test_new_is_never_more_than_luas_duration():
    assert shadow_of(a_player(lua_dead_ms=400_000), lua=lua(duration_ms=250_000)).new_dead_ms == 250_000


def test_a_round_without_spawn_statistics_says_so_for_everyone():
    lines = shadows(times(players=(a_player(lua_dead_ms=None),)))

    assert lines[0].reasons == (ShadowReason.LUA_MISSING_FOR_ROUND,)


def test_lua_data_that_cannot_be_read_is_not_missing():
    lines = shadows(times(), is_lua_unreadable=True)

    assert {line.reasons for line in lines} == {(ShadowReason.LUA_QUERY_FAILED,)}


def test_old_is_clamped_to_what_was_played():
    assert shadow_of(a_player(dead_ms=500_000)).old_dead_ms == 456_000
    assert shadow_of(a_player(dead_ms=None)).old_dead_ms is None


def test_who_was_dead_all_the_time_by_old_keeps_what_he_denied():
    one = shadow_of(a_player(dead_ms=456_000))

    assert (one.new_denied_ms, one.reasons) == (36_000, (ShadowReason.OLD_ACTIVE_ZERO,))


def rounds(covered, of):
    return [
        times(round_id=number, players=(a_player(lua_dead_ms=100_000 if number < covered else None),))
        for number in range(of)
    ]


@pytest.mark.parametrize(("covered", "of", "is_met"), [(9, 10, True), (8, 10, False), (0, 10, False), (0, 0, False)])
def test_the_gate_needs_more_than_its_share_of_rounds(covered, of, is_met):
    some = rounds(covered, of)
    told = gate(some, [line for one in some for line in shadows(one)], 80)

    assert (told.is_met, told.covered, told.rounds, len(told.uncovered)) == (is_met, covered, of, of - covered)


def test_the_gate_tells_how_large_the_differences_are():
    lines = shadows(times(players=tuple(a_player(f"{n:08X}", lua_dead_ms=96_000 + n * 1000) for n in range(1, 21))))
    told = gate([times()], lines)

    assert (told.median_ms, told.p95_ms, told.coverage_percent) == (10_500, 19_000, 100.0)


def test_the_gate_of_nothing_knows_no_difference():
    told = gate([], [])

    assert (told.median_ms, told.p95_ms, told.coverage_percent, told.is_met) == (None, None, None, False)


def test_a_player_is_summed_over_the_rounds_in_which_both_are_known():
    """P40"""
    lines = shadows(times()) + shadows(times(round_id=8, players=(a_player(lua_dead_ms=None, name="other"),)))
    (first, second) = by_player(lines)

    assert {first.guid: first.covered, second.guid: second.covered} == {"AB12CD34": 1, "7A00BEEF": 1}
    assert {one.delta_ms for one in (first, second)} == {4_000}
    assert next(one.rounds for one in (first, second) if one.guid == "AB12CD34") == 2


@pytest.mark.parametrize(("asked", "shown"), [(0, 1), (1, 1), (8, 8), (20, 20), (99, 20)])
def test_the_largest_differences_are_at_most_twenty(asked, shown):
    lines = shadows(times(players=tuple(a_player(f"{n:08X}", lua_dead_ms=n * 1000) for n in range(30))))

    assert len(top(lines, asked)) == shown


@pytest.mark.parametrize(
    ("old", "new", "is_dual", "words"),
    [
        (96_000, 100_000, True, "O 1:36 / N 1:40"),
        (96_000, None, True, f"O 1:36 / N {UNAVAILABLE}"),
        (96_000, 100_000, False, "1:40"),
        (96_000, None, False, "1:36 (old)"),
        (None, None, False, UNAVAILABLE),
    ],
)
def test_both_values_are_shown_until_the_cut_over_and_old_is_marked_after_it(old, new, is_dual, words):
    assert dead_words(old, new, is_dual=is_dual) == words
