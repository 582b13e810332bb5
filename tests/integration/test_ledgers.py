"""The ledgers of files: a row is there exactly when what it claims is, however the work was cut short."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ingest_api.services.judge_again import judge_due_events
from ingest_api.services.judging import Rules
from ingest_api.services.servers import add_server
from tests.integration.ingesting import NOON
from tests.integration.telling import MIDNIGHT, R1, R2, ZONE_OF_THE_STAMPS, Teller, Told, Voice

LEDGERS = ("processed_files", "processed_endstats_files", "proximity_processed_files")
LEDGER_OF = {"stats": LEDGERS[0], "gametime": LEDGERS[0], "endstats": LEDGERS[1], "proximity": LEDGERS[2]}
TRIGGER = """
CREATE FUNCTION strike() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {deed}; RETURN NEW; END $$;
CREATE TRIGGER strike AFTER INSERT ON {ledger} FOR EACH ROW EXECUTE FUNCTION strike()
"""
REFUSE, DIE = "RAISE EXCEPTION 'not today'", "PERFORM pg_terminate_backend(pg_backend_pid())"
UNTRUE = """
SELECT filename FROM processed_files p WHERE status = 'imported' AND NOT EXISTS (
    SELECT FROM round_events e WHERE e.delivery_id = p.delivery_id AND e.round_id IS NOT NULL)
UNION ALL SELECT filename FROM processed_endstats_files p WHERE success AND NOT EXISTS (
    SELECT FROM round_awards a WHERE a.round_id = p.round_id)
UNION ALL SELECT e.filename FROM round_events e JOIN deliveries d ON d.id = e.delivery_id
WHERE d.kind = 'stats_file' AND e.round_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM processed_files p WHERE p.delivery_id = e.delivery_id AND p.status = 'imported')
UNION ALL SELECT e.filename FROM round_events e JOIN deliveries d ON d.id = e.delivery_id
WHERE d.kind = 'endstats_file' AND e.round_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM processed_endstats_files p WHERE p.filename = e.filename AND p.success)
"""
EVENINGS = 40
KILLED_AFTER_FILES = (3, 20, 45)


@pytest.fixture
def told(engine):
    return Teller(engine).new_server()


def do(told, statement):
    with told.engine.begin() as connection:
        connection.execute(text(statement))


def counts(told):
    return [len(told.rows(f"SELECT 1 FROM {ledger}")) for ledger in LEDGERS]


def test_every_file_that_came_stands_in_its_ledger_with_what_became_of_it(told):
    told.tell(*R1.values())
    judgement = told.judgement()
    assert {(row["kind"], row["status"], row["error_code"]) for row in judgement["files"]} == {
        ("stats_file", "imported", None),
        ("gametime_file", "imported", None),
    }
    (proximity,) = judgement["proximity files"]
    assert (proximity["status"], proximity["aggregates_applied"]) == ("filed", False)
    keys = told.rows("SELECT round_key FROM proximity_processed_files")
    assert keys == told.rows("SELECT round_fingerprint AS round_key FROM round_events WHERE source = 'proximity_file'")


def test_a_proximity_file_that_waits_says_when_it_is_tried_again(told):
    told.tell(R1["proximity"])
    (row,) = told.rows("SELECT status, error_code, attempts, next_attempt_at FROM proximity_processed_files")
    (event,) = told.rows("SELECT next_attempt_at FROM round_events")
    assert (row["status"], row["error_code"]) == ("waiting", "no_rows_for_map_round_yet")
    assert (row["attempts"], row["next_attempt_at"]) == (2, event["next_attempt_at"])


def test_a_file_nobody_can_read_is_noted_with_the_reason_and_imported_once_it_is_whole(told):
    whole = R1["stats"]
    told.tell(Voice(whole.kind, b"half", whole.filename))
    assert [(row["status"], row["error_code"]) for row in told.judgement()["files"]] == [
        ("quarantined", "malformed_header")
    ]
    told.tell(whole)
    assert [(row["status"], row["error_code"]) for row in told.judgement()["files"]] == [("imported", None)]
    assert told.rows("SELECT attempts FROM processed_files") == [{"attempts": 2}]


@pytest.mark.parametrize("voice", LEDGER_OF)
def test_what_cannot_be_noted_is_not_done_and_done_later(told, voice):
    """P58"""
    told.tell(R1["report"])
    do(told, TRIGGER.format(deed=REFUSE, ledger=LEDGER_OF[voice]))
    told.tell(R1[voice])
    linked = "SELECT round_id FROM round_events WHERE filename IS NOT NULL AND round_id IS NOT NULL"
    assert (counts(told), told.rows(linked)) == ([0, 0, 0], [])
    do(told, f"DROP TRIGGER strike ON {LEDGER_OF[voice]}")
    judge_due_events(told.engine, Rules(), MIDNIGHT + timedelta(days=1))
    assert (sum(counts(told)), len(told.rows(linked))) == (1, 1)


@pytest.mark.parametrize("voice", LEDGER_OF)
def test_killed_while_it_is_noted_nothing_was_done_and_the_sender_tries_again(told, voice):
    """P58"""
    told.tell(R1["report"])
    do(told, TRIGGER.format(deed=DIE, ledger=LEDGER_OF[voice]))
    with pytest.raises(DBAPIError):
        told.tell(R1[voice])
    assert (counts(told), len(told.rows("SELECT 1 FROM deliveries"))) == ([0, 0, 0], 1)
    do(told, f"DROP TRIGGER strike ON {LEDGER_OF[voice]}")
    told.tell(R1[voice])
    assert (sum(counts(told)), told.rows(UNTRUE)) == (1, [])


def test_one_file_sent_twenty_times_at_once_is_noted_once(told):
    """P31"""
    told.tell(R1["report"])
    with ThreadPoolExecutor(20) as senders:
        list(senders.map(lambda _: told.tell(R1["endstats"]), range(20)))
    assert counts(told) == [0, 1, 0]
    assert told.rows("SELECT success, attempts FROM processed_endstats_files") == [{"success": True, "attempts": 1}]


def evenings(folder):
    for number in range(EVENINGS):
        day = date(2026, 3, 1) + timedelta(days=number)
        for voice in (R1["stats"], R1["endstats"]):
            (folder / voice.filename.replace("2026-02-03", day.isoformat())).write_bytes(voice.body)
        (folder / R2["stats"].filename.replace("2026-02-04", (day + timedelta(days=1)).isoformat())).write_bytes(
            R2["stats"].body
        )


def test_an_import_killed_again_and_again_never_claims_what_it_did_not_do(engine, database_url, tmp_path):
    """P8, P58"""
    evenings(tmp_path)
    with engine.begin() as connection:
        token = add_server(connection, "srv1", time_zone=ZONE_OF_THE_STAMPS, now=NOON)
    told = Told(engine, Rules(), "srv1", token)
    environment = os.environ | {"DATABASE_URL": database_url, "ROUNDWIRE_DATA": str(tmp_path / "data")}
    command = [sys.executable, "-m", "ingest_api.cli.main", "import", str(tmp_path), "--server", "srv1", "--json"]
    for files in KILLED_AFTER_FILES:
        importing = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while len(told.rows("SELECT 1 FROM deliveries")) < files and importing.poll() is None:
            time.sleep(0.001)
        importing.send_signal(signal.SIGKILL)
        assert importing.wait() == -signal.SIGKILL
        assert told.rows(UNTRUE) == []
    subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL)
    assert told.rows(UNTRUE) == []
    assert counts(told) == [2 * EVENINGS, EVENINGS, 0]
    assert told.rows("SELECT 1 FROM processed_endstats_files WHERE NOT success") == []
