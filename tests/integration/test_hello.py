"""The reporter's handshake: authenticated, answered with who it is taken for, kept as its newest word, counted nowhere."""

import json

import pytest

from shared.ops.clock import utc_now

HELLO = {
    "server_id": "srv1",
    "instance": "27960",
    "boot_id": "b1",
    "sender_version": "1.0.0",
    "lua_kind": "Lua 5.4",
    "config_problems": [],
    "spool": {"files": 0, "bytes": 0},
}


def greet(door, body=None, token=None):
    content = body if isinstance(body, bytes) else json.dumps(HELLO | (body or {})).encode()
    known = {"Authorization": f"Bearer {door.token if token is None else token}"}
    return door.client.post("/v1/hello", content=content, headers=known)


def test_a_reporter_learns_whom_its_token_names_and_what_time_it_is(door):
    answer = greet(door)
    assert answer.status_code == 200
    assert answer.json()["server_id"] == "srv1"
    assert abs(answer.json()["now_unix"] - utc_now().timestamp()) < 60


def test_the_newest_word_of_each_instance_is_kept(door):
    greet(door)
    greet(door, {"boot_id": "b2", "config_problems": ["spool is nearly full"]})
    greet(door, {"instance": "27961"})
    rows = door.rows("SELECT instance, boot_id, config_problems, spool FROM reporter_instances ORDER BY instance")
    assert [(row["instance"], row["boot_id"], row["config_problems"]) for row in rows] == [
        ("27960", "b2", ["spool is nearly full"]),
        ("27961", "b1", []),
    ]
    assert rows[0]["spool"] == {"files": 0, "bytes": 0}


def test_the_token_decides_who_it_is_and_not_what_is_claimed(door):
    assert greet(door, {"server_id": "somebody_else"}).json()["server_id"] == "srv1"
    assert door.row("SELECT server_id FROM reporter_instances")["server_id"] == "srv1"


def test_a_handshake_is_no_delivery(door):
    greet(door)
    assert (door.count("deliveries"), door.count("delivery_receipts")) == (0, 0)


@pytest.mark.parametrize("token", ["none", "wrong token"])
def test_without_a_valid_token_nothing_is_kept(door, token):
    answer = greet(door, token=token)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert door.count("reporter_instances") == 0


@pytest.mark.parametrize(("body", "code"), [(b"hello", "not_json"), (b"{}", "not_a_handshake")])
def test_what_is_no_handshake_is_refused(door, body, code):
    answer = greet(door, body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_handshake_has_a_bound(door):
    assert greet(door, b" " * (64 * 1024 + 1)).status_code == 413
