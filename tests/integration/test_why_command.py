"""`roundwire why`: whatever names a round leads to all that speaks for it."""

import json

import pytest

from shared.domain.vocabulary import Kind
from tests.factories import as_body
from tests.integration.telling import R1, R2, Teller, Voice

OK, FAILED = 0, 2


@pytest.fixture
def told(engine):
    server = Teller(engine).new_server()
    server.tell(R1["report"], R1["stats"], R1["endstats"], R1["gametime"], R1["stats"])
    return server


def rounds(told):
    return told.rows("SELECT * FROM rounds WHERE server_id = :server_id ORDER BY id")


def why(run, subject):
    status, out, _ = run("why", subject, "--json")
    assert status == OK
    return json.loads(out)


@pytest.mark.parametrize("column", ["id", "match_id", "round_fingerprint"])
def test_whatever_names_a_round_finds_every_delivery_of_it(run, told, column):
    (story,) = why(run, rounds(told)[0][column])["rounds"]
    assert [one["kind"] for one in story["deliveries"]] == [
        "round_report",
        "stats_file",
        "endstats_file",
        "gametime_file",
    ]


def test_a_weaker_fingerprint_a_files_name_and_a_delivery_find_the_round_too(run, told):
    (weaker, *_) = told.rows(
        "SELECT f.round_fingerprint FROM round_fingerprints f JOIN rounds r ON r.id = f.round_id AND f.tier = 3"
        " WHERE server_id = :server_id"
    )
    (delivery, *_) = told.rows("SELECT id FROM deliveries WHERE server_id = :server_id ORDER BY id")
    expected = why(run, rounds(told)[0]["id"])["rounds"]
    for subject in (weaker["round_fingerprint"], R1["stats"].filename, f"delivery:{delivery['id']}"):
        assert why(run, subject)["rounds"] == expected


def test_each_delivery_says_how_it_was_linked_and_how_far_it_lies(run, told):
    (story,) = why(run, rounds(told)[0]["id"])["rounds"]
    by_kind = {one["kind"]: one for one in story["deliveries"]}
    assert [by_kind["round_report"][name] for name in ("link_reason", "fingerprint_tier", "seconds_apart")] == [
        "created_round",
        1,
        0,
    ]
    assert by_kind["stats_file"]["link_reason"] == "resolved_stamp_window"
    assert by_kind["stats_file"]["outcomes"] == ["accepted", "duplicate"]


def test_of_a_round_known_by_its_stamps_alone_files_are_told_apart_by_them(run, engine):
    server = Teller(engine).new_server()
    server.tell(R1["stats"], R1["endstats"])
    (story,) = why(run, rounds(server)[0]["id"])["rounds"]
    assert [one["seconds_apart"] for one in story["deliveries"]] == [0, 2]
    assert "until about 2026-02-03 22:55:09 UTC" in run("why", R1["stats"].filename)[1]


def test_what_was_not_believed_is_told_with_both_values(run, engine):
    server = Teller(engine).new_server()
    longer = json.loads(R1["report"].body) | {"limit_ms": 900_000}
    server.tell(Voice(Kind.ROUND_REPORT, as_body(longer)), R1["gametime"])
    (story,) = why(run, rounds(server)[0]["id"])["rounds"]
    assert [tuple(conflict.values()) for conflict in story["conflicts"]] == [
        ("limit_seconds", "900.000", "round_report", "720.000", "gametime_file", "source_disagrees")
    ]


def test_what_never_came_is_named(run, told):
    (story,) = why(run, rounds(told)[0]["id"])["rounds"]
    assert story["missing"] == ["R2 of its match", "proximity_file"]


def test_a_match_is_told_with_both_its_rounds(run, told):
    told.tell(R2["report"])
    stories = why(run, rounds(told)[0]["match_id"])["rounds"]
    assert [(story["round"]["round_number"], story["missing"][0]) for story in stories] == [
        (1, "proximity_file"),
        (2, "stats_file"),
    ]


def test_a_file_that_waits_for_its_round_is_told_without_one(run, engine):
    server = Teller(engine).new_server()
    server.tell(R1["endstats"])
    story = why(run, R1["endstats"].filename)
    (waiting,) = story["deliveries_without_round"]
    assert (story["rounds"], waiting["state"], waiting["link_reason"]) == ([], "parsed", "no_rows_for_map_round_yet")


def test_a_quarantined_file_says_why_nobody_understood_it(run, engine):
    server = Teller(engine).new_server()
    server.tell(Voice(Kind.STATS_FILE, b"", R1["stats"].filename))
    status, out, _ = run("why", R1["stats"].filename)
    assert (status, "quarantine_reason: empty" in out) == (OK, True)


def test_people_read_the_same_as_programs(run, told):
    status, out, _ = run("why", rounds(told)[0]["id"])
    assert status == OK
    for words in ("R1 of etl_frostbite", "resolved_stamp_window", "accepted,duplicate", "missing", "proximity_file"):
        assert words in out


@pytest.mark.parametrize("subject", ["rf1:1:00", "m1:srv1:supply:s1", "4711", "delivery:4711", "no.txt", ""])
def test_what_nobody_knows_is_one_sentence(run, subject):
    status, out, err = run("why", subject)
    assert (status, out, err.count("\n")) == (FAILED, "", 1)
    assert err.startswith(f"roundwire: nothing is known of {subject!r}")
