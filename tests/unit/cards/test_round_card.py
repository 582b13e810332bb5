import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presenter_bot.cards.builder import text_length
from presenter_bot.cards.round_card import BLUE, RED, build_round_card
from shared.domain.round_view import PlayerLine, RoundView
from shared.domain.text import shown_player
from shared.domain.vocabulary import Confidence, RoundOutcome, Side, StopwatchState
from tests.fakes.discord_api.limits import errors_of

ROUND = RoundView(
    round_id=12,
    server_id="srv1",
    map_name="etl_frostbite",
    round_number=1,
    round_fingerprint="rf1:1:4430f4bbb377f4c9f343b879582b9fb1",
    link_status="linked",
    source="stats_ready",
    duration_seconds=456.27,
    limit_seconds=600.0,
    winner_side=Side.ALLIES,
    defender_side=Side.AXIS,
    stopwatch_state=StopwatchState.TIME_SET,
    outcome=RoundOutcome.TIME_SET,
    time_to_beat_seconds=456.27,
    next_limit_seconds=456.27,
    score_confidence=Confidence.VERIFIED_HEADER,
)
NO_BREAK = "\N{NO-BREAK SPACE}"
HOSTILE = [
    "*_~|>#-`[]()\\" * 3,
    "@everyone" * 4,
    "<@&123456789012345678>" * 2,
    "😀" * 36,
    "https://" * 5,
    "`" * 36,
    "^1" * 18,
]


def a_player(number, *, side=Side.AXIS, name=None, **figures):
    known = {
        "kills": 20,
        "deaths": 12,
        "gibs": 4,
        "damage_given": 3450,
        "damage_received": 2980,
        "team_damage_given": 120,
        "shots": 900,
        "hits": 270,
        "headshots": 30,
        "revives_given": 5,
        "times_revived": 3,
        "played_seconds": 456.27,
        "dead_seconds": 96.0,
        "denied_seconds": 45.0,
        "multikills": (2, 1, 0, 0, 0),
    }
    return PlayerLine(guid=f"{number:08X}", name=name or f"player{number}", side=side, **(known | figures))


def a_round(players, **facts):
    return replace(ROUND, players=tuple(players), **facts)


def embeds(view):
    return [embed for message in build_round_card(view, 34) for embed in message["embeds"]]


def all_text(view):
    """Every word of a card, with plain spaces."""
    return "\n".join(
        "\n".join(
            [embed["title"], embed.get("description", ""), *(f"{f['name']}\n{f['value']}" for f in embed["fields"])]
        )
        for embed in embeds(view)
    ).replace(NO_BREAK, " ")


def field_names(view):
    return [field["name"] for embed in embeds(view) for field in embed["fields"]]


def as_sent(message):
    return {**message, "allowed_mentions": {"parse": []}}


hostile_names = st.one_of(
    st.sampled_from(HOSTILE).map(lambda name: name[:36]),
    st.text(min_size=36, max_size=36),
    st.text(alphabet="*_~|>#-`[]()\\@<:/^1😀", min_size=36, max_size=36),
)
sides = st.sampled_from([Side.AXIS, Side.ALLIES, Side.SPECTATOR, None])
counts = st.one_of(st.none(), st.integers(0, 99_999))


@st.composite
def crowds(draw, least=6, most=64):
    size = draw(st.integers(least, most))
    return [
        a_player(
            number,
            side=draw(sides),
            name=draw(hostile_names),
            kills=draw(counts),
            damage_given=draw(counts),
            denied_seconds=draw(st.one_of(st.none(), st.floats(0, 99_999))),
            multikills=draw(st.tuples(*[counts] * 5)),
        )
        for number in range(size)
    ]


@settings(max_examples=60, deadline=None)
@given(crowds())
def test_every_card_of_6_to_64_players_with_hostile_names_stays_within_every_limit(players):
    """P34, P62"""
    for message in build_round_card(a_round(players), 34):
        assert errors_of(as_sent(message)) is None


@settings(max_examples=60, deadline=None)
@given(crowds())
def test_no_player_is_ever_left_out(players):
    """P34: each has his own line, whatever had to be said of him less."""
    text = all_text(a_round(players))
    places = re.findall(r"^(?:🥇|🥈|🥉|`\d+`|▫️) (?:🤖 )?\*\*.+\*\*$", text, re.MULTILINE)
    assert len(places) == len(players)
    for player in players:
        assert any(shown_player(player.name, player.guid, width) in text for width in (16, 10))


@pytest.mark.parametrize("size", [6, 12, 24, 32, 40, 48, 64])
def test_a_card_of_up_to_64_players_is_one_message(size):
    players = [a_player(number, side=Side(1 + number % 2), name=HOSTILE[0][:36]) for number in range(size)]
    assert len(build_round_card(a_round(players), 34)) == 1


@pytest.mark.parametrize(
    ("size", "told", "dropped"),
    [(12, ["played", "Rev 5"], []), (40, ["Rev 5"], ["played"]), (64, [], ["played", "Rev 5"])],
)
def test_a_crowded_card_says_less_of_each_player_the_third_line_going_first(size, told, dropped):
    text = all_text(a_round([a_player(number, side=Side(1 + number % 2), name="x" * 36) for number in range(size)]))
    assert all(words in text for words in told)
    assert not any(words in text for words in dropped)


def test_more_players_than_any_message_holds_go_on_in_further_messages_that_say_which_they_are():
    crowd = [a_player(number, name="*" * 36) for number in range(300)]
    messages = build_round_card(a_round(crowd), 34)
    assert len(messages) > 1
    assert all(errors_of(as_sent(message)) is None for message in messages)
    footers = [message["embeds"][0]["footer"]["text"] for message in messages]
    assert [footer.split(" · ")[1] for footer in footers] == ["P34", *(f"P34.{n}" for n in range(2, len(messages) + 1))]
    assert messages[1]["embeds"][0]["title"].endswith(f"(2/{len(messages)})")


@given(confidence=st.sampled_from([*Confidence, None]), number=st.sampled_from([1, 2]))
def test_the_score_confidence_is_always_shown(confidence, number):
    view = a_round([], score_confidence=confidence, round_number=number)
    assert f"Score confidence: {confidence or 'unknown'}" in embeds(view)[0]["description"]


@given(
    winner=st.sampled_from([Side.AXIS, Side.ALLIES, None]),
    defender=st.sampled_from([Side.AXIS, Side.ALLIES, None]),
    surrender=st.sampled_from([Side.AXIS, Side.ALLIES, None]),
)
def test_sides_are_words_and_never_a_raw_number(winner, defender, surrender):
    """P61"""
    view = a_round([], winner_side=winner, defender_side=defender, surrender_side=surrender)
    _, winner_line, attack_line, *_ = embeds(view)[0]["description"].splitlines()
    assert not re.search(r"\d", winner_line + attack_line)
    for side, name in ((Side.AXIS, "Axis"), (Side.ALLIES, "Allies")):
        assert (f"**{name}** won" in winner_line) == (winner is side)
    assert ("unknown" in attack_line) == (defender is None)


def test_the_winner_is_told_with_team_and_outcome_and_both_sides_with_their_tasks():
    lines = embeds(a_round([], allies_team_name="vid_*", axis_team_name="bronze"))[0]["description"].splitlines()
    assert lines[1] == "🏆 **Allies (vid\\_\\*)** won · Completed"
    assert lines[2] == "⚔️ Allies (vid\\_\\*) attacked · 🛡️ Axis (bronze) defended"


def test_a_surrender_is_told_as_one():
    view = a_round(
        [], winner_side=Side.AXIS, surrender_side=Side.ALLIES, outcome=RoundOutcome.SURRENDER_END, stopwatch_state=None
    )
    assert embeds(view)[0]["description"].splitlines()[1] == "🏆 **Axis** won · Allies surrendered"


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ({}, "⏱️ **7:36** of 10:00 · src unknown"),
        ({"duration_source": "limit"}, "⏱️ **7:36** of 10:00 · src limit"),
        ({"limit_seconds": None}, "⏱️ **7:36** · limit unknown · src unknown"),
        ({"duration_seconds": None}, "⏱️ Time unknown · limit 10:00"),
        ({"pause_count": 1, "pause_seconds": 20.05}, "⏱️ **7:36** of 10:00 · src unknown · ⏸️ 1 pause, 0:20"),
        (
            {"header_clock_seconds": 600.0, "duration_source": "lua"},
            "⏱️ SW 10:00 | EL **7:36** | Δ +2:23 | Limit 10:00 | src lua",
        ),
    ],
)
def test_the_time_is_one_line_and_two_clocks_are_set_side_by_side(facts, line):
    assert embeds(a_round([], **facts))[0]["description"].splitlines()[0] == line


def test_the_stopwatch_line_tells_the_time_to_beat_and_the_next_limit():
    assert embeds(ROUND)[0]["description"].splitlines()[4] == "🎯 Stopwatch: TIME_SET · to beat 7:36 · next limit 7:36"


def test_round_one_is_blue_and_round_two_red():
    assert embeds(a_round([], round_number=1))[0]["color"] == BLUE
    assert embeds(a_round([], round_number=2))[0]["color"] == RED


def test_a_repeated_map_says_which_play_it_is():
    assert embeds(a_round([], play_number=2))[0]["title"] == "Round 1 Complete \N{EN DASH} etl\\_frostbite (#2)"
    assert embeds(a_round([], play_number=1))[0]["title"] == "Round 1 Complete \N{EN DASH} etl\\_frostbite"


def test_the_footer_leads_back_to_the_evidence():
    assert embeds(ROUND)[0]["footer"]["text"] == "Round 12 · P34 · 1:4430f4bb · linked · stats_ready"


def test_each_side_is_ranked_on_its_own_by_kills():
    players = [a_player(1, kills=5), a_player(2, kills=9), a_player(3, side=Side.ALLIES, kills=1)]
    sections = {field["name"].split(" — ")[0]: field["value"] for field in embeds(a_round(players))[0]["fields"]}
    assert sections["🟥 Axis"].startswith("🥇 **player2**")
    assert "🥈 **player1**" in sections["🟥 Axis"]
    assert sections["🟦 Allies"].startswith("🥇 **player3**")


def test_a_player_of_no_known_side_has_a_section_of_his_own():
    assert "⬜ Unknown side — 1 player" in field_names(a_round([a_player(1, side=None)]))


def test_a_long_section_goes_on_under_its_name():
    names = field_names(a_round([a_player(number) for number in range(12)]))
    assert "🟥 Axis — 12 players (cont.)" in names


def test_the_lines_of_a_player():
    value = embeds(a_round([a_player(1)]))[0]["fields"][0]["value"]
    assert value.replace(NO_BREAK, " ").splitlines() == [
        "🥇 **player1**",
        "20/12/4 (1.67) · 454 DPM · 3450↑ 2980↓ · 30.0% ACC · 30 HS · Rev 5↑ 3↓",
        "-# TmDmg 120 · 7:36 played · dead 1:36 (21%) · denied 0:45 (10%) · 2 double, 1 triple",
    ]


def test_a_narrow_screen_breaks_a_line_between_two_figures_and_never_within_one():
    fighting = embeds(a_round([a_player(1)]))[0]["fields"][0]["value"].splitlines()[1]
    plain = "20/12/4 (1.67) ·|454 DPM ·|3450↑ 2980↓ ·|30.0% ACC ·|30 HS ·|Rev 5↑ 3↓"
    assert fighting.split(" ") == [part.replace(" ", NO_BREAK) for part in plain.split("|")]


def test_what_no_source_told_of_a_player_is_a_dash_with_its_reason_and_never_a_zero():
    view = a_round([a_player(1, gibs=None, denied_seconds=None), a_player(2)])
    assert "20/12/\N{EN DASH} (1.67)" in all_text(view)
    assert "denied \N{EN DASH}" in all_text(view)
    assert "\N{EN DASH} not told by stats_ready so far" in all_text(view)


def test_what_no_source_told_of_anybody_is_named_once_and_not_in_every_line():
    view = a_round([a_player(1, denied_seconds=None, headshots=None), a_player(2, denied_seconds=None, headshots=None)])
    assert "Not told by stats_ready so far: HS, denied" in all_text(view)
    assert "\N{EN DASH} HS" not in all_text(view)
    assert "denied \N{EN DASH}" not in all_text(view)
    assert "head hits" not in all_text(view)


def test_a_crowded_card_gives_the_reason_of_the_dashes_in_its_summary_too():
    view = a_round([a_player(number, gibs=None, hits=None if number else 270) for number in range(64)])
    assert "ø \N{EN DASH} ACC" in all_text(view)
    assert "\N{EN DASH} not told by stats_ready so far" in all_text(view)


def test_a_player_who_never_fired_has_no_accuracy_and_it_is_no_fault_of_a_source():
    text = all_text(a_round([a_player(1, shots=0, hits=0)]))
    assert "no shots" in text
    assert "not told" not in text


def test_a_player_known_by_name_alone_has_one_line_and_no_place():
    view = a_round([PlayerLine("ABCD1234", "lone", Side.AXIS)])
    assert embeds(view)[0]["fields"][0]["value"] == "▫️ **lone**"


def test_a_total_is_not_shown_when_a_part_of_it_is_unknown():
    summary = embeds(a_round([a_player(1), a_player(2, kills=None)]))[0]["fields"][-1]["value"]
    assert "\N{EN DASH} kills · 24 deaths" in summary


def test_averages_are_those_of_the_sums():
    players = [a_player(1, hits=10, shots=100), a_player(2, hits=90, shots=100)]
    assert "ø 50.0% ACC" in embeds(a_round(players))[0]["fields"][-1]["value"]


def test_a_round_without_players_still_makes_a_card():
    assert embeds(ROUND)[0]["fields"][0]["value"] == "No players known for this round yet."


def test_emoji_are_counted_as_the_strictest_counting_does():
    assert text_length("😀") == 2
