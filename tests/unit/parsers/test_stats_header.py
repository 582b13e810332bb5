import pytest

from shared.domain.vocabulary import ParseStatus, QuarantineReason, Side
from shared.parsers.stats_header import TimeSource
from tests.unit.parsers.stats_lines import HEADER, a_header, noted, read


def header_of(**changes):
    return read(header=a_header(**changes)).header


def test_a_header_of_nine_fields_says_what_was_played():
    told = read()

    assert (told.actual_playtime_seconds, told.round_time_seconds, told.round_time_source) == (
        246.812,
        246.812,
        TimeSource.FIELD9,
    )


def test_a_header_of_eight_fields_has_only_its_clock():
    told = read(header=a_header(playms=None))

    assert (told.header.field_count, told.actual_playtime_seconds) == (8, None)
    assert (told.round_time_seconds, told.round_time_source) == (247, TimeSource.HEADER)


@pytest.mark.parametrize("playms", [None, "246812"])
def test_a_server_name_with_separators_leaves_the_other_fields_in_their_places(playms):
    header = header_of(host="Po\\lar\\Pub", playms=playms)

    assert (header.host, header.map_name, header.limit_seconds) == ("Po\\lar\\Pub", "etl_frostbite", 720)


def test_a_server_name_may_hold_colours_and_any_letters():
    assert header_of(host="^1Ñandú ^7スタ").host == "^1Ñandú ^7スタ"


def test_the_name_of_the_configuration_may_be_empty():
    assert header_of(config="").config == ""


@pytest.mark.parametrize("fields", range(1, 8))
def test_fewer_than_eight_fields_are_no_header(fields):
    told = read(header="\\".join(HEADER.split("\\")[:fields]))

    assert (told.quarantine_reason, noted(told)) == (QuarantineReason.MALFORMED_HEADER, [("/1", "unreadable_line")])


@pytest.mark.parametrize("name", ["", " ", "^1"])
def test_without_a_map_there_is_no_round(name):
    told = read(header=a_header(map=name))

    assert (told.quarantine_reason, noted(told)) == (QuarantineReason.MALFORMED_HEADER, [("/1/map", "missing_values")])


@pytest.mark.parametrize("number", ["3", "-1", "", "x", "1.0", "99999999999999999999"])
def test_a_round_number_that_is_none_is_named_and_never_guessed(number):
    """P4."""
    told = read(header=a_header(round=number))

    assert (told.quarantine_reason, noted(told)) == (QuarantineReason.MALFORMED_HEADER, [("/1/round", "out_of_range")])


def test_round_zero_is_the_second_round():
    """P4."""
    assert header_of(round="0").round_number == 2


@pytest.mark.parametrize("field", ["winner", "defender"])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("axis", "not_a_number"),
        ("", "not_a_number"),
        ("3", "out_of_range"),
        ("5", "out_of_range"),
        ("-1", "out_of_range"),
    ],
)
def test_a_side_that_is_none_is_unknown_and_flagged(field, text, code):
    told = read(header=a_header(**{field: text}))

    assert getattr(told.header, field) is None
    assert (noted(told), told.parse_status) == ([(f"/1/{field}", code)], ParseStatus.PARTIAL)


def test_a_winner_of_zero_is_nobody_and_no_fault():
    told = read(header=a_header(winner="0"))

    assert (told.header.winner, told.header.defender, noted(told)) == (None, Side.AXIS, [])


@pytest.mark.parametrize("text", ["1:2:3:4", "1:2:3", ":", "abc", "-1:00", "7:5", ""])
def test_a_clock_that_cannot_be_read_is_unknown_and_flagged(text):
    told = read(header=a_header(limit=text))

    assert (told.header.limit_seconds, noted(told)) == (None, [("/1/limit", "not_a_number")])


@pytest.mark.parametrize("text", ["0", "0:00", "0.00"])
def test_a_clock_of_zero_is_none(text):
    told = read(header=a_header(limit=text, nextlimit=text))

    assert (told.header.limit_seconds, told.header.header_clock_seconds, noted(told)) == (None, None, [])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("246812", 246.812), ("247", 247), ("10000", 10000), ("10001", 10.001), ("2e5", 200), ("59.5", 59.5)],
)
def test_what_was_played_is_milliseconds_above_ten_thousand(text, seconds):
    assert header_of(playms=text).actual_playtime_seconds == seconds


@pytest.mark.parametrize(
    "text", ["1e309", "inf", "nan", "-100050", "0", "-0.5", "played", "", "9" * 30, "1_000", "NaN"]
)
def test_what_was_played_is_unknown_when_it_is_no_time(text):
    """P55."""
    told = read(header=a_header(playms=text))

    assert told.actual_playtime_seconds is None
    assert [pointer for pointer, _ in noted(told)] == ["/1/playms"]


@pytest.mark.parametrize(
    ("playms", "is_shutdown"), [("-100050", True), ("0", True), ("", True), ("246812", False), ("nan", False)]
)
def test_a_save_on_the_way_out_of_the_map_has_played_nothing(playms, is_shutdown):
    """P57."""
    assert header_of(playms=playms).is_shutdown_save is is_shutdown


def test_a_ninth_field_that_is_no_number_leaves_the_clock_of_a_won_attack():
    assert header_of(playms="nan").duration_seconds == 247


def test_the_clock_of_a_save_on_the_way_out_is_no_duration():
    assert header_of(playms="-100050").duration_seconds is None


def test_the_duration_is_what_was_played():
    header = header_of()

    assert (header.duration_seconds, header.duration_source) == (246.812, TimeSource.FIELD9)


@pytest.mark.parametrize(("playms", "duration"), [("730000", 730), ("730001", None)])
def test_nothing_was_played_for_more_than_ten_seconds_beyond_the_limit(playms, duration):
    """P37."""
    assert header_of(playms=playms).duration_seconds == duration


def test_the_clock_of_a_won_attack_in_the_first_round_is_its_duration():
    header = header_of(playms=None)

    assert (header.duration_seconds, header.duration_source) == (247, TimeSource.HEADER)


@pytest.mark.parametrize(
    "changes",
    [
        {"winner": "1"},
        {"winner": "1", "nextlimit": "12:00"},
        {"winner": "0"},
        {"defender": "x"},
        {"round": "2", "limit": "4:07"},
        {"round": "2", "nextlimit": "0:00"},
        {"round": "2", "nextlimit": "71:05"},
        {"round": "2", "nextlimit": "78:25"},
        {"round": "2", "nextlimit": "86:40"},
        {"round": "2", "nextlimit": "90:00"},
        {"nextlimit": "12:01"},
        {"limit": "?"},
    ],
)
def test_the_clock_of_any_other_round_is_no_duration(changes):
    """P19."""
    header = header_of(playms=None, **changes)

    assert (header.duration_seconds, header.duration_source) == (None, None)


def test_a_clock_of_zero_leaves_the_round_time_unknown():
    told = read(header=a_header(playms=None, nextlimit="0:00"))

    assert (told.round_time_seconds, told.round_time_source) == (None, None)


def test_a_limit_above_an_hour_is_kept_and_flagged():
    told = read(header=a_header(limit="61:00"))

    assert (told.header.limit_seconds, noted(told)) == (3660, [("/1/limit", "implausible")])
    assert told.parse_status is ParseStatus.OK


@pytest.mark.parametrize(
    ("playms", "playtime", "round_time", "source"),
    [
        ("246812", 246.812, 246.812, TimeSource.FIELD9),
        ("246", 246, 246, TimeSource.FIELD9),
        (None, None, 247, TimeSource.HEADER),
        ("", None, 247, TimeSource.HEADER),
        ("-5", None, 247, TimeSource.HEADER),
        ("nan", None, 247, TimeSource.HEADER),
    ],
)
def test_the_rounds_time_is_field_nine_and_falls_back_to_field_eight(playms, playtime, round_time, source):
    """For comparing alone: what is stored as a duration is chosen elsewhere."""
    header = header_of(playms=playms)

    assert (header.actual_playtime_seconds, header.round_time_seconds, header.round_time_source) == (
        playtime,
        round_time,
        source,
    )
