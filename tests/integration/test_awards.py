"""A round's awards, duels and log: from whichever of its files tells most, whoever came first."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from ingest_api.services.replay import replay
from shared.db.awards import Awards
from shared.db.replays import Scope
from shared.domain.vocabulary import Kind
from tests.integration.telling import KAAMOS, NORDIK, R1, R1_START, Teller, Voice, told_by_reporter

ENDSTATS, POORER = R1["endstats"], R1["poorer endstats"]
LEDGER = """
SELECT filename, success, round_id IS NOT NULL AS has_round, error_message, awards_count, vs_count
FROM processed_endstats_files WHERE server_id = :server_id ORDER BY filename
"""
NORDIK_KEY, KAAMOS_KEY = NORDIK[:8], KAAMOS[:8]


@pytest.fixture
def told(engine):
    return Teller(engine).new_server()


def endstats(text, name=ENDSTATS.filename):
    return Voice(Kind.ENDSTATS_FILE, text.encode(), name)


def awards(told):
    return [
        (row["award_name"], row["player_name"], row["player_guid"], row["award_value_numeric"], row["reason"])
        for row in told.judgement()["awards"]
    ]


def ledger(told):
    return {row.pop("filename")[15:17]: tuple(row.values()) for row in told.rows(LEDGER)}


def test_a_rounds_awards_are_those_of_its_file_each_with_its_players_key(told):
    told.tell(R1["report"], ENDSTATS)
    assert awards(told) == [
        ("Most damage given", "Nordik", NORDIK_KEY, 1820, None),
        ("Quickest multikill w/ light weapons", "Nordik", NORDIK_KEY, 3, None),
        ("Best K/D ratio", "Nordik", NORDIK_KEY, 1.6666666666667, None),
        ("Longest killing spree", "Nordik", NORDIK_KEY, 4, None),
        ("Most headshot kills", "Nordik", NORDIK_KEY, 3, None),
        ("Longest killing spree", "Nordik", NORDIK_KEY, 4, "emitter_mislabel"),
        ("Most useless kills", "Kaamos", KAAMOS_KEY, 5, "emitter_mislabel"),
        ("Most playtime denied", "Nordik", NORDIK_KEY, 61, None),
    ]


def test_of_an_award_its_own_text_is_kept_and_its_unit_is_read_from_that(told):
    """P48"""
    told.tell(
        R1["report"],
        endstats("Most useful kills (>Half respawn time left)\tNordik\t7\nFull respawn king\tx\t113 seconds\n"),
    )
    told_of = [
        (row["award_value"], row["award_value_numeric"], row["award_unit"]) for row in told.judgement()["awards"]
    ]
    assert told_of == [("7", 7, None), ("113 seconds", 113, "seconds")]


def test_duels_stand_from_either_side_with_both_players_keys(told):
    told.tell(R1["report"], ENDSTATS)
    assert [
        (row["subject_guid"], row["player_guid"], row["kills"], row["deaths"]) for row in told.judgement()["duels"]
    ] == [(NORDIK_KEY, KAAMOS_KEY, 8, 5), (KAAMOS_KEY, NORDIK_KEY, 5, 8)]


def test_of_whom_nobody_knows_the_name_is_kept_and_the_reason_told(told):
    told.tell(R1["report"], endstats("Most revives\tStranger\t7\nMost revived\t\t3\nMade up\tNordik\t2\n"))
    assert awards(told) == [
        ("Most revives", "Stranger", None, 7, "name_not_in_round"),
        ("Most revived", None, None, 3, "nameless"),
        ("Made up", "Nordik", NORDIK_KEY, 2, "unknown_award"),
    ]


def test_a_player_who_is_told_of_later_gets_his_awards(told):
    told.tell(R1["message"], ENDSTATS)
    told.tell(R1["report"])
    assert {row[2] for row in awards(told)} == {NORDIK_KEY, KAAMOS_KEY}


@pytest.mark.parametrize("order", [(ENDSTATS, POORER), (POORER, ENDSTATS)])
def test_of_two_files_the_richer_counts_and_the_poorer_is_superseded(told, order):
    """P28"""
    told.tell(R1["report"], *order)
    assert len(awards(told)) == 8
    assert ledger(told) == {"13": (False, False, "superseded", 2, 0), "14": (True, True, None, 8, 2)}


def test_a_file_that_grew_counts_under_its_one_name(told):
    grown = replace(ENDSTATS, body=ENDSTATS.body + b"Nobody\t1\t2\n")
    told.tell(R1["report"], ENDSTATS, grown, ENDSTATS)
    assert ledger(told) == {"14": (True, True, None, 8, 3)}


def test_a_file_that_waits_claims_nothing_and_is_tried_again_with_success(told):
    """P28, P58"""
    told.tell(ENDSTATS)
    assert ledger(told) == {"14": (False, False, "no_rows_for_map_round_yet", 8, 2)}
    told.tell(R1["report"], apart=timedelta(days=1))
    assert ledger(told) == {"14": (True, True, None, 8, 2)}


def test_a_file_nobody_can_read_says_why_and_claims_nothing(told):
    told.tell(R1["report"], endstats("\n\n"))
    assert ledger(told) == {"14": (False, False, "empty", None, None)}


def test_worse_bytes_under_a_name_do_not_take_its_claim_away(told):
    told.tell(R1["report"], ENDSTATS, endstats("\n\n"))
    assert ledger(told) == {"14": (True, True, None, 8, 2)}


def test_awards_make_no_new_revision_of_the_round(told):
    told.tell(R1["report"])
    before = told.rows("SELECT revision, updated_at FROM rounds WHERE server_id = :server_id")
    told.tell(POORER, ENDSTATS)
    assert told.rows("SELECT revision, updated_at FROM rounds WHERE server_id = :server_id") == before


def test_a_suites_log_stands_in_its_round_with_its_players_keys(told):
    submit = json.loads(R1["suite"].body)
    at_ms = (R1_START + 5) * 1000
    kill = {"unixtime": at_ms, "label": "kill", "killer": NORDIK, "victim": KAAMOS, "weapon": 8, "group": "player"}
    submit["gamelog"] += [kill, {**kill, "label": "damage"}, {**kill, "label": "revive", "player": KAAMOS}]
    told.tell(R1["report"], replace(R1["suite"], body=json.dumps(submit).encode()))
    assert [
        (row["ordinal"], row["at_unix_ms"], row["label"], row["player_guid"], row["other_guid"], row["details"])
        for row in told.judgement()["timeline"]
    ] == [(1, at_ms, "kill", NORDIK_KEY, KAAMOS_KEY, {"weapon": 8}), (2, at_ms, "revive", KAAMOS_KEY, KAAMOS_KEY, None)]


def test_a_round_told_by_a_suite_alone_has_its_log_at_once(told):
    told.tell(R1["suite"])
    assert [row["label"] for row in told.judgement()["timeline"]] == ["obj_planted"]


def test_what_somebody_spoilt_a_replay_repairs(told):
    told.tell(*R1.values())
    before = told.judgement()
    spoilt = "round_awards, round_vs_stats, round_timeline, processed_files, processed_endstats_files"
    with told.engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {spoilt}, proximity_processed_files"))
    list(replay(told.engine, Scope(), told.now))
    assert told.judgement() == before


def test_a_replay_tries_nothing_more_often_and_keeps_when_it_was_done(told):
    told.tell(*R1.values())
    question = "SELECT filename, attempts, processed_at FROM {} WHERE server_id = :server_id ORDER BY filename"
    ledgers = ("processed_files", "processed_endstats_files", "proximity_processed_files")
    before = [told.rows(question.format(table)) for table in ledgers]
    list(replay(told.engine, Scope(), told.now + timedelta(days=1)))
    assert [told.rows(question.format(table)) for table in ledgers] == before


def test_a_file_that_leaves_its_round_takes_its_claim_back(told):
    """P58"""
    told.tell(R1["report"], ENDSTATS)
    with told.engine.begin() as connection:
        connection.execute(text("UPDATE rounds SET map_name = 'radar'"))
        connection.execute(text("UPDATE round_events SET map_name = 'radar' WHERE filename IS NULL"))
    list(replay(told.engine, Scope(), told.now))
    claims = told.rows("SELECT round_id FROM processed_endstats_files WHERE success")
    linked = told.rows("SELECT round_id FROM round_events WHERE filename IS NOT NULL AND round_id IS NOT NULL")
    assert claims == linked


def test_for_showing_awards_under_a_wrong_label_are_left_out(told):
    told.tell(R1["report"], ENDSTATS)
    (round_,) = told.rows("SELECT id FROM rounds WHERE server_id = :server_id")
    with told.engine.connect() as connection:
        stored = Awards(connection)
        shown, duels = stored.of_round(round_["id"]), stored.duels(round_["id"])
    assert [award.position for award in shown] == [1, 2, 3, 4, 5, 8]
    assert [(duel.subject_name, duel.opponent_name, duel.kills) for duel in duels] == [
        ("Nordik", "Kaamos", 8),
        ("Kaamos", "Nordik", 5),
    ]


def test_the_api_tells_a_rounds_awards_once_there_are_some(door):
    answer = door.post(R1["report"].body)
    before = door.client.get("/api" + answer.headers["location"]).json()["awards"]
    name = ENDSTATS.filename.replace("235514", "225514")
    known = {"Authorization": f"Bearer {door.token}"}
    door.client.put(f"/v1/files/{name}", content=ENDSTATS.body, headers=known)
    first, *_others, last = door.client.get("/api" + answer.headers["location"]).json()["awards"]
    assert before is None
    assert first == {
        "award_name": "Most damage given",
        "category": "combat",
        "player_name": "Nordik",
        "player_guid": NORDIK_KEY,
        "award_value": "1820",
        "award_value_numeric": 1820.0,
        "award_unit": None,
        "position": 1,
        "reason": None,
    }
    assert (last["award_name"], last["award_value"]) == ("Most playtime denied", "61 seconds")


def test_a_file_that_an_operator_moves_takes_its_awards_along_and_leaves_the_poorer_ones(run, told):
    later = told_by_reporter(1, event_id="later", round_start_unix=R1_START + 3600, round_end_unix=R1_START + 3900)
    told.tell(R1["report"], later, ENDSTATS, POORER)
    first, second = told.rows("SELECT id FROM rounds WHERE server_id = :server_id ORDER BY round_start_unix")
    (moved,) = told.rows(f"SELECT id FROM round_events WHERE filename = '{ENDSTATS.filename}'")
    status, _, _ = run("relink", moved["id"], "--to", second["id"], "--reason", "seen on the server")
    found = told.rows("SELECT round_id, count(*) AS awards FROM round_awards GROUP BY 1 ORDER BY 1")
    claims = told.rows("SELECT round_id, awards_count AS awards FROM processed_endstats_files WHERE success ORDER BY 1")
    assert status == 0
    assert found == claims == [{"round_id": first["id"], "awards": 2}, {"round_id": second["id"], "awards": 8}]
