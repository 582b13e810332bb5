"""While the database is away every door goes on taking what it is sent, and turns away whom it would turn away."""

import gzip
import json
import time
from datetime import timedelta
from pathlib import Path

import pytest

from ingest_api.cli.main import main
from shared.domain.contract import LARGEST_BODY_BYTES
from shared.domain.known_servers import KnownServers, encode
from shared.ops.clock import utc_now
from shared.ops.known_servers_file import FILE, KnownServersFile
from shared.ops.spool_reader import Contents
from tests.factories import a_report, a_second_report
from tests.integration.ingesting import opened_door
from tests.integration.outage import cut_off

SENDERS = Path(__file__).parents[1] / "golden" / "senders"
MESSAGE = (SENDERS / "stats_message" / "r1.json").read_bytes()
SUBMIT = (SENDERS / "suite" / "r1-minimal.json").read_bytes()
STATS_NAME = "2026-02-03-235512-etl_frostbite-round-1.txt"
STATS = b"^1Pub\\etl_frostbite\\legacy3\\1\\1\\2\\12:00\\4:07\\246812\n"
SUITE = "/api/v2/stats/etl"


def known_to(door):
    """Wait until the service has written down who may speak."""
    while KnownServersFile(door.data).read() is None:
        time.sleep(0.01)


@pytest.fixture
def away(door, postgres_url):
    known_to(door)
    cut_off(postgres_url, door.engine)
    return door


def spooled(door):
    contents = Contents(door.data / "spool", ("deliveries", "refusals")).read()
    return sorted((one.head for waiting in contents.values() for one in waiting), key=lambda head: head.received_at)


def bearer(door, **headers):
    return {"Authorization": f"Bearer {door.token}", **headers}


# ----- what is taken --------------------------------------------------------------------------------------------------


def test_a_round_is_durable_in_the_spool_and_the_answer_says_so(away):
    answer = away.post(a_report())
    (head,) = spooled(away)
    assert (answer.status_code, answer.json()["outcome"]) == (202, "spooled")
    assert answer.json() == {
        "outcome": "spooled",
        "spool_id": head.spool_id,
        "event_id": "e-1",
        "content_sha256": answer.json()["content_sha256"],
        "problems": [],
    }
    assert (head.server_id, head.kind, head.outcome, head.answer_code) == ("srv1", "round_report", "spooled", 202)


def test_a_file_is_spooled(away):
    answer = away.client.put(f"/v1/files/{STATS_NAME}", content=STATS, headers=bearer(away))
    assert (answer.status_code, answer.json()["outcome"]) == (202, "spooled")
    assert [(head.kind, head.filename) for head in spooled(away)] == [("stats_file", STATS_NAME)]


def test_a_name_of_a_file_is_spooled(away):
    answer = away.client.post("/v1/filename-triggers", json={"filename": STATS_NAME}, headers=bearer(away))
    assert (answer.status_code, [head.kind for head in spooled(away)]) == (202, ["filename_notice"])


def test_a_webhook_is_answered_as_ever(away):
    path = f"/api/webhooks/srv1/{away.token}"
    assert away.client.post(path, content=MESSAGE).status_code == 204
    told = away.client.post(f"{path}?wait=true", content=MESSAGE)
    assert (told.status_code, told.json()["content"]) == (200, "STATS_READY")
    assert [head.kind for head in spooled(away)] == ["stats_message"] * 2


def test_a_submit_of_the_suite_is_a_success(away):
    headers = bearer(away, **{"Content-Encoding": "gzip"})
    answer = away.client.post(f"{SUITE}/matches/stats/submit", content=gzip.compress(SUBMIT), headers=headers)
    assert (answer.status_code, [head.kind for head in spooled(away)]) == (202, ["suite_json"])


def test_the_suites_questions_are_answered(away):
    assert away.client.get(f"{SUITE}/matches/stats/version", headers=bearer(away)).json()["version"] == "0.0.0"
    assert away.client.get(f"{SUITE}/match-manager/192.0.2.7/27960", headers=bearer(away)).status_code == 200


def test_a_reporter_that_greets_is_told_who_it_is(away):
    answer = away.client.post("/v1/hello", json={"instance": "27960"}, headers=bearer(away))
    assert (answer.status_code, answer.json()["server_id"]) == (200, "srv1")
    assert [head.outcome for head in spooled(away)] == [None]


def test_bytes_that_are_no_json_are_refused_and_kept(away):
    assert away.post(b"not json").status_code == 422
    assert [(head.outcome, head.answer_code, head.server_id) for head in spooled(away)] == [
        ("refused_malformed", 422, "srv1")
    ]


# ----- what is refused ------------------------------------------------------------------------------------------------


def test_whoever_is_refused_is_counted_in_the_spool(away):
    assert away.post(a_report(), token="rw_nobody").status_code == 401
    assert away.post(b" " * (LARGEST_BODY_BYTES + 1)).status_code == 413
    assert away.post(b"x", **{"Content-Encoding": "br"}).status_code == 415
    assert away.client.put("/v1/files/%00", content=b"", headers=bearer(away)).status_code == 422
    outcomes = [(head.outcome, head.answer_code) for head in spooled(away)]
    assert outcomes == [
        ("refused_auth", 401),
        ("refused_size", 413),
        ("refused_malformed", 415),
        ("refused_malformed", 422),
    ]


def test_the_rates_hold(engine, database_url, postgres_url):
    with opened_door(engine, database_url, rounds_per_minute=1, rounds_burst=1) as door:
        known_to(door)
        cut_off(postgres_url, engine)
        assert [door.post(a_report()).status_code for _ in range(2)] == [202, 429]
        assert [head.outcome for head in spooled(door)] == ["spooled", "refused_rate"]


def test_a_webhook_nobody_knows_is_met_with_silence_and_counted(away):
    with pytest.raises(Exception, match="disconnected"):
        away.client.post("/api/webhooks/srv1/somebody-elses-token", content=MESSAGE)
    assert [head.outcome for head in spooled(away)] == ["refused_auth"]


# ----- who is known ---------------------------------------------------------------------------------------------------


def test_a_service_that_starts_without_its_database_knows_who_may_speak(door, postgres_url):
    known_to(door)
    cut_off(postgres_url, door.engine)
    written = (door.data / FILE).read_text()
    assert door.token not in written
    nowhere = "postgresql://nobody@127.0.0.1:1/nowhere"
    with opened_door_again(door, nowhere) as started:
        assert started.post(a_report(), token=door.token).status_code == 202
        assert started.post(a_report(), token="rw_nobody").status_code == 401


def opened_door_again(door, database_url):
    """A second process on the same data folder; the database it was told of is not there."""
    return opened_door(None, database_url, data=door.data)


def test_who_was_known_a_week_ago_is_not_believed_any_more(away):
    known = KnownServersFile(away.data).read()
    old = KnownServers(utc_now() - timedelta(days=8), known.servers)
    with opened_door_again(away, "postgresql://nobody@127.0.0.1:1/nowhere") as started:
        (away.data / FILE).write_text(encode(old))
        assert started.post(a_report(), token=away.token).status_code == 503
        (away.data / FILE).write_text(encode(KnownServers(utc_now() - timedelta(days=6), known.servers)))
        assert started.post(a_report(), token=away.token).status_code == 202


def test_a_token_revoked_just_before_the_outage_opens_nothing(door, postgres_url, database_url, monkeypatch, capsys):
    known_to(door)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("ROUNDWIRE_DATA", str(door.data))
    assert main(["server", "revoke", "srv1"]) == 0
    capsys.readouterr()
    cut_off(postgres_url, door.engine)
    assert door.post(a_report()).status_code == 401


def test_only_its_owner_may_read_who_is_known(away):
    assert (away.data / FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "written", ["", "{}", "[]", '{"format": 2}', '{"format":1,"known_at":"x","servers":[]}', "\x00"]
)
def test_what_is_not_what_was_written_down_is_nobody(away, written):
    with opened_door_again(away, "postgresql://nobody@127.0.0.1:1/nowhere") as started:
        (away.data / FILE).write_text(written)
        assert started.post(a_report(), token=away.token).status_code == 503


# ----- the bound ------------------------------------------------------------------------------------------------------


def test_at_the_bound_every_sender_is_told_to_keep_what_it_has(engine, database_url, postgres_url):
    with opened_door(engine, database_url, spool_bytes=1 << 20) as door:
        known_to(door)
        cut_off(postgres_url, engine)
        large = json.dumps(a_report(weather="x" * 900_000)).encode()
        assert door.post(large).status_code == 202
        full = door.post(large)
        assert (full.status_code, full.json()["code"], "retry-after" in full.headers) == (503, "unavailable", True)
        with pytest.raises(Exception, match="disconnected"):
            door.client.post(f"/api/webhooks/srv1/{door.token}", content=large)
        submitted = door.client.post(f"{SUITE}/matches/stats/submit", content=large, headers=bearer(door))
        assert (submitted.status_code, submitted.content, submitted.headers["retry-after"]) == (503, b"", "4")
        assert door.post(a_second_report()).status_code == 202
        assert [head.outcome for head in spooled(door)] == ["spooled", "spooled"]
