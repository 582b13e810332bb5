"""`roundwire relink`: what has no round is tried again, and an operator's word links where no rule dares to."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from ingest_api.services.replay import replay
from shared.db.replays import Scope
from tests.integration.telling import R1, R1_END, R1_START, R2, Teller, Voice, told_by_reporter

OK, FOUND, FAILED = 0, 1, 2
LATE = Voice(R1["endstats"].kind, R1["endstats"].body, R1["endstats"].filename.replace("235514", "235814"))


@pytest.fixture
def told(engine):
    """A round, and an endstats file that is three minutes off."""
    server = Teller(engine).new_server()
    server.tell(R1["report"], LATE)
    return server


def do(told, statement):
    with told.engine.begin() as connection:
        connection.execute(text(statement))


def event_of(told, voice):
    (event,) = told.rows(f"SELECT * FROM round_events WHERE filename = '{voice.filename}'")
    return event


def round_id(told, number=1):
    (found,) = told.rows(f"SELECT id FROM rounds WHERE server_id = :server_id AND round_number = {number}")
    return found["id"]


def by_hand(run, told, *words):
    return run("relink", event_of(told, LATE)["id"], "--to", round_id(told), "--reason", "it was stalled", *words)


def test_what_waits_is_told_by_reason_and_with_what_it_may_be(run, told):
    status, out, _ = run("relink", "--json")
    answer = json.loads(out)
    (event,) = answer["events"]
    assert (status, answer["scanned"], answer["linked"]) == (FOUND, 1, {})
    assert answer["unlinked"] == {"all_candidates_outside_window": 1}
    assert (event["candidate_ids"], event["best_difference_seconds"]) == ([round_id(told)], 182)


def test_without_apply_nothing_is_linked(run, told):
    do(told, "UPDATE rounds SET round_end_unix = round_end_unix + 180")
    status, out, _ = run("relink", "--json")
    assert (status, json.loads(out)["linked"]) == (OK, {"resolved_stamp_window": 1})
    assert event_of(told, LATE)["round_id"] is None


def test_with_apply_what_can_be_is_linked(run, told):
    do(told, "UPDATE rounds SET round_end_unix = round_end_unix + 180")
    run("relink", "--apply")
    assert event_of(told, LATE)["round_id"] == round_id(told)
    assert run("relink")[:2] == (
        OK,
        "0 events without a round: 0 would be linked (--apply does it); 0 still without.\n",
    )


def test_a_link_by_hand_is_made_and_kept_with_name_and_reason(run, told):
    assert by_hand(run, told, "--by", "nora")[0] == OK
    event = event_of(told, LATE)
    assert (event["round_id"], event["link_reason"]) == (round_id(told), "resolved_by_operator")
    (decision,) = told.rows("SELECT * FROM operator_decisions")
    assert [decision[name] for name in ("decided_by", "action", "subject", "reason")] == [
        "nora",
        "relink",
        f"delivery:{event['delivery_id']}",
        "it was stalled",
    ]


@pytest.mark.parametrize("statement", ["UPDATE operator_decisions SET reason = ''", "DELETE FROM operator_decisions"])
def test_what_was_decided_stays_so(run, told, statement):
    by_hand(run, told)
    with pytest.raises(IntegrityError, match="append-only"):
        do(told, statement)


def test_a_replay_keeps_a_link_made_by_hand(run, told):
    by_hand(run, told)
    list(replay(told.engine, Scope(), told.now))
    assert event_of(told, LATE)["link_reason"] == "resolved_by_operator"


def test_from_bare_evidence_a_link_made_by_hand_comes_back(run, told):
    by_hand(run, told)
    do(told, "TRUNCATE rounds, round_events, round_event_moves, round_fingerprints CASCADE")
    list(replay(told.engine, Scope(), told.now))
    event = event_of(told, LATE)
    assert (event["round_id"], event["link_reason"]) == (round_id(told), "resolved_by_operator")


def test_what_belongs_to_a_round_already_is_not_linked_again(run, told):
    by_hand(run, told)
    status, out, err = by_hand(run, told)
    assert (status, out) == (FAILED, "")
    assert err == f"roundwire: event {event_of(told, LATE)['id']} belongs to round {round_id(told)} already.\n"


MOVED = """
SELECT e.link_reason, r.round_start_unix FROM round_events e JOIN deliveries d ON d.id = e.delivery_id
LEFT JOIN rounds r ON r.id = e.round_id WHERE d.kind = 'proximity_file'
"""


@pytest.fixture
def two_plays(engine):
    """Two plays of a map, and a file that a rule put into the first although it tells of the second."""
    server = Teller(engine).new_server()
    later = {"round_start_unix": R1_START + 900, "round_end_unix": R1_END + 900, "event_id": "later"}
    server.tell(R1["proximity"], R1["report"], told_by_reporter(1, **later))
    return server


def move(run, told):
    (event,) = told.rows("SELECT e.id FROM round_events e JOIN deliveries d ON d.id = e.delivery_id"
                         " WHERE d.kind = 'proximity_file'")  # fmt: skip
    (_first, second) = told.rows("SELECT id FROM rounds ORDER BY round_start_unix")
    assert run("relink", event["id"], "--to", second["id"], "--reason", "its clock was wrong")[0] == OK


def test_an_event_is_moved_out_of_the_round_that_a_rule_chose(run, two_plays):
    move(run, two_plays)
    assert [tuple(row.values()) for row in two_plays.rows(MOVED)] == [("resolved_by_operator", R1_START + 900)]
    assert two_plays.rows("SELECT reason FROM round_event_moves WHERE reason = 'operator'") == [{"reason": "operator"}]


def test_a_moved_event_stays_where_it_was_put_through_any_replay(run, two_plays):
    move(run, two_plays)
    list(replay(two_plays.engine, Scope(), two_plays.now))
    assert two_plays.rows(MOVED)[0]["round_start_unix"] == R1_START + 900
    do(two_plays, "TRUNCATE rounds, round_events, round_event_moves, round_fingerprints CASCADE")
    list(replay(two_plays.engine, Scope(), two_plays.now))
    assert two_plays.rows(MOVED)[0]["round_start_unix"] == R1_START + 900


def test_a_round_that_loses_its_only_voice_is_gone(run, engine):
    told = Teller(engine).new_server()
    wrong = {
        "round_start_unix": R1_START - 900,
        "round_end_unix": R1_END - 900,
        "event_id": "wrong clock",
        "sequence": 0,
    }
    told.tell(R1["report"], told_by_reporter(1, **wrong))
    (event,) = told.rows("SELECT id FROM round_events WHERE event_id = 'wrong clock'")
    assert run("relink", event["id"], "--to", "1", "--reason", "its clock was wrong")[0] == OK
    assert [row["round_start_unix"] for row in told.rows("SELECT round_start_unix FROM rounds")] == [R1_START]


def test_a_round_of_another_number_is_refused(run, told):
    told.tell(R2["report"], apart=timedelta(minutes=1))
    event_id, second_id = event_of(told, LATE)["id"], round_id(told, 2)
    status, _, err = run("relink", event_id, "--to", second_id, "--reason", "x")
    assert (status, "is R2 of etl_frostbite" in err) == (FAILED, True)
    assert told.rows("SELECT id FROM operator_decisions") == []


@pytest.mark.parametrize(
    "words", [["1"], ["1", "--to", "1"], ["1", "--to", "1", "--reason", " "], ["99", "--to", "1", "--reason", "x"],
              ["1", "--to", "99", "--reason", "x"], ["--to", "1"]],
)  # fmt: skip
@pytest.mark.usefixtures("told")
def test_half_a_link_by_hand_is_one_sentence(run, words):
    status, out, err = run("relink", *words)
    assert (status, out, err.count("\n")) == (FAILED, "", 1)
