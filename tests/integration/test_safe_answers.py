"""Every answer of the service, whatever asked for it, says how it may be used; pages of others read what they may."""

import re

import pytest

from ingest_api.http import access, cross_origin
from tests.factories import a_report
from tests.integration.ingesting import opened_door
from tests.integration.outage import cut_off
from tests.integration.senders import send_raw
from tests.integration.test_access import api_routes, classes_of

ELSEWHERE = "https://stats.example"
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE")
STATIC = ("/static/house.css", "/static/mark.svg", "/static/none.css", "/static/%2e%2e/main.py")


def addresses():
    """An address for each route, with something in the place of each parameter; and some that no route has."""
    routed = {re.sub(r"{[^}]*}", "1", route.path) for route in api_routes()}
    silent = {path for path in routed if "webhooks/" in path}  # closed without an answer unless the URL is registered
    return sorted(routed - silent | {*STATIC, "/nothing/of/ours"})


def assert_safe(answer, asked):
    told = answer.headers
    policy = told.get("content-security-policy", "")
    is_page = told.get("content-type", "").startswith("text/html")
    assert (told.get("x-content-type-options"), asked) == ("nosniff", asked)
    assert (told.get("x-frame-options"), told.get("referrer-policy"), asked) == ("DENY", "no-referrer", asked)
    assert told.get("cross-origin-resource-policy") == told.get("cross-origin-opener-policy") == "same-origin", asked
    assert policy.startswith("default-src 'self';" if is_page else "default-src 'none';"), asked
    assert "frame-ancestors 'none'" in policy, asked
    assert "unsafe" not in policy, asked
    assert told.get("cache-control") in ("no-store", "no-cache", "max-age=300"), asked
    assert [name for name in told if name.startswith("access-control-")] == [], asked
    assert len(told.get_list("content-security-policy")) == len(told.get_list("cache-control")) == 1, asked


@pytest.mark.parametrize("method", METHODS)
def test_every_address_answers_every_method_safely(door, method):
    asked = addresses()
    for path in asked:
        assert_safe(door.client.request(method, path, headers={"Origin": ELSEWHERE}), f"{method} {path}")
    assert len(asked) > 35


def test_a_webhook_answers_safely(door):
    for query in ("", "?wait=true"):
        assert_safe(door.client.post(f"/api/webhooks/srv1/{door.token}{query}", json={"content": "x"}), query)


@pytest.mark.parametrize("path", ["/", "/sessions", "/preview", "/api/rounds", "/static/house.css", "/static/mark.svg"])
def test_what_has_not_changed_keeps_what_was_said_of_it(door, path):
    """A browser puts the fields of a 304 in the place of those it has: a page would lose its style with the second look."""
    first = door.client.get(path)
    again = door.client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    kept = {**first.headers, **again.headers}
    for name in ("content-security-policy", "cache-control", "x-content-type-options", "x-frame-options"):
        assert (name, kept[name]) == (name, first.headers[name])


def test_what_was_taken_or_refused_is_answered_safely(door):
    answers = [
        door.post(a_report()),
        door.post(b"no json"),
        door.post(a_report(), token="wrong"),
        door.post(b"x" * (2 << 20)),
        door.client.get("/api/rounds?limit=nonsense"),
        door.client.get("/diagnostics/deliveries/1/raw"),
    ]
    assert [answer.status_code for answer in answers] == [201, 422, 401, 413, 422, 200]
    for answer in answers:
        assert_safe(answer, answer.status_code)


def test_an_outage_is_told_safely(door, postgres_url):
    cut_off(postgres_url, door.engine)
    for path in ("/api/rounds", "/sessions", "/"):
        assert_safe(door.client.get(path), path)


def test_a_fault_of_ours_is_told_safely(door):
    door.do("ALTER TABLE rounds RENAME COLUMN map_name TO renamed")
    answer = door.client.get("/api/rounds")
    assert answer.status_code in (500, 503)
    assert_safe(answer, "a fault")


@pytest.mark.parametrize("request_", [b"NONSENSE\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000])
def test_what_is_no_request_is_answered_safely_too(door, request_):
    answer = send_raw(str(door.client.base_url), request_).lower()
    for told in (b"x-content-type-options: nosniff", b"x-frame-options: deny", b"default-src 'none'", b"no-store"):
        assert told in answer


def test_a_raw_delivery_is_nothing_a_browser_would_show(door):
    door.post(b"<script>alert(1)</script>")
    told = door.client.get("/diagnostics/deliveries/1/raw").headers
    assert told["content-disposition"].startswith("attachment;")
    assert "sandbox" in told["content-security-policy"]
    assert (told["content-type"], told["cache-control"]) == ("application/octet-stream", "no-store")


def test_what_is_for_the_operators_is_kept_by_no_cache(door):
    behind = [route for route in api_routes() if classes_of(route) == [access.administration]]
    for route in behind:
        answer = door.client.get(re.sub(r"{[^}]*}", "1", route.path))
        assert (answer.headers["cache-control"], route.path) == ("no-store", route.path)
    assert behind


# ----- pages of other origins -----------------------------------------------------------------------------------------


@pytest.fixture
def shared(engine, database_url):
    with opened_door(engine, database_url, read_origins=f"{ELSEWHERE}, http://127.0.0.1:3000") as door:
        yield door


def leave(door, path, origin=ELSEWHERE, method="GET", **headers):
    return door.client.request(method, path, headers={"Origin": origin} | headers).headers


def test_a_named_origin_may_read_what_is_public(shared):
    told = leave(shared, "/api/rounds")
    assert (told["access-control-allow-origin"], told["vary"]) == (ELSEWHERE, "Origin")
    assert "ETag" in told["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in told


@pytest.mark.parametrize("origin", ["https://other.example", "null", "https://stats.example.evil", ""])
def test_nobody_else_may(shared, origin):
    told = leave(shared, "/api/rounds", origin)
    assert "access-control-allow-origin" not in told
    assert told["vary"] == "Origin"


@pytest.mark.parametrize(
    "path", ["/", "/metrics", "/diagnostics/deliveries", "/v1/rounds", "/api/v2/stats/etl", "/health"]
)
def test_a_named_origin_may_read_nothing_else(shared, path):
    assert "access-control-allow-origin" not in leave(shared, path)


def test_a_named_origin_may_ask_whether_it_may_read(shared):
    told = leave(shared, "/api/sessions/1", method="OPTIONS", **{"Access-Control-Request-Method": "GET"})
    assert (told["access-control-allow-methods"], told["access-control-allow-headers"]) == (
        "GET, HEAD",
        "If-None-Match",
    )


def test_a_named_origin_may_change_nothing(shared):
    asked = {"Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in leave(shared, "/v1/rounds", method="OPTIONS", **asked)
    assert "access-control-allow-origin" not in leave(shared, "/api/rounds", method="POST")


def test_everybody_may_read_where_the_operator_says_so(engine, database_url):
    with opened_door(engine, database_url, read_origins="*") as door:
        assert leave(door, "/api/rounds")["access-control-allow-origin"] == "*"
        assert "access-control-allow-origin" not in leave(door, "/diagnostics/deliveries")


def test_what_others_may_read_is_exactly_what_is_read_over_the_api():
    public = {route.path for route in api_routes() if classes_of(route) == [access.reading]}
    read = {path for path in public if path.startswith("/api/")}
    assert read == {path for path in public if path.startswith(cross_origin.READABLE)}
    assert read
