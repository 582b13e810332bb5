"""Who gets where: every address is of one class, and behind the doors come those only who may."""

import httpx
import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount

from ingest_api.http import access
from ingest_api.main import create_app
from shared.ops.settings import Settings
from tests.factories import a_report
from tests.integration.ingesting import opened_door

ADMIN = "5f2d9c1a7be04836a1c0d2f4e6b8a7c9"
BEHIND = (
    "/metrics",
    "/diagnostics/lua-webhook",
    "/diagnostics/round-linkage",
    "/diagnostics/time-audit",
    "/diagnostics/side-audit",
    "/diagnostics/deliveries",
    "/diagnostics/deliveries/1",
    "/diagnostics/deliveries/1/raw",
    "/diagnostics/quarantine",
)
OPEN = ("/", "/preview", "/sessions", "/api/rounds", "/api/sessions", "/livez", "/readyz", "/health", "/openapi.json")
FROM_ELSEWHERE = {"X-Forwarded-For": "192.0.2.7"}


@pytest.fixture
def guarded(engine, database_url):
    with opened_door(engine, database_url, admin_token=ADMIN) as door:
        yield door


def routes():
    """Every route as it is served, with what it depends on where it was included."""
    return list(iter_route_contexts(create_app(Settings(), "postgresql://nobody@127.0.0.1:1/none").routes))


def api_routes():
    return [route for route in routes() if isinstance(route.original_route, APIRoute)]


def classes_of(route):
    return [asked.call for asked in route.dependant.dependencies if asked.call in access.CLASSES]


def get(door, path, token=None, **headers):
    known = {"Authorization": f"Bearer {token}"} if token else {}
    return door.client.get(path, headers=known | headers)


# ----- every route ----------------------------------------------------------------------------------------------------


def test_every_address_is_of_exactly_one_class():
    assert [route.path for route in api_routes() if len(classes_of(route)) != 1] == []
    assert len(api_routes()) > 30


def test_nothing_but_files_of_ours_is_told_without_a_route():
    others = [route.original_route for route in routes() if not isinstance(route.original_route, APIRoute)]
    assert [(type(route), route.path) for route in others] == [(Mount, "/static")]


def test_whatever_is_called_diagnostics_or_metrics_is_for_the_operators():
    prefixes = ("/diagnostics", "/metrics", "/monitoring", "/system")
    found = [route for route in api_routes() if route.path.startswith(prefixes)]
    assert len(found) >= len(BEHIND)
    assert all(classes_of(route) == [access.administration] for route in found)


def test_whatever_takes_something_is_for_senders_or_operators():
    writing = [route for route in api_routes() if not route.methods <= {"GET", "HEAD"}]
    assert {one for route in writing for one in classes_of(route)} == {access.ingest, access.administration}


# ----- without a token of the operators -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", BEHIND)
def test_without_a_token_it_is_told_on_the_machine_itself(door, path):
    assert get(door, path).status_code in (200, 404)


@pytest.mark.parametrize("path", BEHIND)
@pytest.mark.parametrize(
    "headers",
    [
        FROM_ELSEWHERE,
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"Via": "1.1 proxy"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "rebound.example"},
    ],
)
def test_without_a_token_nobody_else_is_told(door, path, headers):
    answer = get(door, path, **headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_a_senders_token_opens_nothing_of_the_operators(door):
    assert get(door, "/metrics", door.token, **FROM_ELSEWHERE).status_code == 403


def test_a_local_proxy_that_is_trusted_makes_nobody_local(engine, database_url):
    with opened_door(engine, database_url, trusted_proxies="127.0.0.1") as door:
        assert get(door, "/metrics", **FROM_ELSEWHERE).status_code == 403
        assert get(door, "/metrics", **{"X-Forwarded-For": "127.0.0.1"}).status_code == 403
        assert get(door, "/metrics").status_code == 200


# ----- with a token of the operators ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", BEHIND)
def test_with_a_token_not_even_the_machine_itself_is_told_without_it(guarded, path):
    answer = get(guarded, path)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", BEHIND)
def test_with_the_token_it_is_told_from_anywhere(guarded, path):
    assert get(guarded, path, ADMIN, **FROM_ELSEWHERE).status_code in (200, 404)


@pytest.mark.parametrize("wrong", ["none", ADMIN[:-1], f"{ADMIN}0", ADMIN.upper(), "\xe4"])
def test_a_wrong_token_opens_nothing(guarded, wrong):
    headers = {"Authorization": f"Bearer {wrong}".encode("latin-1")}
    assert guarded.client.get("/metrics", headers=headers).status_code == 401


def test_a_senders_token_is_not_the_operators(guarded):
    assert get(guarded, "/metrics", guarded.token).status_code == 401


def test_the_operators_token_is_no_senders(guarded):
    assert guarded.post(a_report(), token=ADMIN).status_code == 401


def test_requeueing_needs_the_token_too(guarded):
    path = "/diagnostics/quarantine/1/requeue"
    assert guarded.client.post(path).status_code == 401
    assert guarded.client.post(path, headers={"Authorization": f"Bearer {ADMIN}"}).status_code == 404


@pytest.mark.parametrize("path", OPEN)
def test_what_everybody_may_read_needs_no_token(guarded, path):
    assert get(guarded, path, **FROM_ELSEWHERE).status_code == 200


def test_who_guesses_is_not_listened_to_even_when_right_at_last(engine, database_url):
    with opened_door(engine, database_url, admin_token=ADMIN, failures_per_minute=3) as door:
        answers = [get(door, "/metrics", f"{ADMIN}{guess}") for guess in range(4)]
        assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
        assert get(door, "/metrics", ADMIN).status_code == 429


def test_who_guesses_from_elsewhere_does_not_lock_the_operators_out(engine, database_url):
    with opened_door(
        engine, database_url, admin_token=ADMIN, failures_per_minute=1, trusted_proxies="127.0.0.1"
    ) as door:
        guessed = [get(door, "/metrics", "guess", **FROM_ELSEWHERE).status_code for _ in range(2)]
        assert guessed == [401, 429]
        assert get(door, "/metrics", ADMIN, **{"X-Forwarded-For": "192.0.2.8"}).status_code == 200


# ----- addresses ------------------------------------------------------------------------------------------------------


def hashes(door):
    return [row["remote_hash"] for row in door.rows("SELECT remote_hash FROM deliveries ORDER BY id")]


def two_reports(door, first, second):
    door.post(a_report(), **first)
    door.post(a_report(event_id="other"), **second)


def test_behind_a_trusted_proxy_two_places_are_told_apart(engine, database_url):
    with opened_door(engine, database_url, trusted_proxies="127.0.0.0/8") as door:
        two_reports(door, FROM_ELSEWHERE, {"X-Forwarded-For": "192.0.2.8"})
        assert len(set(hashes(door))) == 2


def test_a_sender_cannot_choose_where_it_seems_to_be(door):
    two_reports(door, FROM_ELSEWHERE, {"X-Forwarded-For": "192.0.2.8"})
    assert len(set(hashes(door))) == 1


def test_the_server_itself_believes_no_header_about_addresses(monkeypatch):
    """Uvicorn would believe every local proxy, and whatever `FORWARDED_ALLOW_IPS` names."""
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    with opened_door(None, "postgresql://nobody@127.0.0.1:1/none") as door:
        assert httpx.get(f"{door.client.base_url}/livez").status_code == 200
        assert get(door, "/metrics", **{"X-Forwarded-For": "127.0.0.1"}).status_code == 403


@pytest.mark.parametrize(("trusted", "shown"), [("127.0.0.1", "https"), ("10.0.0.1", "http"), ("", "http")])
def test_only_a_trusted_proxy_says_how_the_page_was_asked_for(engine, database_url, trusted, shown):
    with opened_door(engine, database_url, trusted_proxies=trusted) as door:
        page = get(door, "/", **{"Host": "stats.example", "X-Forwarded-Proto": "https"}).text
        assert f"{shown}://stats.example/v1/rounds" in page
