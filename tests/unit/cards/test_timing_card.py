from hypothesis import given
from hypothesis import strategies as st

from presenter_bot.cards.builder import FIELD_VALUE_LIMIT, text_length
from presenter_bot.cards.timing_card import build_timing_card
from shared.domain.timing_comparison import comparison
from shared.domain.timing_round import round_debug
from shared.domain.timing_session import session_debug
from shared.domain.timing_view import View
from tests.fakes.discord_api.limits import errors_of
from tests.unit.domain.times import a_file, a_player, given_up, lua, times


def embeds(view):
    return [embed for message in build_timing_card(view) for embed in message["embeds"]]


def fields(view):
    return [field for embed in embeds(view) for field in embed["fields"]]


def is_within_limits(view):
    sent = [message | {"allowed_mentions": {"parse": []}} for message in build_timing_card(view)]
    return all(errors_of(message) is None for message in sent)


def test_a_card_has_the_views_title_colour_and_footer():
    (embed,) = embeds(round_debug(given_up()))

    assert (embed["title"], embed["color"]) == ("TIMING DEBUG: supply R1", 0xE74C3C)
    assert "1:4430f4bb" in embed["footer"]["text"]


def test_the_three_figures_of_a_comparison_stand_beside_each_other():
    beside = [field["name"] for field in fields(comparison([times()])) if field["inline"]]

    assert beside == ["Stats File", "Lua", "Difference"]


def test_many_rounds_go_on_in_further_fields_and_none_is_lost():
    """P34"""
    rounds = [times(round_id=number, map_name=f"map{number:03}") for number in range(120)]
    view = session_debug(1, rounds)
    rows = "\n".join(field["value"] for field in fields(view))

    assert is_within_limits(view)
    assert all(f"map{number:03}" in rows for number in range(120))
    assert [field["name"] for field in fields(view)][:2] == ["Rounds", "Rounds (cont.)"]


def test_every_field_is_a_whole_code_block():
    for field in fields(session_debug(1, [times(lua=None, round_id=number) for number in range(80)])):
        assert field["value"].startswith("```\n")
        assert field["value"].endswith("\n```")
        assert text_length(field["value"]) <= FIELD_VALUE_LIMIT


_NAMES = st.text(max_size=36) | st.sampled_from(["`" * 36, "@everyone" * 4, "😀" * 36, "^1" * 18, "*_~|>#-[]()\\" * 3])


@given(name=_NAMES, count=st.integers(0, 64), rounds=st.integers(1, 40))
def test_no_name_and_no_number_of_players_breaks_a_limit(name, count, rounds):
    """P34, P62"""
    players = tuple(a_player(f"{number:08X}", name=name) for number in range(count))
    file = a_file(filename=f"2026-02-03-235512-{name}-round-1.txt")
    one = given_up(map_name=name, players=players, file=file, lua=lua(surrender_caller=name, end_reason_raw=name))
    views: list[View] = [round_debug(one), comparison([one, one]), session_debug(1, [one] * rounds)]

    assert all(map(is_within_limits, views))
