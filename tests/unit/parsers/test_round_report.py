"""What reading leaves of a body: what it says, what had to be dropped, or why it waits."""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.contract import MOST_ENTRIES, SCHEMA_VERSION
from shared.domain.errors import NotJson
from shared.domain.vocabulary import ExitKind, ParseStatus, QuarantineReason
from shared.parsers.problem import MOST_NOTES
from shared.parsers.round_report import read
from tests.factories import a_player, a_report, a_second_report, as_body

GOLDEN = [
    (Path(__file__).parents[2] / "golden" / "round_report" / name).read_bytes() for name in ("r1.json", "r2.json")
]


def reading_of(**changes):
    return read(as_body(a_report(**changes)))


def found(reading):
    return [(problem.pointer, problem.code) for problem in reading.problems]


def with_name(raw: bytes) -> bytes:
    """A report whose first player carries these bytes between the quotes of his name."""
    body = as_body(a_report(players=[a_player(0, name="NAME"), a_player(1)]))
    return body.replace(b"NAME", raw)


def first_name(reading):
    return reading.report.players[0].name


# ----- whole ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", GOLDEN, ids=["r1", "r2"])
def test_what_our_own_reporter_writes_is_understood_to_the_last_field(body):
    reading = read(body)
    assert (reading.parse_status, reading.problems, reading.unknown_fields) == (ParseStatus.OK, (), ())
    assert (reading.sanitised, reading.quarantine_reason) == (False, None)


def test_a_report_needs_no_more_than_version_map_and_number():
    reading = read(b'{"schema_version": 1, "map_name": "supply", "round_number": 1}')
    assert (reading.parse_status, reading.report.players, reading.report.elapsed_ms) == (ParseStatus.OK, None, None)


def test_exact_limits_are_read_exactly():
    """P1: 7.6 and 10.567 minutes."""
    for exact_ms in (456_000, 634_020):
        assert reading_of(limit_ms=exact_ms).report.limit_ms == exact_ms


@pytest.mark.parametrize("nothing", [None, 0, -1, ""])
def test_an_unknown_side_is_none_however_it_is_written(nothing):
    report = reading_of(winner_team=nothing, defender_team=nothing).report
    assert (report.winner_team, report.defender_team) == (None, None)


def test_a_byte_order_mark_and_carriage_returns_are_no_matter():
    body = b"\xef\xbb\xbf" + json.dumps(a_report(), indent=1).replace("\n", "\r\n").encode()
    reading = read(body)
    assert (reading.parse_status, reading.sanitised) == (ParseStatus.OK, False)


def test_a_time_may_be_an_integral_decimal():
    assert reading_of(round_start_unix=1770159025.0).report.round_start_unix == 1_770_159_025


def test_an_r1_whose_start_is_unknown_costs_nothing():
    reading = read(as_body(a_second_report(r1={"round_start_unix": None, "winner_team": 2})))
    assert (reading.parse_status, reading.report.r1.winner_team) == (ParseStatus.OK, 2)


# ----- unknown fields -------------------------------------------------------------------------------------------------


def test_fields_of_a_later_version_are_named_each_once():
    weapon = {"index": 8, "spread": 3, "baseline": {"spread": 1}}
    players = [a_player(0, mood=1), a_player(1, mood=2, weapons=[weapon, weapon], counters={"raw": {"luck": 1}})]
    reading = reading_of(weather="fog", players=players, warmup={"start_unix": 1_770_159_000, "noise": 1})
    assert reading.parse_status is ParseStatus.OK
    assert set(reading.unknown_fields) == {
        "/weather",
        "/warmup/noise",
        "/players/*/mood",
        "/players/*/counters/raw/luck",
        "/players/*/weapons/*/spread",
        "/players/*/weapons/*/baseline/spread",
    }


def test_the_name_of_an_unknown_field_is_a_json_pointer():
    assert reading_of(**{"a/b~c": 1}).unknown_fields == ("/a~1b~0c",)


def test_no_more_unknown_fields_are_named_than_a_receipt_can_hold():
    assert len(reading_of(**{f"x{number}": 1 for number in range(MOST_NOTES * 2)}).unknown_fields) == MOST_NOTES


# ----- a bad field costs that field -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("elapsed_ms", "7:36"),
        ("elapsed_ms", "456.4 sec"),
        ("elapsed_ms", -1),
        ("elapsed_ms", 86_400_001),
        ("elapsed_ms", 456.5),
        ("limit_ms", "x"),
        ("sequence", 2**31),
        ("round_start_unix", "yesterday"),
        ("round_end_unix", 2**63),
        ("winner_team", 3),
        ("defender_team", "axis"),
        ("exit_kind", "tired"),
        ("event_id", 17),
        ("clock_stepped", "perhaps"),
        ("pauses", "none"),
        ("players", {"0": "x"}),
        ("health", []),
        ("actual_duration_seconds", "long"),
    ],
)
def test_a_field_of_the_wrong_kind_or_range_is_dropped_and_named(field, value):
    """P55"""
    reading = reading_of(**{field: value})
    assert reading.parse_status is ParseStatus.PARTIAL
    assert {pointer for pointer, _code in found(reading)} == {f"/{field}"}
    assert getattr(reading.report, field) is None
    assert reading.report.map_name == "supply"


def test_one_bad_number_of_one_player_leaves_his_others_and_his_neighbours_alone():
    """P55"""
    players = [a_player(0), a_player(1, deaths="x"), a_player(2)]
    players[1]["counters"]["raw"]["kills"] = "7:36"
    reading = reading_of(players=players)
    assert {pointer for pointer, _code in found(reading)} == {"/players/1/deaths", "/players/1/counters/raw/kills"}
    hurt = reading.report.players[1]
    assert (hurt.deaths, hurt.counters["raw"]["kills"], hurt.counters["raw"]["damage_given"], hurt.spawns) == (
        None,
        None,
        1700,
        6,
    )
    assert [player.deaths for player in reading.report.players] == [5, None, 5]


def test_a_player_without_a_guid_cannot_be_told_and_is_left_out_and_named():
    nameless = a_player(1)
    del nameless["guid"]
    reading = reading_of(players=[a_player(0), nameless, a_player(2)])
    assert found(reading) == [("/players/1/guid", "missing")]
    assert [player.slot for player in reading.report.players] == [0, 2]


def test_of_several_bad_players_each_is_named_where_he_stood():
    reading = reading_of(players=[7, a_player(1), "x", a_player(3)])
    assert [pointer for pointer, _code in found(reading)] == ["/players/0", "/players/2"]
    assert [player.slot for player in reading.report.players] == [1, 3]


def test_an_unknown_way_to_end_is_unknown():
    assert reading_of(exit_kind="tired").report.exit_kind is None
    assert reading_of(exit_kind="objective").report.exit_kind is ExitKind.OBJECTIVE


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1" * 5000])
def test_a_number_no_clock_can_show_costs_its_field(number):
    """P55"""
    body = as_body(a_report(elapsed_ms=77)).replace(b'"elapsed_ms": 77', b'"elapsed_ms": ' + number)
    reading = read(body)
    assert (reading.parse_status, reading.report.elapsed_ms) == (ParseStatus.PARTIAL, None)
    assert [pointer for pointer, _code in found(reading)] == ["/elapsed_ms"]


def test_no_more_problems_are_told_than_a_receipt_can_hold():
    reading = reading_of(pauses=["x"] * 1000)
    assert (len(reading.problems), reading.report.pauses) == (MOST_NOTES, [])


# ----- odd bytes in names ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("byte", [byte for byte in range(0x20) if byte != 0])
def test_a_raw_control_byte_in_a_name_stays_in_the_name_and_costs_nothing_else(byte):
    """P9"""
    reading = read(with_name(b"a" + bytes([byte]) + b"b"))
    assert (first_name(reading), reading.parse_status, reading.sanitised) == (f"a{chr(byte)}b", ParseStatus.OK, True)
    assert len(reading.report.players) == 2


@pytest.mark.parametrize(
    "raw", [b"a\x00b", b"a\\u0000b", b"a\\ud800b", b"a\\udfffb", b"a\xffb", b"a\xc3b", b"a\xed\xa0\x80b"]
)
def test_what_no_database_text_can_hold_becomes_a_replacement_character(raw):
    """P9"""
    reading = read(with_name(raw))
    assert set(first_name(reading)) == {"a", "b", "\ufffd"}
    assert (reading.parse_status, reading.sanitised, len(reading.report.players)) == (ParseStatus.OK, True, 2)


@pytest.mark.parametrize("name", ['"', "\\", "%d%s%n", "\U0001f600", "\u202e", "'; DROP TABLE rounds; --", "\x7f", ""])
def test_an_odd_name_that_is_sound_json_round_trips_untouched(name):
    """P9"""
    reading = reading_of(players=[a_player(0, name=name)])
    assert (first_name(reading), reading.sanitised) == (name, False)


def test_a_pair_of_surrogates_is_the_character_it_stands_for():
    assert first_name(read(with_name(rb"\ud83d\ude00"))) == "\U0001f600"


# ----- limits ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"players": [a_player(slot) for slot in range(65)]}, ("/players", "too_long")),
        ({"players": [a_player(0), a_player(1, name="x" * 65)]}, ("/players/1/name", "value_error")),
        ({"players": [a_player(0, name="é" * 33)]}, ("/players/0/name", "value_error")),
        ({"surrender": {"team": 1, "caller_name": "x" * 65}}, ("/surrender/caller_name", "value_error")),
        ({"event_id": "x" * 65}, ("/event_id", "string_too_long")),
        ({"map_name": "x" * 65}, ("/map_name", "string_too_long")),
        ({"map_name": ""}, ("/map_name", "string_too_short")),
        ({"nextmap": "x" * 1025}, ("/nextmap", "string_too_long")),
        ({"score_lines": ["", "x" * 1025]}, ("/score_lines/1", "string_too_long")),
    ],
)
def test_a_broken_limit_is_named_by_json_pointer_and_the_delivery_waits(changes, problem):
    reading = reading_of(**changes)
    assert (reading.report, reading.parse_status) == (None, ParseStatus.FAILED)
    assert reading.quarantine_reason is QuarantineReason.SCHEMA_VIOLATION
    assert found(reading) == [problem]


@pytest.mark.parametrize(
    "changes",
    [
        {"players": [a_player(slot) for slot in range(64)]},
        {"players": []},
        {"players": [a_player(0, name="x" * 64)]},
        {"players": [a_player(0, name="é" * 32)]},
        {"event_id": "x" * 64},
        {"map_name": "x" * 64},
        {"nextmap": "x" * 1024},
    ],
)
def test_a_limit_itself_may_be_reached(changes):
    assert reading_of(**changes).parse_status is ParseStatus.OK


def test_a_name_in_another_alphabet_is_measured_in_the_bytes_it_had():
    """P9: 35 bytes that were no UTF-8 arrive as 35 replacement characters of three bytes each."""
    reading = read(with_name(b"\xe4" * 35))
    assert (reading.parse_status, first_name(reading)) == (ParseStatus.OK, "\ufffd" * 35)
    assert reading_of(players=[a_player(0, name="\ufffd" * 64)]).parse_status is ParseStatus.OK
    assert reading_of(players=[a_player(0, name="\ufffd" * 65)]).parse_status is ParseStatus.FAILED


# ----- not understood -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("essential", "value"),
    [
        ("map_name", None),
        ("map_name", 7),
        ("round_number", None),
        ("round_number", -1),
        ("round_number", 3),
        ("round_number", "2"),
        ("round_number", "first"),
        ("round_number", True),
        ("round_number", 1.5),
    ],
)
def test_without_a_map_or_a_round_number_the_delivery_waits_and_nothing_is_guessed(essential, value):
    """P4"""
    reading = reading_of(**{essential: value})
    assert reading.quarantine_reason is QuarantineReason.SCHEMA_VIOLATION
    assert [pointer for pointer, _code in found(reading)] == [f"/{essential}"]


@pytest.mark.parametrize("essential", ["schema_version", "map_name", "round_number"])
def test_an_essential_field_that_is_absent_is_named(essential):
    report = a_report()
    del report[essential]
    reading = read(as_body(report))
    assert (reading.quarantine_reason, found(reading)) == (
        QuarantineReason.SCHEMA_VIOLATION,
        [(f"/{essential}", "missing")],
    )


def test_the_wires_round_0_is_read():
    """P4"""
    assert reading_of(round_number=0).report.round_number == 0


@pytest.mark.parametrize("version", [SCHEMA_VERSION + 1, 0, "1", None])
def test_a_version_this_reader_does_not_know_waits_for_one_that_does(version):
    assert reading_of(schema_version=version).quarantine_reason is QuarantineReason.UNSUPPORTED_VERSION


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"text"', b"{}", b"[[]]"])
def test_json_that_is_no_report_waits(body):
    reading = read(body)
    assert (reading.report, reading.quarantine_reason) == (None, QuarantineReason.SCHEMA_VIOLATION)


@pytest.mark.parametrize(
    "body", [b"", b" ", b"{", b"hello", b"<html>", b"\x1f\x8b", b"{'a': 1}", b"{} {}", b"[" * 100_000]
)
def test_what_is_no_json_at_all_is_told_apart(body):
    with pytest.raises(NotJson):
        read(body)


# ----- nothing breaks the reader --------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["7:36", "x" * 70]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def consistent(reading):
    """A reading is either a report or the reason why not, and says `ok` only when it dropped nothing."""
    assert (reading.report is None) == (reading.quarantine_reason is not None)
    assert (reading.parse_status is ParseStatus.FAILED) == (reading.report is None)
    assert (reading.parse_status is ParseStatus.OK) == (not reading.problems)
    assert all(problem.pointer == "" or problem.pointer.startswith("/") for problem in reading.problems)
    return True


def survives(body):
    with contextlib.suppress(NotJson):
        assert consistent(read(body))


@given(body=st.binary(max_size=300))
def test_no_bytes_raise_anything_but_not_json(body):
    survives(body)


@settings(deadline=None)
@given(data=st.data(), body=st.sampled_from(GOLDEN))
def test_no_damage_to_the_bytes_of_a_real_report_breaks_the_reader(data, body):
    at = data.draw(st.integers(0, len(body) - 1))
    length = data.draw(st.integers(0, 20))
    survives(body[:at] + data.draw(st.binary(max_size=20)) + body[at + length :])


def _paths(tree, at=()):
    yield at
    children = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for step, child in children:
        yield from _paths(child, (*at, step))


TREES = [json.loads(body) for body in GOLDEN]
PLACES = [[path for path in _paths(tree) if path] for tree in TREES]


@settings(deadline=None)
@given(data=st.data(), which=st.sampled_from([0, 1]))
def test_no_foreign_value_anywhere_in_a_real_report_breaks_the_reader(data, which):
    """P55"""
    tree = json.loads(GOLDEN[which])
    for path in data.draw(st.lists(st.sampled_from(PLACES[which]), min_size=1, max_size=4, unique=True)):
        owner = tree
        for step in path[:-1]:
            if not isinstance(owner, dict | list):
                break
            try:
                owner = owner[step]
            except (KeyError, IndexError, TypeError):
                break
        else:
            if isinstance(owner, dict) or (
                isinstance(owner, list) and isinstance(path[-1], int) and path[-1] < len(owner)
            ):
                owner[path[-1]] = data.draw(JSON)
    survives(json.dumps(tree).encode())


@settings(deadline=None)
@given(value=JSON)
def test_no_json_value_in_place_of_a_report_breaks_the_reader(value):
    survives(json.dumps(value).encode())


@pytest.mark.parametrize("name", ["pauses", "score_lines", "score_lines_hex", "surrender_votes", "files"])
def test_a_list_longer_than_any_round_has_it_waits_in_quarantine(name):
    reading = read(as_body(a_report(**{name: [None] * (MOST_ENTRIES + 1)})))
    assert (reading.quarantine_reason, reading.problems[0].pointer, reading.problems[0].code) == (
        QuarantineReason.SCHEMA_VIOLATION,
        f"/{name}",
        "too_long",
    )


def test_a_report_with_more_wrong_fields_than_anybody_could_mend_waits_in_quarantine_whole():
    crowd = [a_player(slot, weapons=[[]] * MOST_ENTRIES) for slot in range(20)]
    reading = read(as_body(a_report(players=crowd)))
    assert (reading.report, [problem.code for problem in reading.problems]) == (None, ["too_many_problems"])
