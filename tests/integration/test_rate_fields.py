"""How often one may knock: told with every answer that goes by a limit, kept for each address, counted whatever happens."""

import httpx
import pytest

from tests.factories import a_report
from tests.integration.ingesting import opened_door
from tests.integration.outage import cut_off
from tests.integration.test_delivery_totals import NOBODY, assert_sums_up, outcomes
from tests.integration.test_draining import drain
from tests.integration.test_spooling import known_to

SUITE = "/api/v2/stats/etl/matches/stats/submit"
MESSAGE = b'{"content": "STATS_READY", "embeds": []}'
ELSEWHERE = {"X-Forwarded-For": "192.0.2.7"}


@pytest.fixture
def strict(engine, database_url):
    """Three wrong tokens an address and minute, at this service behind a proxy."""
    with opened_door(engine, database_url, failures_per_minute=3, trusted_proxies="127.0.0.1") as door:
        known_to(door)
        yield door


def guess(door, times, **headers):
    return [door.post(a_report(), token=f"{NOBODY}{number}", **headers).status_code for number in range(times)]


# ----- the fields -----------------------------------------------------------------------------------------------------


def test_a_taken_round_tells_how_many_more_may_come(engine, database_url):
    with opened_door(engine, database_url, rounds_per_minute=60, rounds_burst=3) as door:
        answer = door.post(a_report())
        assert answer.headers["RateLimit-Policy"] == '"rounds";q=3;w=3'
        assert answer.headers["RateLimit"] == '"rounds";r=2;t=1'


def test_who_is_turned_away_is_told_when_to_come_again(engine, database_url):
    with opened_door(engine, database_url, rounds_per_minute=1, rounds_burst=1) as door:
        door.post(a_report())
        answer = door.post(a_report())
        assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
        wait = answer.headers["Retry-After"]
        assert 55 <= int(wait) <= 60
        assert answer.headers["RateLimit"] == f'"rounds";r=0;t={wait}'
        assert outcomes(door) == {"accepted": 1, "refused_rate": 1}


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [("PUT", "/v1/files/x.txt", "files"), ("POST", "/v1/filename-triggers", "notices"), ("POST", SUITE, "rounds")],
)
def test_every_door_names_its_limit(door, method, path, name):
    body = b'{"filename": "2026-02-03-235512-supply-round-1.txt"}'
    answer = door.client.request(method, path, content=body, headers={"Authorization": f"Bearer {door.token}"})
    assert answer.headers["RateLimit"].startswith(f'"{name}";r=')


@pytest.mark.parametrize("path", ["/api/rounds", "/", "/sessions", "/metrics", "/diagnostics/quarantine"])
def test_what_is_read_tells_its_limit(engine, database_url, path):
    with opened_door(engine, database_url, reads_per_minute=2) as door:
        answers = [door.client.get(path) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[0].headers["RateLimit-Policy"] == '"reads";q=2;w=60'
        assert [answer.headers["RateLimit"].partition(";t=")[0] for answer in answers] == [
            '"reads";r=1',
            '"reads";r=0',
            '"reads";r=0',
        ]


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/health"])
def test_supervisors_may_ask_as_often_as_they_like(engine, database_url, path):
    with opened_door(engine, database_url, reads_per_minute=1, unknown_per_minute=1) as door:
        answers = [door.client.get(path) for _ in range(4)]
        assert [(answer.status_code, "RateLimit" in answer.headers) for answer in answers] == [(200, False)] * 4


def test_who_tries_addresses_is_turned_away(engine, database_url):
    with opened_door(engine, database_url, unknown_per_minute=2) as door:
        answers = [door.client.get(f"/.env.{number}").status_code for number in range(4)]
        assert answers == [404, 404, 429, 429]
        assert door.client.get("/api/rounds").status_code == 200


# ----- each address for itself ----------------------------------------------------------------------------------------


def test_another_address_may_still_read(engine, database_url):
    with opened_door(engine, database_url, reads_per_minute=1, trusted_proxies="127.0.0.1") as door:
        asked = [
            door.client.get("/api/rounds", headers={"X-Forwarded-For": one}).status_code
            for one in ("192.0.2.7", "192.0.2.7", "192.0.2.8", "2001:db8::1", "2001:db8::2")
        ]
        assert asked == [200, 429, 200, 200, 429]


def test_an_address_that_cannot_be_believed_makes_no_difference(engine, database_url):
    with opened_door(engine, database_url, reads_per_minute=1) as door:
        asked = [
            door.client.get("/api/rounds", headers={"X-Forwarded-For": f"192.0.2.{one}"}).status_code for one in (7, 8)
        ]
        assert asked == [200, 429]


# ----- wrong tokens ---------------------------------------------------------------------------------------------------


def test_who_is_wrong_too_often_is_turned_away_and_counted(strict):
    assert guess(strict, 5) == [401, 401, 401, 429, 429]
    assert outcomes(strict) == {"refused_auth": 3, "refused_rate": 2}
    assert_sums_up(strict, 5)
    drain(strict.engine, strict.data)
    assert_sums_up(strict, 5)
    assert strict.outcomes() == {"refused_auth": 3, "refused_rate": 2}


def test_who_guesses_elsewhere_is_nobody_elses_fault(strict):
    guess(strict, 5, **ELSEWHERE)
    assert guess(strict, 1) == [401]


def test_a_known_sender_comes_in_from_the_address_of_a_guesser(strict):
    guess(strict, 5)
    assert strict.post(a_report()).status_code == 201


def test_a_token_made_this_moment_comes_in_from_the_address_of_a_guesser(strict, run, monkeypatch):
    guess(strict, 5)
    monkeypatch.setenv("ROUNDWIRE_DATA", str(strict.data))
    token = run("server", "add", "srv2")[1].strip()
    assert strict.post(a_report(), token=token).status_code == 201


def test_a_flood_of_wrong_tokens_costs_no_statement_each(strict):
    guess(strict, 3)
    before = strict.row(
        "SELECT pg_stat_get_db_xact_commit(oid) AS n FROM pg_database WHERE datname = current_database()"
    )
    guess(strict, 200)
    strict.do("SELECT pg_stat_force_next_flush()")
    after = strict.row(
        "SELECT pg_stat_get_db_xact_commit(oid) AS n FROM pg_database WHERE datname = current_database()"
    )
    assert after["n"] - before["n"] < 100
    assert outcomes(strict) == {"refused_auth": 3, "refused_rate": 200}


def test_from_very_many_addresses_nobody_is_looked_up_any_more(strict):
    """Each would have three guesses of its own; together they have sixty."""
    answers = [guess(strict, 1, **{"X-Forwarded-For": f"198.51.100.{one}"}) for one in range(100)]
    assert answers == [[401]] * 100
    assert_sums_up(strict, 100)
    assert 60 <= strict.outcomes()["refused_auth"] < 80
    assert strict.post(a_report()).status_code == 201


def test_a_webhook_that_is_guessed_too_often_is_met_with_silence(strict):
    for number in range(5):
        with pytest.raises(httpx.RemoteProtocolError):
            strict.client.post(f"/api/webhooks/srv1/{NOBODY}{number}", content=MESSAGE)
    assert outcomes(strict) == {"refused_auth": 3, "refused_rate": 2}


def test_the_suite_is_told_in_its_own_way(strict):
    headers = {"Authorization": f"Bearer {NOBODY}"}
    answers = [strict.client.post(SUITE, content=b"{}", headers=headers) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert (answers[3].content, answers[3].headers["Retry-After"]) == (b"", "4")


def test_a_large_body_of_a_guesser_is_not_read(strict):
    guess(strict, 3)
    answer = strict.client.put("/v1/files/x", content=b"x" * (2 << 20), headers={"Authorization": "Bearer rw_no"})
    assert answer.status_code == 429
    assert outcomes(strict) == {"refused_auth": 3, "refused_rate": 1}


def test_greeting_with_wrong_tokens_is_bounded_and_counted_nowhere(strict):
    headers = {"Authorization": f"Bearer {NOBODY}"}
    answers = [strict.client.post("/v1/hello", json={"instance": "x"}, headers=headers).status_code for _ in range(4)]
    assert (answers, outcomes(strict)) == ([401, 401, 401, 429], {})


def test_without_the_database_it_is_the_same(strict, postgres_url):
    cut_off(postgres_url, strict.engine)
    assert guess(strict, 5) == [401, 401, 401, 429, 429]
    assert outcomes(strict) == {"refused_auth": 3, "refused_rate": 2}
    assert strict.post(a_report()).status_code == 202
    assert_sums_up(strict, 6)
