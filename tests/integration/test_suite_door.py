"""The gzip JSON suite's calls under its own paths: taken as they come, refused without a word in the body."""

import gzip
import json
import os
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.ingesting import opened_door
from tests.integration.outage import cut_off
from tests.integration.senders import begun, post_as_suite, send_raw

SUITE = "/api/v2/stats/etl"
SUBMIT = f"{SUITE}/matches/stats/submit"
SENDERS = Path(__file__).parents[1] / "golden" / "senders" / "suite"
CAPTURED = (SENDERS / "captured-r1.request.raw").read_bytes()
PACKED = CAPTURED.split(b"\r\n\r\n", 1)[1]
MINIMAL = (SENDERS / "r1-minimal.json").read_bytes()
LARGEST = 32 << 20


def submit(door, body, *, token=None, **headers):
    known = {"Authorization": f"Bearer {door.token if token is None else token}"}
    return door.client.post(SUBMIT, content=body, headers=known | headers)


def submit_packed(door, body):
    return submit(door, body, **{"Content-Encoding": "gzip"})


def get(door, path, token=None):
    known = {"Authorization": f"Bearer {door.token if token is None else token}"}
    return door.client.get(SUITE + path, headers=known)


def address_of(door):
    return str(door.client.base_url).rstrip("/")


def assert_bare(answer, status):
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (status, b"", "0")


# ----- rounds ---------------------------------------------------------------------------------------------------------


def test_the_captured_request_is_taken_byte_for_byte(door):
    request = CAPTURED.replace(b"Bearer test-token", f"Bearer {door.token}".encode())
    assert send_raw(address_of(door), request).startswith(b"HTTP/1.1 201 ")
    assert door.row("SELECT kind, body, byte_count FROM deliveries") == {
        "kind": "suite_json",
        "body": PACKED,
        "byte_count": len(gzip.decompress(PACKED)),
    }


def test_a_round_of_the_suite_is_a_round(door):
    told = submit(door, MINIMAL).json()
    assert door.row("SELECT id, map_name, round_number, round_start_unix FROM rounds") == {
        "id": told["round_id"],
        "map_name": "etl_frostbite",
        "round_number": 1,
        "round_start_unix": 1770159062,
    }


def test_the_suites_own_curl_is_served(door, tmp_path):
    ended = post_as_suite(address_of(door), door.token, PACKED, tmp_path)
    assert (ended.exit_status, ended.code) == (0, 201)


def test_a_plain_body_of_an_older_suite_is_taken(door):
    assert submit(door, MINIMAL).status_code == 201


def test_the_same_round_packed_and_plain_is_one_delivery(door):
    submit(door, MINIMAL)
    assert submit_packed(door, (SENDERS / "r1-minimal.json.gz").read_bytes()).json()["outcome"] == "duplicate"
    assert door.count("deliveries") == 1


def test_a_body_in_chunks_is_taken(door):
    assert submit_packed(door, iter([PACKED[:100], PACKED[100:]])).status_code == 201


def test_a_large_body_is_sent_only_after_it_is_asked_for(door, tmp_path):
    """A body of more than 1 MiB: curl asks first, with `Expect: 100-continue`."""
    log = [{"label": "damage", "note": os.urandom(512).hex()} for _ in range(3000)]
    packed = gzip.compress(json.dumps(json.loads(MINIMAL) | {"gamelog": log}).encode())
    assert len(packed) > 1 << 20
    ended = post_as_suite(address_of(door), door.token, packed, tmp_path)
    assert (ended.exit_status, ended.code) == (0, 201)


# ----- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["wrong", "GameStatsWebLuaToken"])
def test_an_unknown_token_is_refused_without_a_word(door, token):
    assert_bare(submit(door, MINIMAL, token=token), 401)
    assert door.outcomes() == {"refused_auth": 1}


def test_what_inflates_beyond_the_bound_is_refused_without_a_word(door):
    assert_bare(submit_packed(door, gzip.compress(b" " * (LARGEST + 1))), 413)
    assert door.outcomes() == {"refused_size": 1}


def test_a_body_declared_beyond_the_bound_is_refused_before_it_is_sent(door):
    request = (
        f"POST {SUBMIT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {door.token}\r\n"
        f"Content-Length: {LARGEST + 1}\r\nExpect: 100-continue\r\n\r\n"
    )
    assert send_raw(address_of(door), request.encode()).startswith(b"HTTP/1.1 413 ")


def test_without_a_token_a_body_is_refused_before_it_is_sent(door):
    request = f"POST {SUBMIT} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n"
    assert send_raw(address_of(door), request.encode()).startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize("body", [PACKED[:-20], b"not gzip", MINIMAL])
def test_what_is_not_in_its_encoding_is_refused_without_a_word(door, body):
    assert_bare(submit_packed(door, body), 415)


def test_what_is_no_json_is_kept_and_refused_without_a_word(door):
    assert_bare(submit(door, b"hello"), 422)
    assert door.row("SELECT body FROM deliveries") == {"body": b"hello"}


def test_above_its_rate_it_is_asked_to_come_back_in_four_seconds(engine, database_url):
    with opened_door(engine, database_url, rounds_per_minute=1, rounds_burst=1) as door:
        submit(door, MINIMAL)
        refused = submit(door, MINIMAL)
        assert_bare(refused, 429)
        assert refused.headers["retry-after"] == "4"


def test_while_nothing_durable_can_be_done_it_is_asked_to_come_back_in_four_seconds(engine):
    with opened_door(engine, "postgresql://nobody@127.0.0.1:1/nowhere") as door:
        for refused in (submit(door, MINIMAL), get(door, "/matches/stats/version")):
            assert_bare(refused, 503)
            assert refused.headers["retry-after"] == "4"


def test_large_bodies_take_turns_and_whoever_waits_too_long_is_asked_to_come_back(door):
    """Four that never end hold all turns; a small body needs none."""
    head = (
        f"POST {SUBMIT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {door.token}\r\nContent-Length: {LARGEST}\r\n\r\n"
    )
    with ExitStack() as slow:
        for _ in range(4):
            slow.enter_context(begun(address_of(door), head.encode()))
        time.sleep(0.5)  # until they have their turns
        refused = submit(door, b" " * (1 << 21))
        assert_bare(refused, 429)
        assert refused.headers["retry-after"] == "4"
        assert submit(door, MINIMAL).status_code == 201


# ----- questions ------------------------------------------------------------------------------------------------------


def test_a_suite_that_never_told_its_version_is_told_the_oldest(door):
    assert get(door, "/matches/stats/version").json() == {"version": "0.0.0", "latest_version": "0.0.0"}


def test_a_suite_is_told_the_version_that_it_told_last(door):
    submit(door, MINIMAL)
    assert get(door, "/matches/stats/version").json() == {"version": "2.4.0", "latest_version": "2.4.0"}


def test_the_match_manager_gives_an_id_that_is_none_and_switches_nothing_on(door):
    told = get(door, "/match-manager/192.0.2.7/27960").json()
    assert list(told) == ["match_id"]
    assert (len(told["match_id"]), told["match_id"].isdecimal()) == (10, True)


@pytest.mark.parametrize("path", ["/matches/stats/version", "/match-manager/192.0.2.7/27960"])
def test_a_question_needs_a_token(door, path):
    assert_bare(get(door, path, token="wrong"), 401)


def test_players_are_answered_at_once_even_without_a_database(door, postgres_url):
    cut_off(postgres_url, door.engine)
    answer = get(door, "/players/by-guid?guid=AB12CD340000000000000000000000AA&guid=x")
    assert (answer.status_code, answer.json()) == (200, [])


def test_a_notice_of_a_match_about_to_begin_is_kept_and_tells_of_no_round(door):
    known = {"Authorization": f"Bearer {door.token}"}
    answer = door.client.post(f"{SUITE}/matches/auto-start/notify", json={"match_id": "g1"}, headers=known)
    assert (answer.status_code, door.row("SELECT kind FROM deliveries")) == (201, {"kind": "other_message"})
