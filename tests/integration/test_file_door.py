"""The doors for files and for their names."""

import gzip
from pathlib import Path

import pytest

from tests.integration.ingesting import opened_door
from tests.integration.senders import send_raw, upload

GOLDEN = Path(__file__).parents[1] / "golden"
SENDERS = GOLDEN / "senders"
STATS_NAME = "2026-02-03-235512-etl_frostbite-round-1.txt"
STATS = next((GOLDEN / "stats_file").rglob(STATS_NAME)).read_bytes()
NOTICE = (SENDERS / "filename_notice" / "r1-stats.json").read_bytes()
LARGEST = 32 << 20


def authorized(door):
    return {"Authorization": f"Bearer {door.token}"}


def put(door, name, body, **headers):
    return door.client.put(f"/v1/files/{name}", content=body, headers=authorized(door) | headers)


def notify(door, **request):
    return door.client.post("/v1/filename-triggers", headers=authorized(door), **request)


def address_of(door):
    return str(door.client.base_url).rstrip("/")


# ----- files ----------------------------------------------------------------------------------------------------------


def test_curl_uploads_a_file_as_it_is(door, tmp_path):
    file = tmp_path / STATS_NAME
    file.write_bytes(STATS)
    ended = upload(address_of(door), door.token, file)
    assert (ended.exit_status, ended.code) == (0, 201)
    assert door.row("SELECT kind, body FROM deliveries") == {"kind": "stats_file", "body": STATS}


def test_a_stats_file_makes_its_round_and_the_answer_says_where_it_is(door):
    answer = put(door, STATS_NAME, STATS)
    told = door.client.get("/api" + answer.headers["location"]).json()
    assert (told["map_name"], told["round_number"], told["round_id"]) == ("etl_frostbite", 1, answer.json()["round_id"])


def test_curl_uploads_a_file_in_chunks(door, tmp_path):
    file = tmp_path / STATS_NAME
    file.write_bytes(STATS)
    assert upload(address_of(door), door.token, file, "-H", "Transfer-Encoding: chunked").code == 201
    assert door.row("SELECT body FROM deliveries") == {"body": STATS}


def test_a_packed_file_is_the_same_delivery(door):
    put(door, STATS_NAME, STATS)
    again = put(door, STATS_NAME, gzip.compress(STATS), **{"Content-Encoding": "gzip"})
    assert (again.status_code, again.json()["outcome"]) == (200, "duplicate")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("2026-02-03-235514-etl_frostbite-round-1-endstats.txt", "endstats_file"),
        ("gametime-etl_frostbite-R1-1770159309.json", "gametime_file"),
        ("2026-02-03-235512-etl_frostbite-round-1-timing.txt", "gametime_file"),
        ("2026-02-03-235510-etl_frostbite-round-1_engagements.txt", "proximity_file"),
        ("my-analysis.json", "demo_analysis"),
        ("2026-02-03-235512-etl_frostbite-round-1_ws.txt", "unknown_file"),
    ],
)
def test_a_files_name_says_what_it_is(door, name, kind):
    assert put(door, name, b"{}").status_code in (201, 202)
    assert door.row("SELECT kind FROM deliveries") == {"kind": kind}


def test_of_an_old_writers_path_the_name_counts(door):
    put(door, f"gamestats%5C{STATS_NAME}", STATS)
    assert door.row("SELECT kind FROM deliveries") == {"kind": "stats_file"}


@pytest.mark.parametrize("name", ["a" * 256, "a%00b", "a..b", "%1B.txt", "x%5C"])
def test_what_is_no_plain_name_is_refused(door, name):
    answer = put(door, name, STATS)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_file_name")
    assert (door.count("deliveries"), door.outcomes()) == (0, {"refused_malformed": 1})


def test_a_file_beyond_the_bound_is_refused(door):
    packed = gzip.compress(b" " * (LARGEST + 1))
    assert put(door, STATS_NAME, packed, **{"Content-Encoding": "gzip"}).status_code == 413
    assert door.outcomes() == {"refused_size": 1}


def test_without_a_token_a_file_is_refused_before_it_is_sent(door):
    request = f"PUT /v1/files/{STATS_NAME} HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\nExpect: 100-continue\r\n\r\n"
    assert send_raw(address_of(door), request.encode()).startswith(b"HTTP/1.1 401 ")
    assert door.outcomes() == {"refused_auth": 1}


def test_while_nothing_durable_can_be_done_a_file_is_to_be_sent_again(engine):
    """P7"""
    with opened_door(engine, "postgresql://nobody@127.0.0.1:1/nowhere") as door:
        answer = put(door, STATS_NAME, STATS)
    assert (answer.status_code, answer.json()["code"], "retry-after" in answer.headers) == (503, "unavailable", True)


def test_files_have_a_rate_of_their_own(engine, database_url):
    with opened_door(engine, database_url, files_per_minute=1) as door:
        codes = [put(door, STATS_NAME, STATS).status_code for _ in range(2)]
        assert codes == [201, 429]
        assert notify(door, json={"filename": STATS_NAME}).status_code in (200, 201)


# ----- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("request_", [{"json": {"filename": STATS_NAME}}, {"content": NOTICE}], ids=["name", "message"])
def test_a_name_is_taken_alone_or_as_a_message(door, request_):
    assert notify(door, **request_).status_code == 201
    assert door.row("SELECT kind FROM deliveries") == {"kind": "filename_notice"}


def test_a_sixth_notice_within_a_minute_is_too_many(engine, database_url):
    with opened_door(engine, database_url, notices_per_minute=5) as door:
        answers = [notify(door, json={"filename": f"{number}-{STATS_NAME}"}) for number in range(6)]
        assert [answer.status_code == 429 for answer in answers] == [False] * 5 + [True]
        assert int(answers[-1].headers["retry-after"]) <= 12


# ----- methods --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "allowed"),
    [(f"/v1/files/{STATS_NAME}", "PUT"), ("/v1/rounds", "POST"), ("/api/webhooks/srv1/x", "POST"), ("/livez", "GET")],
)
def test_options_tells_what_an_address_takes(door, path, allowed):
    answer = door.client.request("OPTIONS", path)
    assert (answer.status_code, answer.headers["allow"], answer.content) == (204, allowed, b"")


def test_head_is_get_without_its_body(door):
    answer = door.client.head("/livez")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == door.client.get("/livez").headers["content-length"]
