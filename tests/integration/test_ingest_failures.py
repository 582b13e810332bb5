"""Judgement that fails never costs the evidence. The failures are the database's own: a constraint or a trigger."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest_api.services.judge_again import judge_due_events
from ingest_api.services.judging import Rules
from shared.ops.clock import utc_now
from tests.factories import R1_START, a_report, a_second_report

REFUSE_ALL = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not today'; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()
"""
JUDGEMENT = ["rounds", "lua_round_teams", "lua_spawn_stats", "player_comprehensive_stats", "publications"]
TOMORROW = datetime.now(UTC) + timedelta(days=1)  # noqa: TID251


def refuse(door, table):
    door.do(REFUSE_ALL.format(table=table))


def allow(door, table):
    door.do(f"DROP TRIGGER refuse ON {table}")


@pytest.mark.parametrize("table", JUDGEMENT)
def test_a_judgement_that_fails_leaves_the_evidence_and_an_event_to_be_judged(door, table):
    """P8"""
    refuse(door, table)
    answer = door.post(a_report())
    receipt = answer.json()
    assert (answer.status_code, receipt["outcome"], receipt["state"]) == (201, "accepted", "seen")
    assert (receipt["link_status"], receipt["round_id"], receipt["round_fingerprint"]) == ("unlinked", None, None)
    event = door.row("SELECT * FROM round_events")
    assert (event["state"], event["delivery_id"], event["round_id"]) == ("seen", receipt["delivery_id"], None)
    assert event["next_attempt_at"] > event["received_at"]
    assert [door.count(name) for name in ("deliveries", "rounds", "publications", "lua_round_teams")] == [1, 0, 0, 0]
    assert door.histories() == [["seen"]]
    assert door.outcomes() == {"accepted": 1}
    assert "not today" not in answer.text


def test_the_same_bytes_after_a_failed_judgement_are_a_duplicate(door):
    refuse(door, "rounds")
    door.post(a_report())
    again = door.post(a_report())
    assert (again.status_code, again.json()["outcome"], again.json()["state"]) == (200, "duplicate", "seen")


def test_what_could_not_be_judged_is_judged_later_as_if_nothing_had_happened(door):
    refuse(door, "rounds")
    door.post(a_report())
    door.post(a_second_report())
    allow(door, "rounds")
    assert judge_due_events(door.engine, Rules(), TOMORROW) == 2
    assert {row["match_id"] for row in door.rows("SELECT match_id FROM rounds")} == {f"m1:srv1:supply:s{R1_START}"}
    assert door.histories() == [["seen", "parsed", "linked_round_id", "enriched"]] * 2
    assert door.count("publications") == 2


def test_an_instant_that_could_not_be_when_it_was_told_stays_unknown_however_late_it_is_judged(door):
    refuse(door, "rounds")
    ahead_unix = int(TOMORROW.timestamp()) + 6 * 3600
    door.post(a_report(round_end_unix=ahead_unix))
    allow(door, "rounds")
    judge_due_events(door.engine, Rules(), TOMORROW)
    assert door.row("SELECT round_start_unix, round_end_unix FROM rounds") == {
        "round_start_unix": R1_START,
        "round_end_unix": None,
    }


def test_an_event_judged_later_is_written_as_whole_as_one_judged_at_once(door):
    refuse(door, "rounds")
    door.post(a_second_report())
    allow(door, "rounds")
    judge_due_events(door.engine, Rules(), TOMORROW)
    late = door.row("SELECT * FROM round_events")
    door.post(a_second_report(), token=door.register("srv2"))
    at_once = door.row("SELECT * FROM round_events WHERE server_id = 'srv2'")
    own = {"id", "delivery_id", "server_id", "received_at", "round_id", "round_fingerprint"}
    assert {name: value for name, value in late.items() if name not in own} == {
        name: value for name, value in at_once.items() if name not in own
    }
    assert late["received_at"] == door.row("SELECT received_at FROM deliveries WHERE server_id = 'srv1'")["received_at"]


def test_a_neighbour_that_cannot_be_rejudged_costs_the_judgement_and_not_the_delivery(door):
    waiting = door.post(a_second_report(r1=None))
    door.do(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not today'; END $$;"
        "CREATE TRIGGER refuse BEFORE UPDATE ON rounds FOR EACH ROW EXECUTE FUNCTION refuse()"
    )
    answer = door.post(a_report())
    assert (answer.status_code, answer.json()["state"]) == (201, "seen")
    assert (door.count("deliveries"), door.count("rounds")) == (2, 1)
    assert door.round(waiting)["round_status"] == "orphan_r2"


def test_one_round_that_cannot_be_judged_keeps_no_other_from_it(door):
    door.do("ALTER TABLE rounds ADD CONSTRAINT not_this_map CHECK (map_name <> 'radar')")
    assert door.post(a_report(map_name="radar")).json()["state"] == "seen"
    assert door.post(a_report()).json()["state"] == "enriched"
    assert judge_due_events(door.engine, Rules(), TOMORROW) == 0
    assert door.row("SELECT attempts FROM round_events WHERE state = 'seen'")["attempts"] == 1


def test_an_event_that_waits_for_its_round_is_asked_again_and_again_by_the_worker(door):
    """P32"""
    door.post(a_report(round_start_unix=None, round_end_unix=None))
    asked, now = 0, utc_now()
    for _ in range(3):
        now += timedelta(minutes=5, seconds=1)
        asked += judge_due_events(door.engine, Rules(), now)
        assert judge_due_events(door.engine, Rules(), now) == 0
    (event,) = door.rows("SELECT state, link_reason FROM round_events")
    assert (asked, event["state"], event["link_reason"]) == (3, "parsed", "time_parse_failed")
