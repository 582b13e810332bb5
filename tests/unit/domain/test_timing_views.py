from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.round_times import NO_LUA_DATA, UnlinkedLua
from shared.domain.timing_comparison import comparison, marker, players, status
from shared.domain.timing_round import analysis, round_debug
from shared.domain.timing_session import mark, session_csv, session_debug, summary
from shared.domain.timing_told import told_timing
from shared.domain.timing_view import Tone, tone
from shared.domain.vocabulary import Side
from tests.unit.domain.times import a_file, a_player, given_up, lua, times

UNLINKED = UnlinkedLua("ambiguous_tie", 1200)
HOSTILE = ["```", "@everyone", "^1`^2`", "a\nb\x1b[31m", "|" * 40]


def part(view, name):
    (found,) = [one for one in view.parts if one.name == name]
    return "\n".join(found.lines)


def everything(view):
    return "\n".join([view.title, *(line for one in view.parts for line in one.lines), view.footer])


def test_a_round_is_shown_with_what_each_source_says_of_it():
    view = round_debug(times())

    assert (view.title, view.tone) == ("TIMING DEBUG: supply R1", Tone.GREEN)
    assert "duration: 7:36 (456.25 s)  source lua, aligned" in part(view, "Round")
    assert part(view, "Stats File").startswith("time: 7:36 (456 s)  source header")
    assert "wall-clock: 7:36 (456.25 s), with warmup 9:06 (546.25 s)" in part(view, "Lua")
    assert "from Lua's end: +1 s, ok" in part(view, "File Stamp")
    assert part(view, "Analysis") == "stats - Lua: -0.2 s\nok"


def test_every_view_leads_to_its_evidence():
    for view in (round_debug(times()), comparison([times()]), session_debug(3, [times()])):
        for word in ("round_fingerprint 1:4430f4bb", "link_status linked", "source stats_ready"):
            assert word in view.footer


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (times(file=a_file(field9_ms=456_250)), "perfect"),
        (times(file=a_file(header_clock_ms=460_000)), "ok"),
        (given_up(), "surrender corrected"),
        (times(file=a_file(field9_ms=516_000), pause_ms=60_000), "pauses explain"),
        (times(file=a_file(field9_ms=516_000)), "investigate"),
    ],
)
def test_what_a_difference_means(one, said):
    assert analysis(one)[-1] == said


@pytest.mark.parametrize(
    ("apart_seconds", "color"),
    [(0, Tone.GREEN), (59, Tone.GREEN), (60, Tone.ORANGE), (119, Tone.ORANGE), (120, Tone.RED), (-120, Tone.RED)],
)
def test_the_colour_of_a_round_is_that_of_its_difference(apart_seconds, color):
    assert round_debug(times(file=a_file(field9_ms=456_250 + apart_seconds * 1000))).tone is color


def test_without_a_lua_row_of_its_id_a_round_has_no_lua_data():
    """P10"""
    view = round_debug(times(lua=None))

    assert (view.tone, part(view, "Lua"), part(view, "Analysis")) == (Tone.GREY, NO_LUA_DATA, NO_LUA_DATA)


def test_lua_data_that_is_not_linked_is_told_with_its_reason():
    """P10"""
    view = round_debug(times(lua=None, unlinked=UNLINKED))

    assert part(view, "Lua") == "LUA DATA NOT LINKED (ambiguous_tie)"
    assert "link_status linked · Lua: ambiguous_tie, medium" in view.footer


@pytest.mark.parametrize(("seconds", "grade"), [(599, "high"), (600, "medium"), (1799, "medium"), (1800, "low")])
def test_how_near_unlinked_lua_data_is(seconds, grade):
    assert UnlinkedLua(None, seconds).link_grade == grade


def test_a_stamp_far_from_luas_end_is_to_be_looked_at():
    assert "from Lua's end: +90 s, investigate" in part(
        round_debug(times(file=a_file(stamp_end_unix=lua().end_unix + 90))), "File Stamp"
    )


def test_broken_invariants_stand_with_the_round():
    assert "BROKEN: duration_fits_clock" in part(round_debug(times(breaches=("duration_fits_clock",))), "Round")


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_leaves_its_code_block_or_its_line(name):
    """P62"""
    one = given_up(
        map_name=name, lua=lua(surrender_side=Side.ALLIES, surrender_caller=name), players=(a_player(name=name),)
    )
    for view in (round_debug(one), comparison([one]), session_debug(1, [one])):
        lines = [view.title, *(line for found in view.parts for line in found.lines)]
        assert not any(bad in line for line in lines for bad in ("`", "\n", "\x1b"))


@pytest.mark.parametrize(
    ("one", "sign"),
    [
        (given_up(), "✓"),
        (times(file=a_file(field9_ms=456_250)), "="),
        (times(), "≈"),
        (times(file=a_file(field9_ms=470_000)), "?"),
        (times(lua=None), "⚠"),
        (times(file=None), "·"),
        (times(lua=lua(duration_ms=None)), "?"),
    ],
)
def test_each_round_of_a_session_has_its_mark(one, sign):
    assert mark(one) == sign


def test_a_session_sums_up_what_was_corrected_and_what_is_missing():
    rounds = [times(), given_up(round_id=8), times(round_id=9, lua=None)]
    told = summary(rounds)
    view = session_debug(3, rounds)

    assert (told.with_lua, told.rounds, told.surrender_fixes, told.corrected_ms, told.largest_ms) == (
        2,
        3,
        1,
        470_000,
        470_000,
    )
    assert part(view, "Missing") == "supply R1 (round_id 9): NO LUA DATA"
    assert view.tone is Tone.RED
    assert part(view, "Rounds").splitlines()[2] == "supply   R1  12:00   4:10  +470 ✓"


def test_a_session_without_a_comparable_round_is_grey():
    assert session_debug(3, [times(lua=None)]).tone is Tone.GREY
    assert session_debug(3, []).tone is Tone.GREY


def test_the_csv_of_a_session_has_a_row_for_each_round_and_no_formula():
    written = session_csv([times(map_name="=1+1"), times(lua=None)])

    assert len(written.splitlines()) == 3
    assert ",'=1+1,1,linked,linked,stats_ready,456.0,header,456.25,-0.25,≈," in written


@pytest.mark.parametrize(
    ("one", "word", "color"),
    [
        (times(), "ALIGNED", Tone.GREEN),
        (times(file=a_file(field9_ms=486_251)), "MINOR DIFF", Tone.ORANGE),
        (times(file=a_file(field9_ms=516_251)), "DISCREPANCY", Tone.RED),
        (times(lua=None), "NO LUA DATA", Tone.GREY),
        (times(lua=None, unlinked=UNLINKED), "LUA DATA NOT LINKED (ambiguous_tie)", Tone.GREY),
        (times(file=None), "NO STATS FILE", Tone.GREY),
    ],
)
def test_a_comparison_says_how_far_the_sources_are_apart(one, word, color):
    view = comparison([one])

    assert (status([one]), part(view, "Status"), view.tone) == (word, word, color)


def test_a_players_times_are_shown_before_and_after_the_factor():
    view = comparison([given_up(players=(a_player(played_ms=720_000, dead_ms=144_000),))])

    assert part(view, "Difference") == "+470.0 s\nfactor 0.347"
    assert part(view, "Players") == "[AX] player AB12… 12:00→4:10 dead 2:24→0:50 20% 288 DPM"


def test_the_ten_who_played_longest_are_compared():
    """P40: by GUID, whatever they call themselves."""
    many = tuple(a_player(f"{number:08X}", name="same", played_ms=1000 * number) for number in range(1, 13))

    assert [one.played_ms for one in players([times(players=many)])] == [1000 * number for number in range(12, 2, -1)]


@pytest.mark.parametrize(
    ("sides", "shown"),
    [
        ([Side.AXIS], "[AX]"),
        ([Side.ALLIES], "[AL]"),
        ([Side.AXIS, Side.ALLIES], "[MX]"),
        ([Side.AXIS, None], "[--]"),
        ([Side.SPECTATOR], "[--]"),
    ],
)
def test_the_marker_of_a_player_tells_his_sides_in_the_rounds_shown(sides, shown):
    assert marker(sides) == shown


def test_the_two_rounds_of_a_match_are_compared_together():
    first, second = times(), times(round_number=2, players=(a_player(side=Side.ALLIES),))
    view = comparison([first, second])

    assert view.title == "TIMING COMPARISON: supply R1 + R2"
    assert "[MX]" in part(view, "Players")


def test_the_same_times_as_data():
    told = told_timing(given_up())

    assert told["quantities"]["duration"] == {"value": 250.0, "source": "lua", "divergence": "explained_surrender"}
    assert (told["verdict"], told["difference_seconds"], told["link_grade"]) == ("surrender corrected", 470.0, "direct")
    assert told_timing(times(lua=None))["lua_data"] == NO_LUA_DATA


_MS = st.integers(0, 3_600_000) | st.none()


@given(duration=_MS, clock=_MS, field9=_MS, pause=_MS, stamp=st.integers(0, 2**33) | st.none())
def test_whatever_is_known_every_view_can_be_drawn(duration, clock, field9, pause, stamp):
    one = times(
        lua=lua(duration_ms=duration, pause_ms=pause),
        file=a_file(header_clock_ms=clock, field9_ms=field9, stamp_end_unix=stamp),
        pause_ms=pause,
    )
    for view in (round_debug(one), comparison([one]), session_debug(1, [one, replace(one, lua=None)])):
        assert everything(view)


def test_a_difference_nobody_knows_has_no_colour():
    assert tone(None, 1, 2) is Tone.GREY
