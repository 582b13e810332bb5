"""Endstats files: what is an award, what a duel, and what strangers and the writer's own faults make of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.awards import CATEGORY_OF_AWARD, AwardCategory, AwardFault, AwardUnit
from shared.domain.vocabulary import ParseStatus, QuarantineReason
from shared.parsers.endstats_file import LARGEST_BYTES, MOST_LINES, read

HEADER = "VS_HEADER\tNordik\t" + 32 * "A"
SPREE, STOLEN, USELESS = "Longest killing spree", "Most objectives stolen", "Most useless kills"


def reading_of(*lines):
    return read("".join(line + "\n" for line in lines).encode())


def awards_of(*lines):
    return [(award.name, award.fault) for award in reading_of(*lines).file.awards]


def found(reading):
    return [(problem.pointer, problem.code) for problem in reading.problems]


# ----- values ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("7", 7, None),
        ("3.0", 3, None),
        ("1.6666666666667", 1.6666666666667, None),
        ("7 useful kills", 7, None),
        ("5 kills in 1.5s", 5, AwardUnit.KILLS),
        ("24.31 m", 24.31, AwardUnit.METRES),
        ("Damage received vs death ratio: 3.21x", 3.21, AwardUnit.TIMES),
        ("12.34 percent, 1.02 min", 12.34, AwardUnit.PERCENT),
        ("12.5 percent", 12.5, AwardUnit.PERCENT),
        ("113 seconds", 113, AwardUnit.SECONDS),
        ("-3", -3, None),
        ("many", None, None),
        ("", None, None),
    ],
)
def test_a_value_keeps_its_text_and_says_its_own_unit(text, number, unit):
    """P48"""
    (award,) = reading_of(f"Most kills per minute\tNordik\t{text}").file.awards
    assert (award.value_text, award.value_number, award.unit) == (text, number, unit)


def test_a_name_of_which_nothing_is_left_is_unknown():
    (award,) = reading_of("Most deaths\t\t7").file.awards
    assert award.player is None


# ----- awards and duels -----------------------------------------------------------------------------------------------


def test_after_the_header_an_opponent_called_like_an_award_is_an_opponent():
    file = reading_of(HEADER, "Most deaths\t8\t5").file
    assert (file.awards, [(duel.opponent, duel.kills, duel.deaths) for duel in file.vs_lines]) == (
        (),
        [("Most deaths", 8, 5)],
    )


def test_an_opponent_called_vs_header_is_an_opponent():
    file = reading_of(HEADER, "VS_HEADER\t8\t5").file
    assert [(duel.subject_name, duel.opponent) for duel in file.vs_lines] == [("Nordik", "VS_HEADER")]


def test_before_any_header_two_numbers_are_a_duel_of_nobody_knows_whom():
    (duel,) = reading_of("Kaamos\t8\t5").file.vs_lines
    assert (duel.subject_name, duel.subject_guid, duel.opponent) == (None, None, "Kaamos")


def test_an_award_whose_player_is_called_by_a_number_is_an_award():
    assert awards_of("Most deaths\t1337\t7") == [("Most deaths", None)]


def test_a_name_no_one_knows_is_kept_as_some_other_award():
    (award,) = reading_of("Best hair\tNordik\tyes").file.awards
    assert (award.category, award.fault, award.name) == (
        AwardCategory.OTHER,
        AwardFault.UNKNOWN_AWARD,
        "Best hair",
    )


def test_the_subjects_guid_is_in_capitals():
    (duel,) = reading_of(HEADER.lower().replace("vs_header", "VS_HEADER"), "Kaamos\t8\t5").file.vs_lines
    assert duel.subject_guid == 32 * "A"


@pytest.mark.parametrize("line", ["Kaamos\t-1\t5", "Kaamos\t1.5\t5", "Kaamos\tx\t5", "Kaamos\t8\t", "Kaamos\t²\t5"])
def test_a_duel_without_two_counts_is_noted(line):
    reading = reading_of(HEADER, line, "Other\t1\t2")
    assert (len(reading.file.vs_lines), found(reading)) == (1, [("/2", "no_duel")])


@pytest.mark.parametrize(
    ("line", "code", "kept"),
    [
        ("Most deaths\tNordik", "too_few_cells", 0),
        ("Most deaths", "too_few_cells", 0),
        ("Most deaths\tNordik\t7\t8", "surplus_cells", 1),
        ("Most deaths\t" + "x" * 300 + "\t7", "too_long", 0),
    ],
)
def test_a_line_of_the_wrong_shape_is_noted(line, code, kept):
    reading = reading_of("Most revives\tNordik\t3", line)
    assert (len(reading.file.awards), found(reading), reading.parse_status) == (
        1 + kept,
        [("/2", code)],
        ParseStatus.PARTIAL,
    )


def test_carriage_returns_a_byte_order_mark_and_a_missing_last_line_end_are_no_matter():
    assert (
        read(b"\xef\xbb\xbfMost deaths\tNordik\t7\r\n\r\nMost revives\tKaamos\t3").file
        == read(b"Most deaths\tNordik\t7\n\nMost revives\tKaamos\t3\n").file
    )


def test_content_written_twice_in_one_second_is_read_once():
    content = f"Most deaths\tNordik\t7\n{HEADER}\nKaamos\t8\t5\n".encode()
    twice = read(content * 2)
    assert (twice.file, found(twice)) == (read(content).file, [("", "repeated_content")])


# ----- the writer's own faults ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([(SPREE, 4)], [(SPREE, None)], id="a spree is a spree"),
        pytest.param([(SPREE, 2)], [(SPREE, "fault")], id="too short for any spree"),
        pytest.param([(SPREE, 4), (SPREE, 5)], [(SPREE, None), (SPREE, "fault")], id="repeated"),
        pytest.param([("Most killsteals", 4), (SPREE, 5)], [("Most killsteals", None), (SPREE, "fault")], id="late"),
        pytest.param([("Most useless kills", 4), (SPREE, 5)], [(USELESS, None), (SPREE, None)], id="of no known place"),
        pytest.param([(STOLEN, 5)], [(STOLEN, None)], id="stolen is stolen"),
        pytest.param([(SPREE, 2), (STOLEN, 5)], [(SPREE, "fault"), (USELESS, "fault")], id="the only stolen one"),
        pytest.param([(SPREE, 4), (STOLEN, 1)], [(SPREE, None), (STOLEN, None)], id="after a true spree"),
        pytest.param([(STOLEN, 1), (STOLEN, 5)], [(STOLEN, None), (USELESS, "fault")], id="stolen twice"),
        pytest.param(
            [(SPREE, 2), ("Most corpse gibs", 3), (STOLEN, 5)],
            [(SPREE, "fault"), ("Most corpse gibs", None), (STOLEN, None)],
            id="not directly after",
        ),
    ],
)
def test_a_line_under_a_wrong_label_is_kept_and_marked(lines, expected):
    marked = [(name, AwardFault.EMITTER_MISLABEL if fault else None) for name, fault in expected]
    assert awards_of(*(f"{name}\tNordik\t{value}" for name, value in lines)) == marked


# ----- nothing and anything -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", QuarantineReason.EMPTY),
        (b"\n \r\n", QuarantineReason.EMPTY),
        (b"hello", QuarantineReason.SCHEMA_VIOLATION),
        (HEADER.encode(), QuarantineReason.SCHEMA_VIOLATION),
        (b"x\ty\tz\n" * (MOST_LINES + 1) + b".", QuarantineReason.TOO_LARGE),
        (b"\n" * (LARGEST_BYTES + 1), QuarantineReason.TOO_LARGE),
    ],
)
def test_a_file_that_tells_nothing_waits_in_quarantine(body, reason):
    reading = read(body)
    assert (reading.file, reading.quarantine_reason) == (None, reason)


def test_a_file_of_duels_alone_is_one():
    assert len(reading_of(HEADER, "Kaamos\t8\t5").file.vs_lines) == 1


def test_the_file_that_tells_more_is_the_richer():
    one, other = reading_of("Most deaths\tx\t7").file, reading_of(HEADER, "Kaamos\t8\t5", "Nordik\t1\t2").file
    assert one.richness > other.richness


CELLS = st.sampled_from([*CATEGORY_OF_AWARD, "VS_HEADER", "7", "x", "", "-1"])


@given(
    body=st.binary(max_size=200) | st.lists(st.lists(CELLS, max_size=4).map("\t".join)).map("\n".join).map(str.encode)
)
def test_any_bytes_are_facts_or_a_reason(body):
    reading = read(body)
    assert (reading.file is None) is (reading.quarantine_reason is not None)
