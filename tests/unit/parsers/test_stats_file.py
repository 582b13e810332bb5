import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.vocabulary import ParseStatus, QuarantineReason, Side
from shared.parsers import stats_file
from tests.unit.parsers.stats_lines import HEADER, THOMPSON, a_file, a_line, noted, read, values


def the_player(told):
    (player,) = told.players
    return player


@pytest.mark.parametrize("body", [b"", b"\n", b" \r\n\t\n", b"\xef\xbb\xbf"])
def test_a_file_of_nothing_is_empty(body):
    assert stats_file.read(body).quarantine_reason is QuarantineReason.EMPTY


@pytest.mark.parametrize(
    "body",
    [
        b"x" * 1_000_000,
        b"hello\nworld\n",
        b"\0" * 4096,
        bytes(range(256)) * 64,
        b"\xff\xfe\x00\xd8" * 500,
        b"\n" + a_line().encode(),
    ],
)
def test_what_does_not_begin_with_a_header_is_no_stats_file(body):
    told = stats_file.read(body)

    assert (told.header, told.players, told.parse_status) == (None, (), ParseStatus.FAILED)
    assert told.quarantine_reason is QuarantineReason.MALFORMED_HEADER


@pytest.mark.parametrize("lines", ["", "\n", "\nno player\n" * 3, "\n" + "junk\n" * 100_000, "\n" + "y" * 1_000_000])
def test_a_header_without_players_is_a_failure_and_no_success(lines):
    """P49."""
    told = stats_file.read((HEADER + lines).encode())

    assert (told.quarantine_reason, told.players) == (QuarantineReason.NO_READABLE_PLAYER, ())
    assert told.header.map_name == "etl_frostbite"
    assert len(told.problems) <= 50


@pytest.mark.parametrize(
    "line",
    [
        "AB12CD34\tNordik\t2\tWS_THOMPSON 60 200 8 0 15\tWS_MP40 0 0 0 5 0",
        "AB12CD34\\Nordik\\1\\2\\WS_THOMPSON 60 200 8 0 15 \t" + values(),
        "AB12CD34\\Nordik\\1\\2\\32 60 200 8 \t" + values(),
        "AB12CD34\\Nordik\\1\\2\\ \t" + values(),
        "AB12CD34\\Nordik\\1\\2",
        "AB12CD34\\Nor\\dik\\1\\2\\32 60 200 8 0 15 \t" + values(),
        "AB12CD34\\Nordik\\1\\2\\-32 60 200 8 0 15 \t" + values(),
        "AB12CD34\\Nordik\\1\\2\\4294967296 60 200 8 0 15 \t" + values(),
    ],
)
def test_a_line_that_only_looks_like_a_players_is_none(line):
    """P49."""
    told = read(line)

    assert (told.quarantine_reason, noted(told)) == (QuarantineReason.NO_READABLE_PLAYER, [("/2", "unreadable_line")])


def test_a_line_that_cannot_be_read_costs_itself_alone():
    told = read("no player", a_line())

    assert (len(told.players), told.parse_status, noted(told)) == (1, ParseStatus.PARTIAL, [("/2", "unreadable_line")])


def test_a_file_of_windows_says_the_same():
    assert stats_file.read(a_file().replace(b"\n", b"\r\n")) == stats_file.read(a_file())


def test_a_byte_order_mark_says_nothing():
    assert stats_file.read(b"\xef\xbb\xbf" + a_file()) == stats_file.read(a_file())


def test_every_value_has_its_name():
    fields = the_player(read(a_line(tail="\t".join(str(n) for n in range(38))))).fields

    assert tuple(fields) == tuple(range(38))
    assert (fields.damage_given, fields.xp, fields.time_played_minutes, fields.revives_given) == (0, 9, 22, 37)


def test_a_group_of_five_is_hits_shots_kills_deaths_and_headshots():
    (weapon,) = the_player(read()).weapons

    assert (weapon.weapon_index, weapon.hits, weapon.shots, weapon.kills, weapon.deaths, weapon.headshots) == (
        5, 60, 200, 8, 3, 15,
    )  # fmt: skip


def test_totals_are_sums_over_the_weapons():
    player = the_player(read(a_line(weapons="48 1 2 3 4 5 10 20 30 40 50")))

    assert (player.hits, player.shots, player.kills, player.deaths, player.headshots) == (11, 22, 33, 44, 55)


def test_a_weapon_without_a_name_is_kept_under_its_bit():
    player = the_player(read(a_line(weapons="2147483680 1 1 1 1 1 2 2 2 2 2")))

    assert [weapon.weapon_index for weapon in player.weapons] == [5, 31]


def test_a_mask_of_zero_is_a_player_without_weapons():
    player = the_player(read(a_line(weapons="0")))

    assert (player.weapons, player.kills, player.is_partial) == ((), 0, False)


def test_a_mask_that_promises_more_leaves_the_whole_groups_and_no_totals():
    told = read(a_line(weapons="52 1 2 3 4 5 6 7 8 9 10 11 12"))
    player = the_player(told)

    assert ([weapon.weapon_index for weapon in player.weapons], player.kills, player.is_partial) == ([2, 4], None, True)
    assert noted(told) == [("/2/weapon_5", "missing_values")]


def test_a_mask_that_promises_less_is_flagged_and_its_totals_unknown():
    told = read(a_line(weapons="32 1 2 3 4 5 6 7 8 9 10"))
    player = the_player(told)

    assert (len(player.weapons), player.kills, player.is_partial) == (1, None, True)
    assert noted(told) == [("/2/weapons", "surplus_numbers")]


@pytest.mark.parametrize(
    ("count", "code"),
    [
        ("-1", "not_a_number"),
        ("x", "not_a_number"),
        ("1.5", "not_a_number"),
        ("2147483648", "out_of_range"),
        ("9" * 5000, "not_a_number"),
    ],
)
def test_a_counter_that_counts_nothing_costs_its_weapon(count, code):
    told = read(a_line(weapons=f"48 1 {count} 1 1 1 2 2 2 2 2"))
    player = the_player(told)

    assert ([weapon.weapon_index for weapon in player.weapons], player.kills) == ([5], None)
    assert noted(told) == [("/2/weapon_4", code)]


def test_more_hits_than_shots_are_no_fault():
    told = read(a_line(weapons="2048 9 3 1 0 0"))

    assert (the_player(told).hits, noted(told)) == (9, [])


@pytest.mark.parametrize("text", ["x", "", "1.5", "nan", "inf", "1e3", "7:36", "456.4 sec", "1_000", "+1", "9" * 5000])
def test_a_value_that_cannot_be_read_costs_itself_alone(text):
    """P55."""
    told = read(a_line(tail=values(gibs=text)))
    fields = the_player(told).fields

    assert (fields.gibs, fields.team_damage_received, fields.self_kills) == (None, 1, 1)
    assert (noted(told), told.parse_status) == ([("/2/gibs", "not_a_number")], ParseStatus.PARTIAL)


@pytest.mark.parametrize("text", ["-1", "2147483648"])
def test_a_value_that_nothing_can_count_is_unknown(text):
    told = read(a_line(tail=values(gibs=text)))

    assert (the_player(told).fields.gibs, noted(told)) == (None, [("/2/gibs", "out_of_range")])


def test_experience_may_be_negative():
    told = read(a_line(tail=values(xp="-12")))

    assert (the_player(told).fields.xp, noted(told)) == (-12, [])


@pytest.mark.parametrize(
    ("name", "text"),
    [("damage_given", "60001"), ("gibs", "10001"), ("time_alive_percent", "100.1"), ("time_played_minutes", "12.2")],
)
def test_a_value_beyond_all_likelihood_is_kept_and_flagged(name, text):
    told = read(a_line(tail=values(**{name: text})))

    assert getattr(the_player(told).fields, name) == float(text)
    assert [code for _, code in noted(told)] == ["implausible"]
    assert told.parse_status is ParseStatus.OK


def test_twice_the_limit_is_likely_in_a_second_round_which_counts_the_first_in():
    header = HEADER.replace("\\1\\1\\2\\", "\\2\\1\\2\\")

    assert noted(read(a_line(tail=values(time_played_minutes="24.0")), header=header)) == []


def test_older_writers_tell_two_values_less_which_are_then_unknown():
    told = read(a_line(tail="\t".join(values().split("\t")[:36])))
    player = the_player(told)

    assert (player.fields.useless_kills, player.fields.repairs_constructions, player.fields.revives_given) == (
        1,
        None,
        None,
    )
    assert (noted(told), player.is_partial) == ([], False)


@pytest.mark.parametrize("count", [1, 20, 35, 37])
def test_missing_values_are_unknown_and_not_zero(count):
    told = read(a_line(tail="\t".join(values().split("\t")[:count])))
    player = the_player(told)

    assert player.fields[count:] == (None,) * (38 - count)
    assert (player.is_partial, [code for _, code in noted(told)]) == (True, ["missing_values"])


def test_values_after_the_last_known_one_are_ignored():
    told = read(a_line(tail=values() + "\t7\tx"))

    assert (the_player(told).fields.revives_given, noted(told)) == (1, [])


def test_a_line_without_values_still_tells_its_weapons():
    told = read(a_line().partition("\t")[0])
    player = the_player(told)

    assert (player.kills, player.fields.damage_given, player.is_partial) == (8, None, True)
    assert noted(told) == [("/2/damage_given", "missing_values")]


def test_the_last_line_may_lack_its_end():
    told = read(end="")

    assert (the_player(told).fields.revives_given, told.parse_status) == (1, ParseStatus.OK)
    assert noted(told) == [("/2", "not_terminated")]


def test_of_a_line_cut_among_its_values_the_last_one_is_not_believed():
    told = read(a_line(tail="1820\t1500\t3"), end="")
    fields = the_player(told).fields

    assert (fields.damage_given, fields.damage_received, fields.team_damage_given) == (1820, 1500, None)
    assert [code for _, code in noted(told)] == ["cut_value", "missing_values", "not_terminated"]


def test_of_a_line_cut_among_its_weapons_the_last_number_is_not_believed():
    told = read("AB12CD34\\Nordik\\1\\2\\48 1 2 3 4 5 6 7 8 9 1", end="")
    player = the_player(told)

    assert ([weapon.weapon_index for weapon in player.weapons], player.kills, player.is_partial) == ([4], None, True)


@pytest.mark.parametrize("cut", range(1, len(a_line())))
def test_wherever_a_file_is_cut_nothing_is_told_that_the_whole_one_does_not_tell(cut):
    whole = the_player(read())
    told = read(a_line()[:cut], end="")

    for player in told.players:
        assert set(player.weapons) <= set(whole.weapons)
        assert player.kills in (None, whole.kills)
        assert all(value in (None, full) for value, full in zip(player.fields, whole.fields, strict=True))


@pytest.mark.parametrize(("team", "side"), [("1", Side.AXIS), ("2", Side.ALLIES), ("3", Side.SPECTATOR)])
def test_a_player_stood_on_a_side_or_watched(team, side):
    assert the_player(read(a_line(team=team))).side is side


@pytest.mark.parametrize("team", ["0", "4", "", "axis"])
def test_a_side_that_is_none_is_unknown_and_flagged(team):
    told = read(a_line(team=team))

    assert (the_player(told).side, noted(told)) == (None, [("/2/team", "out_of_range")])


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("^2Nord^7ik", "Nordik"), ("^4Kaa^$mos", "Kaamos"), ("a\tb", "a b"), ("\x1b[31mred\x07", "[31mred"), ("odd^", "odd^"),
        ("a^^", "a^^"), ("^1^2^3", ""), ("  spaced  ", "spaced"), ("@everyone `x`", "@everyone `x`"),
        ("^1" * 17, ""), ("Ñandú\u202e", "Ñandú"), ("a\x0bb\x0cc\x1cd\x85e\u2028f", "a b c d e f"),
    ],
)  # fmt: skip
def test_a_name_stays_as_it_came_and_has_a_clean_form(name, clean):
    """P9."""
    player = the_player(read(a_line(name=name)))

    assert (player.name, player.clean_name, player.kills) == (name, clean, 8)


def test_bytes_that_are_no_text_cost_themselves():
    """P9."""
    player = the_player(stats_file.read(a_file().replace(b"Nord", b"N\xe9\0rd")))

    assert (player.clean_name, player.kills) == ("N\ufffd\ufffdrdik", 8)


def test_a_guid_is_told_in_capitals():
    assert the_player(read(a_line(guid="ab12cd34"))).key == "AB12CD34"


def test_players_of_one_guid_are_both_kept():
    told = read(a_line(name="one"), a_line(name="two"))

    assert [player.clean_name for player in told.players] == ["one", "two"]
    assert len({player.key for player in told.players}) == 2
    assert noted(told) == [("/1/guid", "shared_guid")]


def test_players_without_a_guid_are_told_apart_by_name():
    told = read(a_line(guid="", name="one"), a_line(guid="", name="two"), a_line(guid="", name="two"))

    assert len({player.key for player in told.players}) == 3


def test_ten_bots_share_a_prefix_and_no_key():
    told = read(*(a_line(guid="OMNIBOT0", name=f"bot{slot}") for slot in range(10)))

    assert len({player.key for player in told.players}) == 10


def test_more_than_sixty_four_players_are_kept_and_flagged():
    told = read(*(a_line(guid=f"{slot:08X}") for slot in range(65)))

    assert (len(told.players), noted(told)) == (65, [("/1", "implausible")])


def test_more_players_than_any_server_has_are_not_taken():
    told = read(*(a_line(guid=f"{slot:08X}") for slot in range(257)))

    assert (told.quarantine_reason, told.players) == (QuarantineReason.TOO_LARGE, ())


def test_more_bytes_than_any_stats_file_has_are_not_read():
    told = stats_file.read(a_file() + b"x\n" * 600_000)

    assert (told.quarantine_reason, told.header) == (QuarantineReason.TOO_LARGE, None)


def test_of_very_many_problems_those_are_kept_that_cost_something():
    told = read(*[a_line(tail=values(gibs="10001"))] * 120, "no player")

    assert len(told.problems) == 50
    assert (noted(told)[0], told.parse_status) == (("/122", "unreadable_line"), ParseStatus.PARTIAL)


def test_totals_that_no_column_could_hold_are_unknown():
    told = read(a_line(weapons="48 2147483647 1 1 1 1 2147483647 1 1 1 1"))

    assert (the_player(told).hits, the_player(told).kills) == (None, None)
    assert ("/2/weapons", "out_of_range") in noted(told)


def test_a_time_beyond_all_measure_is_unknown():
    told = read(a_line(tail=values(time_played_minutes="10000001.0")))

    assert (the_player(told).played_seconds, noted(told)) == (None, [("/2/time_played_minutes", "out_of_range")])


def test_the_payload_is_the_same_under_any_header():
    """P59."""
    body = a_file()

    assert stats_file.payload_sha256(body) == hashlib.sha256(a_line().encode() + b"\n").hexdigest()
    assert stats_file.payload_sha256(body) == stats_file.payload_sha256(b"other" + body)
    assert stats_file.payload_sha256(b"header only") == hashlib.sha256(b"").hexdigest()


def is_facts_or_a_reason(told: stats_file.StatsFile) -> bool:
    has_facts = told.header is not None and bool(told.players)
    return has_facts is (told.quarantine_reason is None) is (told.parse_status is not ParseStatus.FAILED)


@given(st.binary(max_size=2_000))
def test_any_bytes_have_a_reading(body):
    assert is_facts_or_a_reason(stats_file.read(body))


@given(st.lists(st.text(alphabet="\\ \t\r0123456789.-AB^\0x\ufffd", max_size=80), max_size=6), st.booleans())
def test_any_lines_under_a_header_have_a_reading(lines, has_player):
    told = read(*lines, *([a_line()] if has_player else [""]))

    assert is_facts_or_a_reason(told)
    assert bool(told.players) >= has_player


@given(st.integers(0, 400), st.binary(min_size=1, max_size=8))
def test_a_file_with_any_spot_overwritten_has_a_reading(place, junk):
    body = a_file(a_line(weapons=THOMPSON), a_line(guid="7A00BEEF"))
    told = stats_file.read(body[:place] + junk + body[place + len(junk) :])

    assert is_facts_or_a_reason(told)
