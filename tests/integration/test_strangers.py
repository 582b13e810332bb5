"""What one server may send, another cannot read, change or fake: whose something is, is said by what it was let in by."""

import io
import json

import httpx
import pytest

from tests.factories import a_report, a_second_report, as_body
from tests.integration.signing import headers_of, secret_for
from tests.messages import a_message, as_bytes
from tests.submits import a_submit

SUITE = "/api/v2/stats/etl/matches/stats/submit"
STATS_NAME = "2026-02-03-235512-etl_frostbite-round-1.txt"
STATS = b"^1Pub\\etl_frostbite\\legacy3\\1\\1\\2\\12:00\\4:07\\246812\n"
SNAPSHOT = "SELECT * FROM rounds WHERE server_id = 'srv1' ORDER BY id"


@pytest.fixture
def stranger(door):
    """The token of another registered server, after `srv1` has told of a round."""
    door.post(a_report())
    return door.register("srv2")


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def owners(door, table="deliveries"):
    return [row["server_id"] for row in door.rows(f"SELECT server_id FROM {table} ORDER BY id")]


# ----- claims ---------------------------------------------------------------------------------------------------------


def test_a_report_that_claims_to_be_anothers_is_its_senders(door, stranger):
    before = door.rows(SNAPSHOT)
    answer = door.post(a_report(server_id="srv1", event_id="e-1", winner=2), token=stranger)
    assert answer.json()["outcome"] == "accepted"
    assert owners(door, "rounds") == ["srv1", "srv2"]
    assert door.rows(SNAPSHOT) == before


def test_the_same_round_told_by_another_server_is_another_round(door, stranger):
    theirs = door.row("SELECT round_fingerprint FROM rounds")["round_fingerprint"]
    told = door.post(a_report(), token=stranger).json()
    assert (told["outcome"], told["round_fingerprint"] == theirs) == ("accepted", False)


def test_nobody_learns_whether_another_has_sent_the_same_bytes(door, stranger):
    door.client.put(f"/v1/files/{STATS_NAME}", content=STATS, headers=bearer(door.token))
    answer = door.client.put(f"/v1/files/{STATS_NAME}", content=STATS, headers=bearer(stranger))
    assert answer.json()["outcome"] == "quarantined"
    assert owners(door)[1:] == ["srv1", "srv2"]


def test_a_submit_of_the_suite_is_its_senders_whatever_stands_in_it(door, stranger):
    before = door.rows(SNAPSHOT)
    door.client.post(SUITE, content=json.dumps(a_submit()).encode(), headers=bearer(stranger))
    assert owners(door) == ["srv1", "srv2"]
    assert door.rows(SNAPSHOT) == before


def test_a_second_round_does_not_join_another_servers_match(door, stranger):
    first = door.row("SELECT match_id FROM rounds")["match_id"]
    door.post(a_second_report(), token=stranger)
    assert door.row("SELECT match_id FROM rounds WHERE server_id = 'srv2'")["match_id"] != first


def test_a_handshake_says_nothing_about_anothers_reporter(door, stranger):
    for token, boot in ((door.token, "b1"), (stranger, "b2")):
        body = {"instance": "27960", "server_id": "srv1", "boot_id": boot}
        door.client.post("/v1/hello", json=body, headers=bearer(token))
    told = door.rows("SELECT server_id, boot_id FROM reporter_instances ORDER BY server_id")
    assert [(row["server_id"], row["boot_id"]) for row in told] == [("srv1", "b1"), ("srv2", "b2")]


def test_the_version_told_to_a_suite_is_its_own_servers(door, stranger):
    path = "/api/v2/stats/etl/matches/stats/version"
    body = json.dumps(a_submit()).encode()
    assert door.client.post(SUITE, content=body, headers=bearer(door.token)).status_code == 201
    told = [door.client.get(path, headers=bearer(token)).json()["version"] for token in (door.token, stranger)]
    assert told[0] != "0.0.0"
    assert told[1] == "0.0.0"


# ----- other people's doors -------------------------------------------------------------------------------------------


def test_the_webhook_of_another_is_closed(door, stranger):
    with pytest.raises(httpx.RemoteProtocolError):
        door.client.post(f"/api/webhooks/srv1/{stranger}", content=as_bytes(a_message()))
    assert owners(door) == ["srv1"]


@pytest.mark.parametrize("webhook_id", ["1234567890", "srv1"])
def test_a_webhook_by_its_id_is_closed_to_anothers_token(door, stranger, run, monkeypatch, webhook_id):
    monkeypatch.setattr(
        "sys.stdin", io.StringIO("https://chat.example/api/webhooks/1234567890/theTokenOfThisWebhook\n")
    )
    assert run("server", "webhook", "srv1")[0] == 0
    with pytest.raises(httpx.RemoteProtocolError):
        door.client.post(f"/api/webhooks/{webhook_id}/{stranger}", content=as_bytes(a_message()))
    assert owners(door) == ["srv1"]


def test_a_webhooks_token_signs_nothing_and_a_signing_secret_is_no_token(door):
    secret = secret_for(door)
    assert door.post(a_report(), token=secret).status_code == 401
    with pytest.raises(httpx.RemoteProtocolError):
        door.client.post(f"/api/webhooks/srv1/{secret.replace('/', '_')}", content=as_bytes(a_message()))


def test_a_signature_of_one_and_a_token_of_another_are_nobodys(door, stranger):
    body = as_body(a_second_report())
    headers = headers_of(secret_for(door), body) | bearer(stranger)
    assert door.client.post("/v1/rounds", content=body, headers=headers).status_code == 401


@pytest.mark.parametrize(
    "path", ["/diagnostics/deliveries", "/diagnostics/deliveries/1/raw", "/diagnostics/quarantine"]
)
def test_a_servers_token_reads_nobodys_deliveries_from_elsewhere(door, stranger, path):
    headers = bearer(stranger) | {"X-Forwarded-For": "192.0.2.7"}
    assert door.client.get(path, headers=headers).status_code == 403


def test_a_servers_token_requeues_nothing_from_elsewhere(door, stranger):
    headers = bearer(stranger) | {"X-Forwarded-For": "192.0.2.7"}
    assert door.client.post("/diagnostics/quarantine/1/requeue", headers=headers).status_code == 403
