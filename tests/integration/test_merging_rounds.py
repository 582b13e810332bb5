"""Two rounds that a later voice shows to be one: the older id stays, everything moves to it, and there is one post."""

import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from sqlalchemy import text

from ingest_api.services.arrival import Arrival, RateLimits
from ingest_api.services.assign_sessions import SessionAssignment
from ingest_api.services.judge_again import settle_published_events
from ingest_api.services.receive import receive
from ingest_api.services.replay import replay
from ingest_api.services.round_linkage import round_linkage
from shared.db.replays import Scope
from shared.domain.ingest_state import move
from shared.domain.vocabulary import EventState, Kind, LinkReason, LinkStatus
from shared.ops.clock import utc_now
from tests.factories import as_body
from tests.integration.telling import R1, R1_END, R1_START, R2, Teller, Voice, told_by_reporter

WITHOUT_END = told_by_reporter(
    1, round_start_unix=R1_START, round_end_unix=None, elapsed_ms=247_050, limit_ms=720_000, next_limit_ms=247_050
)
TELLING_OF_ONE = {
    "report": WITHOUT_END,
    "stats": R1["stats"],
    "gametime": R1["gametime"],
    "message": R1["message"],
    "endstats": R1["endstats"],
}
POSTS = "SELECT subject, status, revision, posted_to, message_id, attempts FROM publications ORDER BY id"


@pytest.fixture
def teller(engine):
    return Teller(engine)


@pytest.fixture
def two(teller):
    """A report that does not know its round's end, and a stats file that knows nothing else: two rounds so far."""
    server = teller.new_server()
    server.tell(WITHOUT_END, R1["stats"])
    assert [row["id"] for row in rounds(server)] == [1, 2]
    return server


def rounds(told):
    return told.rows("SELECT * FROM rounds WHERE server_id = :server_id ORDER BY id")


def do(told, statement):
    with told.engine.begin() as connection:
        connection.execute(text(statement))


def starting(voice, start_unix):
    """A gametime file of the same end with another start."""
    tree = json.loads(voice.body)
    for field in tree["payload"]["embeds"][0]["fields"] if "embeds" in tree.get("payload", {}) else ():
        if field["name"] == "Lua_RoundStart":
            field["value"] = str(start_unix)
    tree["meta"]["round_start_unix"] = start_unix
    return replace(voice, body=as_body(tree))


def test_a_voice_that_fits_two_rounds_by_different_means_makes_them_one(two):
    (receipt,) = two.tell(R1["gametime"])
    (round_,) = rounds(two)
    assert (round_["id"], round_["round_start_unix"], round_["round_end_unix"]) == (1, R1_START, R1_END)
    assert (receipt.round_id, receipt.link_status) == (1, LinkStatus.LINKED)
    assert {row["round_id"] for row in two.rows("SELECT round_id FROM round_events")} == {1}


def test_all_orders_of_voices_that_need_merging_give_the_same_database_and_one_post(teller):
    """P14"""
    judgements = []
    for order in itertools.permutations(TELLING_OF_ONE):
        told = teller.new_server()
        told.tell(*(TELLING_OF_ONE[name] for name in order))
        judgements.append(told.judgement())
    assert all(judgement == judgements[0] for judgement in judgements)
    assert [len(judgements[0][table]) for table in ("rounds", "lua", "events", "publications")] == [1, 1, 5, 1]


def test_the_other_half_moves_along_when_its_first_round_becomes_another(two):
    two.tell(R2["stats"], R2["report"])
    two.tell(R1["gametime"])
    first, second = rounds(two)
    assert (first["id"], first["match_id"], second["match_id"]) == (
        1,
        f"m1:srv1:etl_frostbite:s{R1_START}",
        f"m1:srv1:etl_frostbite:s{R1_START}",
    )
    assert [row["round_status"] for row in (first, second)] == ["completed", "completed"]


def test_the_old_id_and_every_fingerprint_answer_with_the_survivor(two, run):
    names = [row["round_fingerprint"] for row in two.rows("SELECT round_fingerprint FROM round_fingerprints")]
    two.tell(R1["gametime"])
    for name in ("2", *names):
        (story,) = json.loads(run("why", name, "--json")[1])["rounds"]
        assert story["round"]["round_id"] == 1


def test_the_old_id_can_be_replayed_as_the_survivor(two, run):
    two.tell(R1["gametime"])
    status, out, _ = run("replay", "--round", "2", "--json")
    assert (status, json.loads(out)["rounds"]) == (0, 1)


def test_over_http_the_old_id_answers_with_the_survivor(door):
    Teller(door.engine).new_server("other").tell(WITHOUT_END, R1["stats"], R1["gametime"])
    answer = door.client.get("/api/rounds/2")
    assert (answer.status_code, answer.json()["round_id"]) == (200, 1)


def test_a_chain_of_merges_leads_to_the_last_survivor(two):
    do(two, "INSERT INTO round_redirects (old_round_id, round_id, at) VALUES (99, 2, now())")
    two.tell(R1["gametime"])
    redirects = two.rows("SELECT old_round_id, round_id FROM round_redirects ORDER BY 1")
    assert redirects == [{"old_round_id": 2, "round_id": 1}, {"old_round_id": 99, "round_id": 1}]


def test_every_move_of_a_merged_event_is_lawful_and_says_why(two):
    two.tell(R1["gametime"])
    states = {}
    for made in two.rows("SELECT * FROM round_event_moves ORDER BY id"):
        before = EventState(made["from_state"]) if made["from_state"] else None
        assert made["from_state"] == states.get(made["event_id"])
        move(before, EventState(made["to_state"]), made["reason"])
        states[made["event_id"]] = made["to_state"]
    assert len(two.rows("SELECT id FROM round_event_moves WHERE reason = 'merged'")) == 1


def test_a_replay_of_merged_rounds_gives_the_same(two):
    two.tell(R1["gametime"], R2["stats"])
    before = two.judgement()
    list(replay(two.engine, Scope(), two.now))
    settle_published_events(two.engine, two.now)
    assert two.judgement() == before
    do(two, "TRUNCATE rounds, round_events, round_event_moves, round_fingerprints, round_redirects CASCADE")
    list(replay(two.engine, Scope(), two.now))
    after = two.judgement()
    for table in ("rounds", "players", "weapons", "lua", "spawns", "aliases"):
        assert after[table] == before[table]


def test_a_round_that_became_another_leaves_its_session_with_one_round(two):
    sessions = SessionAssignment(two.engine, UTC)
    sessions.assign(two.now)
    assert [row["rounds_count"] for row in two.rows("SELECT rounds_count FROM gaming_sessions")] == [2]
    two.tell(R1["gametime"])
    sessions.assign(two.now)
    assert [row["rounds_count"] for row in two.rows("SELECT rounds_count FROM gaming_sessions")] == [1]
    assert two.rows("SELECT play_number FROM rounds") == [{"play_number": 1}]


# ----- posts ----------------------------------------------------------------------------------------------------------


def posted(told, round_id, message_id):
    do(
        told,
        f"UPDATE publications SET status = 'sent', posted_to = 'discord:1', message_id = '{message_id}',"
        f" revision = 7 WHERE subject = '{round_id}'",
    )


def test_of_two_posts_that_nobody_has_seen_one_is_left(two):
    two.tell(R1["gametime"])
    assert [(row["subject"], row["status"]) for row in two.rows(POSTS)] == [("1", "pending")]


def test_a_message_that_stands_is_edited_instead_of_a_second_one(two):
    do(two, "UPDATE rounds SET revision = 7 WHERE id = 2")
    posted(two, 2, "22")
    two.tell(R1["gametime"])
    (post,) = two.rows(POSTS)
    (round_,) = rounds(two)
    assert (post["subject"], post["status"], post["message_id"]) == ("1", "pending", "22")
    assert (post["revision"], post["revision"] > 7) == (round_["revision"], True)


def test_of_two_messages_that_stand_the_survivors_stays_and_the_other_is_to_be_taken_away(two):
    posted(two, 1, "11")
    posted(two, 2, "22")
    two.tell(R1["gametime"])
    assert [(row["subject"], row["status"], row["message_id"]) for row in two.rows(POSTS)] == [
        ("1", "pending", "11"),
        ("2", "pending", "22"),
    ]


# ----- what cannot be one ---------------------------------------------------------------------------------------------


def test_rounds_of_which_one_sender_told_two_starts_are_never_made_one(teller):
    told = teller.new_server()
    off = starting(R1["gametime"], R1_START - 20)
    told.tell(WITHOUT_END, off, R1["gametime"])
    assert [row["round_start_unix"] for row in rounds(told)] == [R1_START, R1_START - 20]


def test_a_voice_that_fits_both_of_them_waits_with_the_word_for_it(teller):
    told = teller.new_server()
    told.tell(WITHOUT_END, told_by_reporter(1, round_start_unix=R1_START + 60, round_end_unix=R1_END))
    bridge = Voice(Kind.STATS_MESSAGE, R1["message"].body.replace(str(R1_START).encode(), str(R1_START + 2).encode()))
    (receipt,) = told.tell(bridge)
    assert (receipt.link_status, receipt.link_reason) == (LinkStatus.AMBIGUOUS, LinkReason.FINGERPRINT_CONFLICT)
    (event,) = told.rows("SELECT link_details, state FROM round_events WHERE round_id IS NULL")
    assert (event["state"], event["link_details"]["candidate_ids"]) == ("parsed", [row["id"] for row in rounds(told)])


def test_a_file_whose_kind_told_another_start_of_its_only_round_waits_with_the_word_for_it(teller):
    told = teller.new_server()
    told.tell(R1["report"], R1["proximity"])
    other = R1["proximity"].body.replace(str(R1_START).encode(), str(R1_START + 3).encode())
    assert other != R1["proximity"].body
    (receipt,) = told.tell(replace(R1["proximity"], body=other))
    assert (receipt.link_status, receipt.link_reason) == (LinkStatus.AMBIGUOUS, LinkReason.ONE_TO_ONE_CONFLICT)


# ----- races ----------------------------------------------------------------------------------------------------------


def test_two_deliveries_that_merge_the_same_rounds_at_once_leave_one_round_and_one_post(two):
    """P31"""
    limits = RateLimits(10**6, 10**6)

    def tell(voice):
        arrival = Arrival(two.token, voice.body, {}, None, two.now, voice.kind, voice.filename)
        return receive(two.engine, arrival, two.rules, limits)

    with ThreadPoolExecutor(4) as threads:
        receipts = list(threads.map(tell, [R1["gametime"], R1["message"], R1["suite"], R1["gametime"]]))
    assert {receipt.round_id for receipt in receipts} == {1}
    assert [row["id"] for row in rounds(two)] == [1]
    assert [row["subject"] for row in two.rows(POSTS)] == ["1"]


def test_one_that_comes_a_day_late_merges_all_the_same(two):
    two.tell(R1["gametime"], apart=timedelta(days=1))
    assert [row["id"] for row in rounds(two)] == [1]


def test_an_exact_start_links_all_the_same_and_the_conflict_is_told(teller, run):
    """One server, map, number and start is one round, whatever else differs."""
    told = teller.new_server()
    told.tell(WITHOUT_END, told_by_reporter(1, round_start_unix=R1_START + 60, round_end_unix=R1_END), R1["message"])
    (event,) = told.rows("SELECT link_reason, link_details FROM round_events WHERE source = 'stats_ready' AND id = 3")
    assert (event["link_reason"], event["link_details"]["conflicting_ids"]) == ("resolved_exact_unix_match", [2])
    assert "conflicting ids: 2" in run("why", "1")[1]
    (shown,) = round_linkage(told.engine, utc_now())["ambiguous"]
    assert (shown["round_event_id"], shown["conflicting_ids"]) == (3, [2])


def test_of_a_round_it_is_told_what_else_may_be_of_it(teller, run):
    told = teller.new_server()
    told.tell(
        told_by_reporter(1, event_id="a", round_start_unix=R1_START, round_end_unix=R1_END),
        told_by_reporter(1, event_id="b", round_start_unix=R1_START + 20, round_end_unix=R1_END + 20),
        R1["stats"],
    )
    (waiting,) = json.loads(run("why", "1", "--json")[1])["deliveries_without_round"]
    assert (waiting["kind"], waiting["link_reason"]) == ("stats_file", "ambiguous_tie")


def test_a_live_voice_that_may_be_of_either_round_is_linked_once_an_import_tells_them_apart(teller):
    """P12"""
    told = teller.new_server()
    other_play = {"round_start_unix": R1_START + 40, "round_end_unix": R1_END + 40}
    between = replace(R1["endstats"], filename="2026-02-03-235532-etl_frostbite-round-1-endstats.txt")
    (*_, receipt) = told.tell(R1["stats"], told_by_reporter(1, **other_play), between)
    assert (receipt.round_id, receipt.link_reason) == (None, LinkReason.AMBIGUOUS_TIE)
    body = R1["gametime"].body.replace(str(R1_END).encode(), str(R1_END - 12).encode())
    told.tell(replace(R1["gametime"], body=body, filename=f"gametime-etl_frostbite-R1-{R1_END - 12}.json"))
    (event,) = told.rows("SELECT link_reason, round_id FROM round_events WHERE filename LIKE '%endstats%'")
    assert event == {"link_reason": "resolved_stamp_window", "round_id": 2}
