"""What was told and is not believed is kept with both values and a word for it, whatever comes first."""

import itertools
import json
from dataclasses import replace

import pytest

from shared.domain.vocabulary import Kind
from tests.factories import R1_START as SUPPLY_START
from tests.factories import a_report, a_second_report, as_body
from tests.integration.telling import R1, R1_END, R1_START, Teller, Voice, told_by_reporter
from tests.messages import a_message, as_bytes

CONFLICTS = """
SELECT field, kept_value, kept_source, other_value, other_source, reason FROM field_conflicts c
JOIN rounds r ON r.id = c.round_id WHERE r.server_id = :server_id ORDER BY field, other_value
"""


@pytest.fixture
def teller(engine):
    return Teller(engine)


def conflicts(told):
    return [tuple(row.values()) for row in told.rows(CONFLICTS)]


def test_a_message_of_a_round_cut_short_keeps_the_number_it_said(teller):
    """P57"""
    told = teller.new_server()
    cut = a_message(
        Winner="1", Defender="1", Lua_Playtime="100 sec", Lua_Timelimit="15 min", Round="2", Lua_EndReason="objective"
    )
    told.tell(Voice(Kind.STATS_MESSAGE, as_bytes(cut)))
    assert conflicts(told) == [("round_number", "1", "stats_message", "2", "stats_message", "round_number_disagrees")]
    assert told.rows("SELECT round_number FROM rounds") == [{"round_number": 1}]


def test_a_file_whose_name_and_header_differ_is_filed_by_its_header(teller):
    told = teller.new_server()
    told.tell(replace(R1["stats"], filename="2026-02-03-235512-supply-round-2.txt"))
    assert conflicts(told) == [
        ("map_name", "etl_frostbite", "stats_file", "supply", "stats_file", "source_disagrees"),
        ("round_number", "1", "stats_file", "2", "stats_file", "round_number_disagrees"),
    ]


def test_one_event_id_with_two_contents_is_noted_whichever_came_first(teller):
    times = {"round_start_unix": R1_START, "round_end_unix": R1_END}
    first = told_by_reporter(1, **times)
    again = replace(first, body=as_body(json.loads(first.body) | {"sequence": 7}))
    found = []
    for order in itertools.permutations([first, again]):
        told = teller.new_server()
        told.tell(*order)
        found.append(conflicts(told))
    assert found[0] == found[1]
    assert [(row[0], row[5]) for row in found[0]] == [("event_id", "event_id_reused")]


def test_a_witness_of_a_regular_end_makes_a_hold_of_what_another_could_not_decide(teller):
    """Whoever told who won did not hear how it ended; the file that knows no sides is only written at a regular end."""
    told = teller.new_server()
    held = a_message(
        Map="etl_frostbite", Winner="1", Defender="1", Lua_Playtime="100 sec", Lua_EndReason="time_expired"
    )
    told.tell(Voice(Kind.STATS_MESSAGE, as_bytes(held)))
    assert [row["round_status"] for row in told.judgement()["rounds"]] == ["aborted"]
    header, rest = R1["stats"].body.split(b"\n", 1)
    parts = header.split(b"\\")
    parts[-5:-3] = [b"0", b"0"]
    told.tell(replace(R1["stats"], body=b"\\".join(parts) + b"\n" + rest))
    (round_,) = told.judgement()["rounds"]
    assert (round_["round_status"], round_["exit_kind"]) == ("completed", "surrender_allies")


@pytest.mark.parametrize(("named", "status"), [({"round_start_unix": SUPPLY_START}, "completed"), (None, "orphan_r2")])
def test_an_r2_of_another_limit_is_marked_when_it_names_its_r1_and_else_not_paired_in_either_order(
    teller, named, status
):
    first = Voice(Kind.ROUND_REPORT, as_body(a_report()))
    second = Voice(Kind.ROUND_REPORT, as_body(a_second_report(limit_ms=600_000, r1=named)))
    for order in itertools.permutations([first, second]):
        told = teller.new_server()
        told.tell(*order)
        assert ("limit_seconds", "600.000", "round_report", "456.000", "round_report", "limit_mismatch") in conflicts(
            told
        )
        assert [row["round_status"] for row in told.judgement()["rounds"]][1] == status
