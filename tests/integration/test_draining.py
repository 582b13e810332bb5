"""What was spooled comes to the database once, in order, as if it had never been away; whatever dies meanwhile."""

import time
from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from ingest_api.services.bringing import bring
from ingest_api.services.draining import Drainer
from ingest_api.services.judging import Rules
from ingest_api.services.servers import add_server, revoke_tokens, rotate_token
from ingest_api.services.spool import Spool
from shared.domain.spool_record import SpoolHead
from shared.domain.vocabulary import Kind, Outcome
from shared.ops.clock import utc_now
from shared.ops.spool_writer import segments
from tests.factories import R1_START, a_report, a_second_report, as_body
from tests.integration.ingesting import NOON
from tests.integration.outage import cut_off, let_in
from tests.integration.test_spooling import STATS, STATS_NAME, bearer, known_to

OWN = {"id", "delivery_id", "server_id", "received_at", "round_id", "round_fingerprint", "match_id", "event_id", "at"}
OWN |= {"captured_at", "created_at", "updated_at", "first_event_id", "gaming_session_id", "subject", "link_details"}
COMPARED = ("rounds", "round_events", "deliveries", "matches")


@pytest.fixture
def spool(tmp_path):
    opened = Spool(tmp_path, 1 << 26)
    opened.prepare()
    yield opened
    opened.close()


@pytest.fixture
def srv1(engine):
    with engine.begin() as connection:
        return add_server(connection, "srv1", now=NOON)


def a_head(**changes):
    known = {"received_at": NOON, "outcome": Outcome.SPOOLED, "answer_code": 202, "server_id": "srv1", "headers": {}}
    return SpoolHead("", **known | {"kind": Kind.ROUND_REPORT} | changes)


def drain(engine, folder):
    """A worker of its own, until nothing is left to do."""
    drainer = Drainer(engine, Rules(), folder)
    while drainer.drain(utc_now()):
        pass


def rows(engine, question):
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(question)]


def counts(engine):
    question = "SELECT (SELECT count(*) FROM {}), (SELECT count(*) FROM {}), (SELECT count(*) FROM {})"
    return rows(engine, question.format("deliveries", "delivery_receipts", "rounds"))[0]


def left_in(spool):
    return [path.name for name in ("deliveries", "refusals") for path, _size in segments(spool.folder, name)]


# ----- as if it had never been away -----------------------------------------------------------------------------------


def send_everything(door, token):
    answers = [
        door.post(a_report(weather="fog"), token=token),
        door.post(a_second_report(), token=token),
        door.post(a_second_report(sequence=3), token=token),
        door.post(a_report(weather="fog"), token=token),
        door.post({"schema_version": 1}, token=token),
        door.post(b"not json", token=token),
        door.client.put(f"/v1/files/{STATS_NAME}", content=STATS, headers={"Authorization": f"Bearer {token}"}),
    ]
    return [answer.status_code for answer in answers]


def test_the_result_is_that_of_a_database_that_was_never_away(door, postgres_url):
    known_to(door)
    other = door.register("srv2")
    assert send_everything(door, other) == [201, 201, 200, 200, 202, 422, 202]
    cut_off(postgres_url, door.engine)
    assert send_everything(door, door.token) == [202, 202, 202, 202, 202, 422, 202]
    let_in(postgres_url, door.engine)
    drain(door.engine, door.data)
    for table in COMPARED:
        told = {}
        for server in ("srv1", "srv2"):
            found = door.rows(f"SELECT * FROM {table} WHERE server_id = '{server}' ORDER BY 1")
            told[server] = [{name: value for name, value in row.items() if name not in OWN} for row in found]
        strip = sorted(str(row).replace("srv2", "srv1") for row in told["srv2"])
        assert sorted(map(str, told["srv1"])) == strip, table
    door.histories()


def test_the_time_of_receipt_is_the_true_one(door, postgres_url):
    known_to(door)
    cut_off(postgres_url, door.engine)
    began = utc_now()
    door.post(a_report())
    ended = utc_now()
    let_in(postgres_url, door.engine)
    drain(door.engine, door.data)
    for table in ("deliveries", "delivery_receipts", "round_events"):
        assert began <= door.row(f"SELECT received_at FROM {table}")["received_at"] <= ended
    assert began <= door.row("SELECT min(at) AS at FROM round_event_moves")["at"] <= ended


@pytest.mark.usefixtures("srv1")
def test_a_round_that_was_spooled_is_posted(engine, spool, tmp_path):
    spool.keep(a_head(), as_body(a_report()))
    drain(engine, tmp_path)
    assert rows(engine, "SELECT kind, status FROM publications") == [("round_post", "pending")]


@pytest.mark.usefixtures("srv1")
def test_they_come_in_the_order_in_which_they_arrived(engine, spool, tmp_path):
    second = Spool(tmp_path, 1 << 26)
    for number in (3, 1, 2, 0):
        start = R1_START + 3600 * number
        body = as_body(a_report(event_id=f"e{number}", round_start_unix=start, round_end_unix=start + 456))
        (second if number % 2 else spool).keep(a_head(received_at=NOON + timedelta(seconds=number)), body)
    second.close()
    drain(engine, tmp_path)
    assert rows(engine, "SELECT event_id FROM deliveries ORDER BY id") == [("e0",), ("e1",), ("e2",), ("e3",)]


def test_a_greeting_that_waited_never_replaces_a_newer_one(door, postgres_url):
    known_to(door)
    cut_off(postgres_url, door.engine)
    door.client.post("/v1/hello", json={"instance": "1", "sender_version": "old"}, headers=bearer(door))
    let_in(postgres_url, door.engine)
    while door.client.get("/readyz").status_code != 200:
        time.sleep(0.05)
    drain(door.engine, door.data)
    assert door.row("SELECT sender_version FROM reporter_instances")["sender_version"] == "old"
    door.client.post("/v1/hello", json={"instance": "1", "sender_version": "new"}, headers=bearer(door))
    door.do("DELETE FROM drained_records")
    drain(door.engine, door.data)
    assert door.row("SELECT sender_version FROM reporter_instances")["sender_version"] == "new"


# ----- one outcome each -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("srv1")
def test_draining_adds_no_outcome_and_tells_what_each_turned_out_to_be(engine, spool, tmp_path):
    spool.keep(a_head(), as_body(a_report()))
    spool.keep(a_head(), as_body(a_report()))
    spool.keep(a_head(), as_body(a_report(sequence=2)))
    spool.keep(a_head(), b"{}")
    spool.keep(a_head(outcome=Outcome.REFUSED_MALFORMED, answer_code=422), b"not json")
    spool.count(SpoolHead("", NOON, Outcome.REFUSED_AUTH, 401))
    drain(engine, tmp_path)
    found = rows(engine, "SELECT outcome, answer_code, count(*) FROM delivery_receipts GROUP BY 1, 2 ORDER BY 1")
    assert found == [("refused_auth", 401, 1), ("refused_malformed", 422, 1), ("spooled", 202, 4)]
    became = rows(engine, "SELECT outcome, count(*) FROM drained_records GROUP BY 1 ORDER BY 1")
    assert became == [
        ("accepted", 1),
        ("duplicate", 1),
        ("quarantined", 1),
        ("refused_auth", 1),
        ("refused_malformed", 1),
        ("revised", 1),
    ]


def test_what_was_committed_although_nobody_was_told_is_counted_once(door):
    """The answer to the commit was lost: the copy in the spool and the one in the database are the same arrival."""
    door.post(a_report())
    door.post(a_report(), token="rw_nobody")
    taken, refused = door.rows("SELECT received_at FROM delivery_receipts ORDER BY id")
    spool = Spool(door.data, 1 << 26)
    spool.keep(a_head(received_at=taken["received_at"], may_be_stored=True), as_body(a_report()))
    spool.count(SpoolHead("", refused["received_at"], Outcome.REFUSED_AUTH, 401, may_be_stored=True))
    spool.keep(a_head(received_at=NOON, may_be_stored=True), as_body(a_report()))
    spool.close()
    drain(door.engine, door.data)
    assert door.outcomes() == {"accepted": 1, "refused_auth": 1, "spooled": 1}


# ----- whatever dies --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("srv1")
def test_a_worker_that_dies_before_a_segment_is_removed_brings_nothing_twice(engine, spool, tmp_path):
    spool.keep(a_head(), as_body(a_report()))
    spool.count(SpoolHead("", NOON, Outcome.REFUSED_AUTH, 401))
    drain(engine, tmp_path)  # the segments are still being written to, so they stay
    assert len(left_in(spool)) == 2
    once = counts(engine)
    drain(engine, tmp_path)
    assert counts(engine) == once == (1, 2, 1)


@pytest.mark.usefixtures("srv1")
def test_a_worker_that_dies_before_the_commit_has_brought_nothing(engine, spool, tmp_path):
    """The ledger refuses at the last moment: all that was done for the records is undone."""
    spool.keep(a_head(), as_body(a_report()))
    spool.keep(a_head(), as_body(a_second_report()))
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE drained_records ADD CONSTRAINT not_yet CHECK (false) NOT VALID")
    drain(engine, tmp_path)
    assert counts(engine) == (0, 0, 0)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE drained_records DROP CONSTRAINT not_yet")
    drain(engine, tmp_path)
    assert counts(engine) == (2, 2, 2)


@pytest.mark.usefixtures("srv1")
def test_two_drainers_at_once_bring_each_record_once(engine, spool, tmp_path):
    spool.keep(a_head(), as_body(a_report()))
    spool.keep(a_head(), as_body(a_second_report()))
    waiting = spool.waiting()
    bring(engine, waiting[:1], Rules(), utc_now())
    assert not bring(engine, waiting, Rules(), utc_now())
    assert counts(engine) == (1, 1, 1)
    drain(engine, tmp_path)
    assert counts(engine) == (2, 2, 2)


@pytest.mark.usefixtures("srv1")
def test_a_segment_goes_only_when_its_writer_has_left_it(engine, spool, tmp_path):
    spool.keep(a_head(), as_body(a_report()))
    drain(engine, tmp_path)
    assert len(left_in(spool)) == 1
    spool.close()
    drain(engine, tmp_path)
    assert left_in(spool) == []


@pytest.mark.usefixtures("srv1")
def test_a_database_that_forgot_is_told_again(engine, spool, tmp_path):
    """A crash may undo what was committed without waiting for the disk; no segment goes before it is sure."""
    spool.keep(a_head(), as_body(a_report()))
    drainer = Drainer(engine, Rules(), tmp_path)
    drainer.drain(utc_now())
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM drained_records")
    spool.close()
    drainer.drain(utc_now())
    assert len(left_in(spool)) == 1
    drainer.drain(utc_now())
    drainer.drain(utc_now())
    assert left_in(spool) == []
    assert len(rows(engine, "SELECT spool_id FROM drained_records")) == 1


@pytest.mark.usefixtures("srv1")
def test_a_database_that_goes_away_again_loses_nothing(engine, spool, tmp_path, postgres_url):
    spool.keep(a_head(), as_body(a_report()))
    drainer = Drainer(engine, Rules(), tmp_path)
    cut_off(postgres_url, engine)
    with pytest.raises(DBAPIError):
        drainer.drain(utc_now())
    let_in(postgres_url, engine)
    drainer.drain(utc_now())
    assert counts(engine) == (1, 1, 1)


# ----- what cannot be brought -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("srv1")
def test_one_record_that_cannot_be_brought_keeps_no_other_waiting(engine, spool, tmp_path):
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE deliveries ADD CONSTRAINT picky CHECK (event_id <> 'e-1')")
    spool.keep(a_head(), as_body(a_report()))
    spool.keep(a_head(), as_body(a_second_report()))
    spool.close()
    drain(engine, tmp_path)
    assert rows(engine, "SELECT event_id FROM deliveries") == [("e-2",)]
    assert len(left_in(spool)) == 1
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE deliveries DROP CONSTRAINT picky")
    drain(engine, tmp_path)
    assert (counts(engine)[0], left_in(spool)) == (2, [])


@pytest.mark.usefixtures("srv1")
def test_a_judgement_that_fails_among_others_is_left_to_the_worker_and_they_are_judged(engine, spool, tmp_path):
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE rounds ADD CONSTRAINT picky CHECK (round_number <> 2)")
    for number, report in enumerate((a_report(), a_second_report(), a_report(map_name="te_escape2", event_id="e-3"))):
        spool.keep(a_head(received_at=NOON + timedelta(seconds=number)), as_body(report))
    drain(engine, tmp_path)
    assert rows(engine, "SELECT state FROM round_events ORDER BY id") == [("enriched",), ("seen",), ("enriched",)]


@pytest.mark.usefixtures("srv1")
def test_records_of_one_server_share_transactions_those_of_several_do_not(engine, spool, tmp_path):
    with engine.begin() as connection:
        add_server(connection, "srv2", now=NOON)
    for server_id in ("srv1", "srv2"):
        spool.keep(a_head(server_id=server_id), as_body(a_report(server_id=server_id)))
        spool.keep(a_head(server_id=server_id), as_body(a_second_report(server_id=server_id)))
    drain(engine, tmp_path)
    assert rows(engine, "SELECT count(*), count(DISTINCT xmin::text) FROM drained_records") == [(4, 2)]


@pytest.mark.usefixtures("srv1")
def test_what_a_revoked_server_spooled_waits_until_it_may_speak_again(engine, spool, tmp_path):
    spool.keep(a_head(), as_body(a_report()))
    spool.close()
    with engine.begin() as connection:
        revoke_tokens(connection, "srv1")
    drain(engine, tmp_path)
    assert (counts(engine), len(left_in(spool))) == ((0, 0, 0), 1)
    with engine.begin() as connection:
        rotate_token(connection, "srv1")
    drain(engine, tmp_path)
    assert (counts(engine), left_in(spool)) == ((1, 1, 1), [])


@pytest.mark.usefixtures("srv1")
def test_a_damaged_record_costs_itself_and_stays_to_be_looked_at(engine, spool, tmp_path):
    spool.keep(a_head(), as_body(a_report()))
    spool.keep(a_head(), as_body(a_second_report()))
    spool.close()
    ((path, _size),) = segments(spool.folder, "deliveries")
    held = bytearray(path.read_bytes())
    held[held.index(b"supply")] ^= 1
    path.write_bytes(held)
    drain(engine, tmp_path)
    assert rows(engine, "SELECT event_id FROM deliveries") == [("e-2",)]
    assert path.exists()


@pytest.mark.usefixtures("srv1")
def test_a_damaged_head_is_passed_over_and_its_segment_kept_aside(engine, spool, tmp_path):
    spool.keep(a_head(), as_body(a_report()))
    spool.keep(a_head(), as_body(a_second_report()))
    spool.close()
    ((path, _size),) = segments(spool.folder, "deliveries")
    held = bytearray(path.read_bytes())
    held[held.index(b"spool_id")] ^= 1
    path.write_bytes(held)
    drain(engine, tmp_path)
    assert rows(engine, "SELECT event_id FROM deliveries") == [("e-2",)]
    assert (path.exists(), path.with_suffix(".damaged").exists()) == (False, True)


@pytest.mark.usefixtures("srv1")
def test_a_torn_tail_is_cut_off(engine, spool, tmp_path):
    spool.keep(a_head(), as_body(a_report()))
    spool.keep(a_head(), as_body(a_second_report()))
    spool.close()
    ((path, size_bytes),) = segments(spool.folder, "deliveries")
    with path.open("r+b") as file:
        file.truncate(size_bytes - 10)
    drain(engine, tmp_path)
    assert (rows(engine, "SELECT event_id FROM deliveries"), left_in(spool)) == ([("e-1",)], [])
