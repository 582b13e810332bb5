"""The webhook door: a durable message is a success, anything that may be mended later is met with silence."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from ingest_api.services.servers import set_webhook
from shared.db.servers import Servers
from tests.integration.ingesting import opened_door
from tests.integration.senders import EMPTY_REPLY, post_as_webhook_script, send_raw

SENDERS = Path(__file__).parents[1] / "golden" / "senders"
CAPTURED = (SENDERS / "stats_message" / "captured-r1.request.raw").read_bytes()
BODY = CAPTURED.split(b"\r\n\r\n", 1)[1]
PING = {"username": "ET:Legacy Live", "embeds": [{"title": "Objective Update", "description": "^3stolen\n"}]}
NOTICE = {"username": "ET:Legacy Stats", "content": "\U0001f4ca `2026-02-03-235512-etl_frostbite-round-1.txt`"}
WEBHOOK_ID, WEBHOOK_TOKEN = "998877665544", "a-token-that-somebody-else-made-up"


def post(door, body, *, server="srv1", token=None, query=""):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    path = f"/api/webhooks/{server}/{door.token if token is None else token}{query}"
    return door.client.post(path, content=content, headers={"Content-Type": "application/json"})


def address_of(door):
    return str(door.client.base_url).rstrip("/")


def path_of(door):
    return f"/api/webhooks/srv1/{door.token}"


@pytest.fixture
def webhook(door):
    with door.engine.begin() as connection:
        set_webhook(connection, "srv1", f"https://chat.example/api/webhooks/{WEBHOOK_ID}/{WEBHOOK_TOKEN}")
    return door


# ----- what is taken --------------------------------------------------------------------------------------------------


def test_a_round_is_answered_as_a_chat_would(door):
    answer = post(door, BODY)
    assert (answer.status_code, answer.content) == (204, b"")
    assert door.row("SELECT kind, body, server_id FROM deliveries") == {
        "kind": "stats_message",
        "body": BODY,
        "server_id": "srv1",
    }


def test_a_round_that_was_posted_is_a_round_with_one_publication(door):
    body = (SENDERS / "stats_message" / "r1.json").read_bytes()
    for _ in range(2):
        post(door, body)
    assert door.row("SELECT map_name, round_number FROM rounds") == {"map_name": "etl_frostbite", "round_number": 1}
    assert door.count("publications") == 1


def test_the_captured_request_is_taken_byte_for_byte(door):
    with door.engine.begin() as connection:
        Servers(connection).set_webhook("srv1", "1", "tok")
    assert send_raw(address_of(door), CAPTURED).startswith(b"HTTP/1.1 204 ")
    assert door.row("SELECT body FROM deliveries")["body"] == BODY


def test_who_waits_for_the_message_is_given_one(door):
    answer = post(door, BODY, query="?wait=true")
    told = answer.json()
    assert (answer.status_code, told["content"], told["webhook_id"]) == (200, "STATS_READY", "srv1")
    assert told["id"] == str(door.row("SELECT id FROM deliveries")["id"])


@pytest.mark.parametrize(
    ("body", "kind"), [(PING, "other_message"), (NOTICE, "filename_notice"), ([], "other_message")]
)
def test_a_message_that_is_no_round_is_kept_as_what_it_is(door, body, kind):
    assert post(door, body).status_code == 204
    assert door.row("SELECT kind FROM deliveries") == {"kind": kind}
    assert door.count("rounds") == 0


@pytest.mark.parametrize("body", [b'{"content":"STATS_READY","x":"un"escaped"}', b"", b"\xff\xfe", b'{"content":'])
def test_what_is_no_json_is_kept_and_a_success(door, body):
    """P78"""
    assert post(door, body).status_code == 204
    assert door.row("SELECT body FROM deliveries") == {"body": body}
    assert door.outcomes() == {"refused_malformed": 1}


def test_the_same_message_is_kept_once(door):
    assert [post(door, BODY).status_code for _ in range(3)] == [204] * 3
    assert (door.count("deliveries"), door.outcomes()) == (1, {"accepted": 1, "duplicate": 2})


def test_fifty_identical_messages_at_once_are_one_delivery(door):
    with ThreadPoolExecutor(25) as pool:
        codes = list(pool.map(lambda _: post(door, BODY).status_code, range(50)))
    assert codes == [204] * 50
    assert (door.count("deliveries"), door.outcomes()) == (1, {"accepted": 1, "duplicate": 49})


def test_a_versioned_address_is_the_same_door(door):
    answer = door.client.post(f"/api/v10/webhooks/srv1/{door.token}", content=BODY)
    assert answer.status_code == 204


def test_a_message_beyond_the_bound_is_refused(door):
    assert post(door, b" " * ((1 << 20) + 1)).status_code == 413
    assert door.outcomes() == {"refused_size": 1}


# ----- whose it is ----------------------------------------------------------------------------------------------------


def test_an_existing_webhook_url_needs_only_another_host(webhook):
    assert post(webhook, BODY, server=WEBHOOK_ID, token=WEBHOOK_TOKEN).status_code == 204
    assert webhook.row("SELECT server_id FROM deliveries") == {"server_id": "srv1"}


def test_a_webhooks_token_opens_no_other_door(webhook):
    answer = webhook.client.post("/v1/filename-triggers", json={}, headers={"Authorization": f"Bearer {WEBHOOK_TOKEN}"})
    assert answer.status_code == 401


def test_a_token_opens_only_its_own_servers_webhook(door):
    other = door.register("srv2")
    with pytest.raises(httpx.RemoteProtocolError):
        post(door, BODY, server="srv1", token=other)
    assert door.count("deliveries") == 0


# ----- silence --------------------------------------------------------------------------------------------------------


def test_a_wrong_token_is_met_with_silence_and_counted(door, tmp_path):
    """P78"""
    ended = post_as_webhook_script(address_of(door), "/api/webhooks/srv1/wrong", BODY, tmp_path)
    assert (ended.exit_status, ended.code) == (EMPTY_REPLY, 0)
    assert (door.count("deliveries"), door.outcomes()) == (0, {"refused_auth": 1})


def test_the_script_itself_is_served(door, tmp_path):
    ended = post_as_webhook_script(address_of(door), path_of(door), BODY, tmp_path)
    assert (ended.exit_status, ended.code) == (0, 204)


def test_while_nothing_durable_can_be_done_nothing_is_answered(engine, tmp_path):
    """P78"""
    with opened_door(engine, "postgresql://nobody@127.0.0.1:1/nowhere") as door:
        ended = post_as_webhook_script(address_of(door), path_of(door), BODY, tmp_path)
    assert (ended.exit_status, ended.code) == (EMPTY_REPLY, 0)


def test_above_its_rate_nothing_is_answered(engine, database_url, tmp_path):
    with opened_door(engine, database_url, notices_per_minute=1) as door:
        assert post(door, NOTICE).status_code == 204
        body = json.dumps(NOTICE).encode()
        ended = post_as_webhook_script(address_of(door), path_of(door), body, tmp_path)
        assert (ended.exit_status, ended.code) == (EMPTY_REPLY, 0)
        assert post(door, BODY).status_code == 204
        assert door.outcomes() == {"accepted": 2, "refused_rate": 1}


@pytest.mark.parametrize("ending", ["/", "/slack", ""])
def test_an_address_slightly_wrong_does_not_cost_the_round(door, ending):
    path = f"/api/webhooks/srv1/{door.token}{ending}" if ending else "/api/webhooks/srv1"
    with pytest.raises(httpx.RemoteProtocolError):
        door.client.post(path, content=BODY)


def test_of_requests_sent_at_once_none_is_answered_after_silence(door):
    wrong = b"POST /api/webhooks/srv1/wrong HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
    assert send_raw(address_of(door), wrong + b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n") == b""


def test_a_connection_that_was_hung_up_leaves_the_service_well(door):
    for _ in range(3):
        with pytest.raises(httpx.RemoteProtocolError):
            post(door, BODY, token="wrong")
    assert post(door, BODY).status_code == 204


def test_silence_is_counted_as_such_and_by_no_address(door):
    with pytest.raises(httpx.RemoteProtocolError):
        post(door, BODY, token="wrong-but-secret")
    told = door.client.get("/metrics").text
    counted = 'seconds_count{method="POST",route="/api/webhooks/{server}/{token}",status="none"} 1.0'
    assert (counted in told, "wrong-but-secret" in told) == (True, False)


def test_what_stands_in_the_address_is_never_logged(door):
    """P45"""
    with capture_logs() as logged, pytest.raises(httpx.RemoteProtocolError):
        post(door, BODY, token="wrong-but-secret")
    assert "wrong-but-secret" not in repr(logged)
    assert [line["event"] for line in logged] == ["webhook_not_answered"]


def test_reading_an_address_says_that_it_takes_posts(door):
    answer = door.client.get(path_of(door))
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
