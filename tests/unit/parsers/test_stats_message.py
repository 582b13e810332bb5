"""STATS_READY bodies of every version, and what strangers make of them: read, dropped with a note, or no round."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import NotJson
from shared.domain.vocabulary import Kind, ParseStatus, QuarantineReason, Side
from shared.parsers.stats_message import read
from tests.messages import FIELDS, a_message, as_bytes


def reading_of(**changes):
    return read(as_bytes(a_message(**changes)))


def found(reading):
    return [(problem.pointer, problem.code) for problem in reading.problems]


def pointer_of(name):
    return f"/embeds/0/fields/{list(FIELDS).index(name)}/value"


# ----- what it is -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tree", "kind"),
    [
        ({"username": "ET:Legacy Live", "embeds": [{"title": "Objective Update"}]}, Kind.OTHER_MESSAGE),
        ({"content": "STATS_READY?", "embeds": [{"fields": [{"name": "Map", "value": "x"}]}]}, Kind.OTHER_MESSAGE),
        ({"content": "`2026-02-03-235512-supply-round-1.txt`"}, Kind.FILENAME_NOTICE),
        ({}, Kind.OTHER_MESSAGE),
    ],
)
def test_what_is_not_called_stats_ready_is_no_round(tree, kind):
    reading = read(as_bytes(tree))
    assert (reading.kind, reading.message, reading.parse_status) == (kind, None, ParseStatus.OK)


@pytest.mark.parametrize("embeds", [None, [], {}, [{}], [{"fields": []}], ["x"], [{"fields": "x"}]])
def test_a_round_without_fields_waits_in_quarantine(embeds):
    reading = read(as_bytes({"content": "STATS_READY", "embeds": embeds}))
    assert (reading.quarantine_reason, found(reading)) == (
        QuarantineReason.SCHEMA_VIOLATION,
        [("/embeds", "missing")],
    )


@pytest.mark.parametrize("body", [b"[]", b'"STATS_READY"', b"7", b"null"])
def test_json_that_is_no_object_waits_in_quarantine(body):
    assert read(body).quarantine_reason is QuarantineReason.SCHEMA_VIOLATION


@pytest.mark.parametrize("body", [b"", b"{", b'{"content":"STATS_READY","embeds":[{"fields":[{"name":"Map","val'])
def test_a_body_that_is_no_json_is_refused(body):
    with pytest.raises(NotJson):
        read(body)


def test_an_unescaped_quote_leaves_no_json():
    """Senders before 1.6.4 wrote names as they were; only their own quote could break the body, and no name can hold one."""
    with pytest.raises(NotJson):
        read(as_bytes(a_message()).replace(b"supply", b'sup"ply'))


# ----- which round ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("written", "number"), [("1", 1), ("2", 2), ("0", 2), (0, 2), ("2.0", 2)])
def test_round_0_is_round_2(written, number):
    """P4"""
    assert reading_of(Round=written).message.round_number == number


@pytest.mark.parametrize("written", ["3", "-1", "", "one", None, 1.5, True])
def test_any_other_round_number_waits_in_quarantine_with_the_field_named(written):
    """P4"""
    reading = reading_of(Round=written)
    assert (reading.message, reading.quarantine_reason) == (None, QuarantineReason.SCHEMA_VIOLATION)
    assert reading.problems[0].code == "no_round"


@pytest.mark.parametrize("written", [None, "", {}, "x" * 65])
def test_a_round_without_a_map_waits_in_quarantine(written):
    reading = reading_of(Map=written)
    assert (reading.quarantine_reason, reading.problems[0].code) == (QuarantineReason.SCHEMA_VIOLATION, "no_map")


def test_field_names_may_be_in_any_case_and_any_order():
    tree = a_message()
    fields = tree["embeds"][0]["fields"]
    tree["embeds"][0]["fields"] = [{**field, "name": field["name"].lower()} for field in reversed(fields)]
    assert read(as_bytes(tree)).message == reading_of().message


def test_the_first_of_two_fields_of_one_name_counts():
    tree = a_message()
    tree["embeds"][0]["fields"].append({"name": "Map", "value": "other"})
    reading = read(as_bytes(tree))
    assert (reading.message.map_name, found(reading)) == ("supply", [("/embeds/0/fields/21", "repeated_field")])


def test_the_first_embed_with_fields_is_read():
    tree = a_message()
    tree["embeds"].insert(0, {"title": "Objective Update"})
    assert read(as_bytes(tree)).message == reading_of().message


def test_unknown_fields_are_no_matter():
    assert reading_of(Lua_Weather="rain").parse_status is ParseStatus.OK


# ----- versions -------------------------------------------------------------------------------------------------------


def test_the_first_version_is_read_by_its_own_names():
    """1.1.0"""
    old = {
        "Map": "supply",
        "Round": "2",
        "Winner": "Axis",
        "Defender": "axis",
        "Duration": "247 sec",
        "Time Limit": "4 min",
        "Pauses": "0 (0 sec)",
        "End Reason": "time_expired",
        "Start Unix": "1770159457",
        "End Unix": "1770159704",
        "Axis": "Nordik",
        "Allies": "(none)",
        "Axis_JSON": FIELDS["Axis_JSON"],
        "Allies_JSON": "[]",
    }
    tree = {
        "content": "STATS_READY",
        "embeds": [{"fields": [{"name": name, "value": value} for name, value in old.items()]}],
    }
    reading = read(as_bytes(tree))
    message = reading.message

    assert (reading.parse_status, message.sender_version) == (ParseStatus.OK, None)
    assert (message.winner, message.defender) == (Side.AXIS, Side.AXIS)
    assert (message.played_ms, message.limit_ms) == (247_000, 240_000)
    assert (message.round_start_unix, message.round_end_unix) == (1_770_159_457, 1_770_159_704)
    assert (message.end_reason, [player.name for player in message.roster]) == ("time_expired", ["Nordik"])


def test_a_start_may_be_told_as_the_end_of_the_warmup():
    """1.3.0"""
    message = reading_of(Lua_RoundStart=None, Lua_WarmupEnd="1770159062").message
    assert message.round_start_unix == 1_770_159_062


def test_control_bytes_in_names_cost_nothing():
    """P9: senders before 1.6.4 did not escape them."""
    reading = read(as_bytes(a_message()).replace(b"Nordik", b"Nor\x07dik"))
    assert (reading.message.roster[0].name, reading.sanitised) == ("Nor\x07dik", True)


def test_numbers_may_be_numbers():
    changes = {"Round": 1, "Winner": 2, "Lua_RoundStart": 1770159062, "Lua_Playtime": 247, "Lua_Timelimit": 12}
    assert reading_of(**changes).message == reading_of().message


@pytest.mark.parametrize(
    ("written", "limit_ms"),
    [
        ("12 min", 720_000),
        ("7.602 min", 456_120),
        ("0.334 min", 20_040),
        ("20.0 min", 1_200_000),
        ("4:07", 247_000),
        ("0 min", None),
    ],
)
def test_a_limit_is_exact_and_0_is_unknown(written, limit_ms):
    """P1, P51"""
    reading = reading_of(Lua_Timelimit=written)
    assert (reading.message.limit_ms, reading.parse_status) == (limit_ms, ParseStatus.OK)


# ----- bad fields -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "written", "attribute"),
    [
        ("Winner", "3", "winner"),
        ("Defender", "x", "defender"),
        ("Lua_Playtime", "a while", "played_ms"),
        ("Lua_Playtime", "-3 sec", "played_ms"),
        ("Lua_Timelimit", "ten", "limit_ms"),
        ("Lua_RoundStart", "7:36", "round_start_unix"),
        ("Lua_RoundEnd", "456.4 sec", "round_end_unix"),
        ("Lua_Pauses", "some", "pause_count"),
        ("Lua_Pauses", "1001 (1 sec)", "pause_count"),
        ("Lua_Warmup", "x", "warmup_ms"),
        ("Lua_SurrenderTeam", "7", "surrender_side"),
        ("Lua_AxisScore", "x", "axis_score"),
        ("Lua_SpawnSummary", "nobody", "spawn_summary"),
        ("Lua_Pauses_JSON", "[{", "pauses"),
        ("Lua_Pauses_JSON", "[1]", "pauses"),
        ("Axis_JSON", FIELDS["Axis_JSON"][:40], "roster"),
        ("Allies_JSON", '{"a": 1}', "roster"),
        ("Axis_JSON", json.dumps([{"guid": str(slot), "name": "x"} for slot in range(65)]), "roster"),
    ],
)
def test_a_field_that_cannot_be_read_costs_that_field(name, written, attribute):
    """P55, P56"""
    reading = reading_of(**{name: written})
    assert (getattr(reading.message, attribute), reading.parse_status) == (None, ParseStatus.PARTIAL)
    assert {problem.pointer for problem in reading.problems} == {pointer_of(name)}


def test_names_with_quotes_and_backslashes_survive_two_encodings():
    roster = json.dumps([{"guid": "AB", "name": 'a"b\\c`@everyone'}])
    assert reading_of(Axis_JSON=roster).message.roster[0].name == 'a"b\\c`@everyone'


def test_a_guid_may_be_anything_and_is_known_in_capitals():
    roster = json.dumps([{"guid": "ab$(id)cd", "name": "x"}, {"name": "y"}])
    assert [player.guid for player in reading_of(Axis_JSON=roster).message.roster[:2]] == ["AB$(ID)CD", ""]


def test_an_end_before_the_start_is_unknown():
    reading = reading_of(Lua_RoundEnd="1770159000")
    assert (reading.message.round_start_unix, reading.message.round_end_unix) == (1_770_159_062, None)
    assert found(reading) == [(pointer_of("Lua_RoundEnd"), "before_start")]


@given(body=st.binary(max_size=200))
def test_no_bytes_whatever_raise_anything_but_that_they_are_no_json(body):
    with contextlib.suppress(NotJson):
        read(body)


@given(
    changes=st.dictionaries(
        st.sampled_from(list(FIELDS)),
        st.none() | st.integers() | st.floats() | st.text(max_size=20) | st.lists(st.none()) | st.just({}),
    )
)
def test_whatever_its_fields_hold_a_message_is_facts_or_a_reason(changes):
    reading = reading_of(**changes)
    assert (reading.message is None) is (reading.quarantine_reason is not None)
