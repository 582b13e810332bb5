"""What oddly written bodies become at the real door: taken with what is odd mended, or refused by name, kept verbatim."""

import gzip
import json

import pytest

from tests.factories import R1_END, R1_START, a_player, a_report, as_body
from tests.integration.senders import begun, send_raw
from tests.messages import a_message, as_bytes
from tests.submits import GUID, a_submit, a_submit_player

SUBMIT = "/api/v2/stats/etl/matches/stats/submit"
MARK = "odd-name"
MENDED = "\ufffd"


def as_report(odd):
    return as_body(a_report(players=[a_player(0, name=MARK), a_player(1)])).replace(MARK.encode(), odd)


def as_message(odd):
    roster = json.dumps([{"guid": "AB12CD340000000000000000000000AA", "name": MARK}])
    return as_bytes(a_message(Axis_JSON=roster)).replace(MARK.encode(), odd)


def as_submit(odd):
    return as_bytes(a_submit(player_stats={GUID: a_submit_player(name=MARK)})).replace(MARK.encode(), odd)


def send(door, way, body, **headers):
    bearer = {"Authorization": f"Bearer {door.token}"}
    if way is as_message:
        return door.client.post(f"/api/webhooks/srv1/{door.token}", content=body, headers=headers)
    path = SUBMIT if way is as_submit else "/v1/rounds"
    return door.client.post(path, content=body, headers=bearer | headers)


ways = pytest.mark.parametrize("way", [as_report, as_message, as_submit])
ODD_NAMES = {
    "not UTF-8": (b"caf\xe9", f"caf{MENDED}"),
    "cut in the middle of a character": (b"caf\xc3", f"caf{MENDED}"),
    "an encoded surrogate": (b"a\xed\xa0\x80b", f"a{MENDED * 3}b"),
    "raw control bytes": (b"a\x01\x02b", "a\x01\x02b"),
    "a raw line end": (b"a\nb", "a\nb"),
    "an emoji": ("\N{SPARKLES}".encode(), "\N{SPARKLES}"),
}
ODD_ESCAPES = {
    "a lone surrogate": (rb"a\ud800b", f"a{MENDED}b"),
    "surrogates the wrong way round": (rb"a\udc00\ud800b", f"a{MENDED * 2}b"),
    "NUL": (rb"a\u0000b", f"a{MENDED}b"),
    "a pair of surrogates": (rb"\u2728", "\N{SPARKLES}"),
}


@ways
def test_an_odd_name_costs_itself_alone_and_is_kept_as_it_came(door, way):
    body = way(b"caf\xe9 \x01\x02 \xed\xa0\x80 \xc3")
    answer = send(door, way, body)

    assert answer.status_code in (201, 204)
    assert door.row("SELECT body FROM deliveries")["body"] == body
    assert door.count("rounds") == 1


@pytest.mark.parametrize("odd", ODD_NAMES | ODD_ESCAPES)
def test_of_an_odd_name_the_stored_text_is_what_can_be_read(door, odd):
    written, read = (ODD_NAMES | ODD_ESCAPES)[odd]
    answer = send(door, as_report, as_report(written))

    assert answer.status_code == 201
    names = door.rows("SELECT player_name FROM player_comprehensive_stats ORDER BY player_guid")
    assert names[0]["player_name"] == read


@ways
def test_a_byte_order_mark_is_passed_over(door, way):
    assert send(door, way, b"\xef\xbb\xbf" + way(b"x")).status_code in (201, 204)
    assert door.count("rounds") == 1


CLAIMS = [f"application/json; charset={claimed}" for claimed in ("iso-8859-1", "utf-16", "x-unheard-of", '"', "")]
CLAIMS += ["text/plain", "application/octet-stream", "multipart/form-data; boundary=x", "nonsense"]


def test_whatever_is_claimed_a_body_is_read_as_json_in_utf_8(door):
    for claimed in CLAIMS:
        assert send(
            door, as_report, as_report("\N{LATIN SMALL LETTER E WITH ACUTE}".encode()), **{"Content-Type": claimed}
        ).status_code in (200, 201)
    names = door.rows("SELECT DISTINCT player_name FROM player_comprehensive_stats")
    assert {"player_name": "\N{LATIN SMALL LETTER E WITH ACUTE}"} in names
    assert door.count("deliveries") == 1


NO_JSON = {
    "nothing": b"",
    "UTF-16": as_report(b"x").decode().encode("utf-16"),
    "brackets without end": b"[" * 100_000,
    "nested a hundred thousand times": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "cut off": as_report(b"x")[:-5],
    "two documents": as_report(b"x") * 2,
    "single quotes": as_report(b"x").replace(b'"', b"'"),
}


@pytest.mark.parametrize("odd", NO_JSON)
@pytest.mark.parametrize(("way", "code"), [(as_report, 422), (as_message, 204), (as_submit, 422)])
def test_what_is_no_json_is_kept_and_told_so(door, way, code, odd):
    answer = send(door, way, NO_JSON[odd])

    assert answer.status_code == code
    assert door.row("SELECT body FROM deliveries")["body"] == NO_JSON[odd]
    assert door.outcomes() == {"refused_malformed": 1}


def test_of_a_key_that_stands_twice_the_last_counts(door):
    body = as_report(b"x").replace(b'"map_name":', b'"map_name": "goldrush", "map_name":', 1)

    assert send(door, as_report, body).status_code == 201
    assert door.row("SELECT map_name FROM rounds")["map_name"] == "supply"


NO_NUMBERS = ["NaN", "Infinity", "-Infinity", "1e999", "9" * 400, "-1e308", "1.5", '"soon"', "{}", "[]"]


def test_a_number_that_is_none_costs_its_field(door):
    for at, odd in enumerate(NO_NUMBERS):
        report = a_report(event_id=f"e-{at}", round_start_unix=R1_START + 3600 * at, round_end_unix=R1_END + 3600 * at)
        answer = send(door, as_report, as_body(report | {"elapsed_ms": "MARK"}).replace(b'"MARK"', odd.encode()))

        assert answer.status_code == 201
        assert [problem["pointer"] for problem in answer.json()["problems"]] == ["/elapsed_ms"]


@pytest.mark.parametrize("way", [as_message, as_submit])
def test_an_odd_number_of_an_older_sender_is_no_fault_of_ours(door, way):
    for odd in NO_NUMBERS:
        body = way(b"x").replace(b'"1770159062"', odd.encode()).replace(b": 1770159062", b": " + odd.encode())

        assert send(door, way, body).status_code in (200, 201, 202, 204)
    assert door.count("deliveries") == len(NO_NUMBERS)


def test_nesting_that_can_be_read_in_a_field_nobody_knows_is_kept(door):
    deep = b'{"a":' * 150 + b"1" + b"}" * 150
    body = as_report(b"x").replace(b'{"', b'{"unheard_of":' + deep + b',"', 1)
    answer = send(door, as_report, body)

    assert answer.status_code == 201
    assert answer.json()["unknown_fields"] == ["/unheard_of"]


# ----- on the wire ----------------------------------------------------------------------------------------------------


def head(door, *lines, path="/v1/rounds"):
    said = [f"POST {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {door.token}", *lines]
    return ("\r\n".join(said) + "\r\n\r\n").encode()


def address_of(door):
    return str(door.client.base_url).rstrip("/")


def raw(door, request):
    return send_raw(address_of(door), request)


@ways
def test_a_body_in_chunks_is_taken(door, way):
    body = way(b"x")
    answer = send(door, way, iter([body[:1], body[1:700], body[700:]]))

    assert answer.status_code in (201, 204)
    assert door.row("SELECT body FROM deliveries")["body"] == body


@ways
def test_a_packed_body_in_chunks_is_taken(door, way):
    packed = gzip.compress(way(b"x"))
    answer = send(door, way, iter([packed[:10], packed[10:]]), **{"Content-Encoding": "gzip"})

    assert answer.status_code in (201, 204)
    assert door.row("SELECT body FROM deliveries")["body"] == packed


@ways
def test_a_packed_body_that_was_cut_is_refused(door, way):
    for cut in (1, 9, 100):
        assert send(door, way, gzip.compress(way(b"x"))[:-cut], **{"Content-Encoding": "gzip"}).status_code == 415
    assert door.count("rounds") == 0


@ways
def test_a_body_packed_in_several_members_is_one(door, way):
    body = way(b"x")
    packed = gzip.compress(body[:50]) + gzip.compress(b"") + gzip.compress(body[50:])

    assert send(door, way, packed, **{"Content-Encoding": "gzip"}).status_code in (201, 204)
    assert door.count("rounds") == 1


@ways
def test_an_encoding_nobody_here_reads_is_refused(door, way):
    for encoding in ("br", "deflate", "zstd", "gzip, gzip", "identity, gzip"):
        assert send(door, way, way(b"x"), **{"Content-Encoding": encoding}).status_code == 415


@ways
def test_a_bomb_is_refused_and_counted(door, way):
    bomb = gzip.compress(b"\x00" * (40 << 20))

    assert send(door, way, bomb, **{"Content-Encoding": "gzip"}).status_code == 413
    assert door.outcomes() == {"refused_size": 1}


def test_who_asks_first_is_told_to_go_on(door):
    body = as_report(b"x")
    answer = raw(door, head(door, "Expect: 100-continue", f"Content-Length: {len(body)}") + body)

    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created")


UNCLEAR_ENDS = [
    ["Content-Length: 5", "Content-Length: 6"],
    ["Content-Length: 5", "Transfer-Encoding: chunked"],
    ["Content-Length: -1"],
    ["Content-Length: 1e3"],
    ["Transfer-Encoding: chunked, nonsense"],
]


def test_a_body_of_which_nobody_can_say_where_it_ends_is_refused(door):
    for lines in UNCLEAR_ENDS:
        assert raw(door, head(door, *lines) + b"5\r\nhello\r\n0\r\n\r\n").startswith(b"HTTP/1.1 400 "), lines
    assert door.count("deliveries") == 0


def test_a_head_without_end_is_not_read_to_its_end(door):
    with begun(address_of(door), head(door, "X-Endless: " + "x" * 100_000).rstrip()) as connection:
        assert connection.recv(4096).startswith(b"HTTP/1.1 431 ")
        assert connection.recv(4096) == b""
