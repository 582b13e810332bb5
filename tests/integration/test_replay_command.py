"""`roundwire replay`: judgement comes out of the evidence as it was, whatever became of it in between."""

import json

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from ingest_api.services.judge_again import settle_published_events
from ingest_api.services.replay import replay
from shared.db.replays import Scope
from shared.domain.ingest_state import move
from shared.domain.vocabulary import EventState, Kind
from tests.factories import as_body
from tests.integration.telling import R1, R2, Teller, Voice

OK, FOUND, FAILED = 0, 1, 2
ALL = (*R1.values(), *R2.values())
ORDERS = st.permutations(range(len(ALL)))
IDENTITIES = {
    "rounds": "SELECT id, round_fingerprint, revision, created_at FROM rounds ORDER BY id",
    "events": "SELECT id, delivery_id, round_id, link_reason FROM round_events ORDER BY id",
    "aliases": "SELECT round_fingerprint, round_id FROM round_fingerprints ORDER BY 1",
    "publications": "SELECT id, subject, status, revision FROM publications ORDER BY id",
    "receipts": "SELECT count(*) FROM delivery_receipts",
}


@pytest.fixture
def told(engine):
    server = Teller(engine).new_server()
    server.tell(*ALL)
    return server


def do(told, statement):
    with told.engine.begin() as connection:
        connection.execute(text(statement))


def replayed(told, scope=None):
    done = list(replay(told.engine, scope or Scope(), told.now))
    settle_published_events(told.engine, told.now)
    return done


def identities(told):
    return {name: told.rows(question) for name, question in IDENTITIES.items()}


def test_a_replay_gives_the_judgement_there_was(told):
    before = told.judgement()
    done = replayed(told)
    assert told.judgement() == before
    assert [(one.is_changed, one.is_failed) for one in done] == [(False, False)] * 2


def test_in_whatever_order_the_voices_came_a_replay_gives_the_same(engine):
    teller = Teller(engine)

    @settings(max_examples=10, deadline=None, phases=[Phase.generate])
    @given(ORDERS)
    def tell(order):
        server = teller.new_server()
        server.tell(*(ALL[n] for n in order))
        before = server.judgement(), identities(server)
        replayed(server)
        assert (server.judgement(), identities(server)) == before

    tell()


def test_a_replay_keeps_rounds_events_fingerprints_and_posts(told):
    do(told, "UPDATE publications SET status = 'sent', message_id = '1', sent_at = now()")
    replayed(told)
    before = identities(told)
    replayed(told)
    assert identities(told) == before
    assert {row["status"] for row in before["publications"]} == {"sent"}


def test_every_move_of_a_replayed_event_is_lawful(told):
    replayed(told)
    states = {}
    for made in told.rows("SELECT * FROM round_event_moves ORDER BY id"):
        before = EventState(made["from_state"]) if made["from_state"] else None
        assert made["from_state"] == states.get(made["event_id"])
        move(before, EventState(made["to_state"]), made["reason"])
        states[made["event_id"]] = made["to_state"]
    assert len(told.rows("SELECT id FROM round_event_moves WHERE reason = 'replay'")) == len(ALL)


def test_a_replay_repairs_what_somebody_spoilt(told):
    before = told.judgement()
    do(told, "DELETE FROM player_comprehensive_stats")
    do(told, "DELETE FROM weapon_comprehensive_stats")
    do(told, "DELETE FROM lua_spawn_stats")
    do(told, "DELETE FROM lua_round_teams")
    do(told, "DELETE FROM round_fingerprints WHERE tier = 3")
    do(told, "UPDATE rounds SET winner_team = NULL, limit_seconds = 1, match_id = 'm1:lost:' || id")
    replayed(told)
    assert told.judgement() == before


def test_a_round_that_comes_out_differently_has_a_new_revision_and_its_post_is_edited(run, told):
    do(told, "UPDATE publications SET status = 'sent', message_id = '1', sent_at = now()")
    do(told, "UPDATE rounds SET winner_team = 1 WHERE round_number = 1")
    (before,) = told.rows("SELECT id, revision FROM rounds WHERE round_number = 1")
    status, out, _ = run("replay", "--json")
    (changed,) = json.loads(out)["changed"]
    (after,) = told.rows("SELECT revision FROM rounds WHERE round_number = 1")
    assert (status, changed["round_id"], changed["changed"]) == (FOUND, before["id"], {"winner_team": [1, 2]})
    assert after["revision"] == before["revision"] + 1
    assert [row["status"] for row in told.judgement()["publications"]] == ["pending", "sent"]


def test_from_bare_evidence_all_judgement_comes_back_and_nothing_is_posted(told):
    before = told.judgement()
    do(told, "TRUNCATE rounds, round_events, round_event_moves, round_fingerprints, publications CASCADE")
    replayed(told)
    after = told.judgement()
    for table in ("rounds", "lua", "spawns", "players", "weapons", "conflicts", "aliases"):
        assert after[table] == before[table]
    assert [row["status"] for row in after["publications"]] == ["autopost_off", "autopost_off"]
    assert len(told.rows("SELECT id FROM delivery_receipts")) == len(ALL)


def test_an_event_nobody_understood_when_it_came_finds_its_round_once_it_is_understood(told):
    before = told.judgement()
    do(
        told,
        "UPDATE round_events SET state = 'quarantined', round_id = NULL, map_name = NULL, round_number = NULL,"
        " link_reason = NULL, parse_notes = '{\"quarantine_reason\": \"empty\"}' WHERE filename LIKE '%-endstats.txt'",
    )
    do(
        told,
        "INSERT INTO round_event_moves (event_id, from_state, to_state, reason, at)"
        " SELECT id, 'seen', 'quarantined', 'empty', now() FROM round_events WHERE state = 'quarantined'",
    )
    replayed(told)
    assert told.judgement() == before


def test_a_round_nothing_speaks_for_is_removed_and_what_was_filed_under_it_waits(engine):
    told = Teller(engine).new_server()
    told.tell(R1["report"], R1["endstats"])
    do(
        told,
        "UPDATE round_events e SET round_id = NULL, state = 'quarantined' FROM deliveries d"
        " WHERE d.id = e.delivery_id AND d.kind = 'round_report'",
    )
    do(told, "DELETE FROM round_fingerprints WHERE tier < 3")
    done = replayed(told)
    assert done[0].is_removed
    (round_,) = told.judgement()["rounds"]
    assert {event["state"] for event in told.judgement()["events"]} == {"published"}
    assert round_["fingerprint_tier"] == 1


def test_one_rounds_replay_leaves_others_alone(run, told):
    later = json.loads(R1["report"].body)
    later |= {"round_start_unix": later["round_start_unix"] + 9000, "round_end_unix": later["round_end_unix"] + 9000}
    told.tell(Voice(Kind.ROUND_REPORT, as_body(later | {"event_id": "other"})))
    (first, *_) = told.rows("SELECT id FROM rounds ORDER BY id")
    _, out, _ = run("replay", "--round", first["id"], "--json")
    assert json.loads(out)["rounds"] == 2


@pytest.mark.usefixtures("told")
def test_since_an_instant_only_what_was_played_or_arrived_then_is_replayed(run):
    assert json.loads(run("replay", "--since", "2026-02-04T00:00", "--json")[1])["rounds"] == 2
    assert json.loads(run("replay", "--since", "2026-02-05", "--json")[1])["rounds"] == 0


def test_a_round_there_is_none_of_is_one_sentence(run):
    assert run("replay", "--round", 4711) == (FAILED, "", "roundwire: there is no round 4711.\n")


@pytest.mark.usefixtures("told")
def test_people_are_told_that_nothing_differs(run):
    status, out, err = run("replay")
    assert (status, out, err) == (OK, "Judged 2 rounds anew, and 0 of what belongs to none: 0 differences.\n", "")
