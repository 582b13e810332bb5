"""What a registered server signed comes in without a token, at every door that takes one, with the database and without it."""

import gzip
import time
from datetime import timedelta

import pytest

from shared.ops.clock import utc_now
from shared.ops.known_servers_file import KnownServersFile
from tests.factories import a_report, as_body
from tests.integration.ingesting import opened_door
from tests.integration.outage import cut_off
from tests.integration.signing import headers_of, headers_of_bytes, secret_for

STATS_NAME = "2026-02-03-235512-etl_frostbite-round-1.txt"
STATS = b"^1Pub\\etl_frostbite\\legacy3\\1\\1\\2\\12:00\\4:07\\246812\n"
SUBMIT = "/api/v2/stats/etl/matches/stats/submit"


def send(door, secret, body=None, *, path="/v1/rounds", method="POST", token=None, at=None, **headers):
    content = as_body(a_report()) if body is None else body
    known = {"Authorization": f"Bearer {token}"} if token else {}
    return door.client.request(
        method, path, content=content, headers=headers_of(secret, content, at=at) | known | headers
    )


def wait_until_known(door, secret):
    """Until the service has written down that this secret is valid."""
    while (known := KnownServersFile(door.data).read()) is None or secret not in str(
        [one.signing_secrets for one in known.servers]
    ):
        time.sleep(0.01)


# ----- at every door --------------------------------------------------------------------------------------------------


def test_a_signed_round_is_taken_without_a_token(door):
    answer = send(door, secret_for(door))
    assert (answer.status_code, answer.json()["outcome"]) == (201, "accepted")
    assert door.row("SELECT server_id FROM deliveries")["server_id"] == "srv1"


def test_a_signed_file_is_taken(door):
    assert send(door, secret_for(door), STATS, method="PUT", path=f"/v1/files/{STATS_NAME}").status_code == 202
    assert door.row("SELECT server_id, body FROM deliveries") == {"server_id": "srv1", "body": STATS}


def test_a_signed_name_of_a_file_is_taken(door):
    body = b'{"filename": "2026-02-03-235512-supply-round-1.txt"}'
    assert send(door, secret_for(door), body, path="/v1/filename-triggers").status_code == 201


def test_a_signed_handshake_is_taken(door):
    answer = send(door, secret_for(door), b'{"instance": "27960"}', path="/v1/hello")
    assert (answer.status_code, answer.json()["server_id"]) == (200, "srv1")


def test_a_signed_submit_of_the_suite_is_taken(door):
    assert send(door, secret_for(door), b'{"round_info": {}}', path=SUBMIT).status_code in (201, 202)


@pytest.mark.parametrize("body", [as_body(a_report()), b"\xff\xfe no JSON"], ids=["a report", "no text"])
def test_what_is_signed_are_the_bytes_as_sent(door, body):
    packed = gzip.compress(body)
    headers = headers_of_bytes(secret_for(door), packed) | {"Content-Encoding": "gzip"}
    answer = door.client.post("/v1/rounds", content=packed, headers=headers)
    assert answer.status_code in (201, 422)
    assert door.count("deliveries") == 1


def test_bytes_that_are_no_text_can_be_signed(door):
    body = as_body(a_report()).replace(b"Nordik", b"N\xe9rdik")
    answer = door.client.post("/v1/rounds", content=body, headers=headers_of_bytes(secret_for(door), body))
    assert answer.status_code == 201


def test_the_same_message_again_is_a_duplicate(door):
    """Within its five minutes it may be sent by anybody who saw it, and changes nothing."""
    secret, body = secret_for(door), as_body(a_report())
    headers = headers_of(secret, body)
    answers = [door.client.post("/v1/rounds", content=body, headers=headers).json() for _ in range(2)]
    assert [answer["outcome"] for answer in answers] == ["accepted", "duplicate"]


# ----- who may not ----------------------------------------------------------------------------------------------------


def assert_refused(door, answer):
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert (door.count("deliveries"), door.outcomes()) == (0, {"refused_auth": 1})


def test_a_message_signed_by_nobody_is_refused(door):
    secret_for(door)
    assert_refused(door, send(door, "whsec_" + "A" * 43 + "="))


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_message_of_another_time_is_refused(door, minutes):
    assert_refused(door, send(door, secret_for(door), at=utc_now() + timedelta(minutes=minutes)))


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp"])
def test_a_signature_without_its_other_headers_is_refused(door, missing):
    body = as_body(a_report())
    headers = headers_of(secret_for(door), body)
    del headers[missing]
    assert_refused(door, door.client.post("/v1/rounds", content=body, headers=headers))


def test_a_token_beside_must_be_of_the_same_server(door):
    assert_refused(door, send(door, secret_for(door), token=door.register("srv2")))


def test_a_valid_token_does_not_make_up_for_a_wrong_signature(door):
    secret_for(door)
    assert_refused(door, send(door, "whsec_" + "A" * 43 + "=", token=door.token))


def test_a_valid_signature_does_not_make_up_for_a_wrong_token(door):
    assert_refused(door, send(door, secret_for(door), token="rw_nobody"))


def test_both_together_are_taken(door):
    assert send(door, secret_for(door), token=door.token).status_code == 201


def test_a_server_that_signs_is_itself_whatever_it_claims(door):
    door.register("srv2")
    answer = send(door, secret_for(door, "srv2"), as_body(a_report(server_id="srv1")))
    assert answer.status_code == 201
    assert door.row("SELECT server_id FROM rounds")["server_id"] == "srv2"


def test_a_wrongly_signed_handshake_is_refused_and_no_delivery(door):
    answer = send(door, "whsec_" + "A" * 43 + "=", b'{"instance": "27960"}', path="/v1/hello")
    assert (answer.status_code, door.outcomes()) == (401, {})


def test_what_is_large_needs_a_token_beside_its_signature(door):
    secret, body = secret_for(door), b"x" * ((1 << 20) + 1)
    alone = send(door, secret, body, method="PUT", path="/v1/files/big.txt")
    both = send(door, secret, body, method="PUT", path="/v1/files/big.txt", token=door.token)
    assert (alone.status_code, both.status_code) == (413, 202)


def test_a_wrongly_signed_trial_is_refused_and_counted_nowhere(door):
    secret_for(door)
    answer = send(door, "whsec_" + "A" * 43 + "=", path="/v1/rounds?dry_run=true")
    assert (answer.status_code, door.outcomes()) == (401, {})


def test_a_signed_trial_says_what_would_happen_and_keeps_nothing(door):
    answer = send(door, secret_for(door), path="/v1/rounds?dry_run=true")
    assert (answer.status_code, door.count("deliveries")) == (200, 0)


# ----- rotation -------------------------------------------------------------------------------------------------------


def test_the_secret_before_stays_valid_until_the_next(door):
    first, second = secret_for(door), secret_for(door)
    assert [send(door, one).status_code for one in (first, second)] == [201, 200]
    third = secret_for(door)
    assert [send(door, one).status_code for one in (first, second, third)] == [401, 200, 200]


def test_revoking_makes_signatures_invalid_at_once(door, run):
    secret = secret_for(door)
    assert run("server", "revoke", "srv1")[0] == 0
    assert send(door, secret).status_code == 401


def test_signing_alone_can_be_stopped(door, run):
    secret = secret_for(door)
    assert run("server", "sign", "srv1", "--stop")[1] == "srv1 can sign no more: 1 secret invalid.\n"
    assert (send(door, secret).status_code, door.post(a_report()).status_code) == (401, 201)


def test_a_secret_is_shown_once_alone_on_the_last_line(door, run):
    status, said, _ = run("server", "sign", "srv1")
    assert (status, said.startswith("whsec_"), said.count("\n")) == (0, True, 1)
    assert send(door, said.strip()).status_code == 201
    for command in (("server", "list"), ("server", "secrets"), ("server", "secrets", "--json"), ("server", "check")):
        assert said.strip() not in "".join(run(*command)[1:])


@pytest.mark.usefixtures("door")
def test_a_revoked_server_is_given_no_secret(run):
    run("server", "revoke", "srv1")
    assert run("server", "sign", "srv1")[0] == 2


# ----- without the database -------------------------------------------------------------------------------------------


def test_a_signed_round_is_spooled_while_the_database_is_away(door, postgres_url):
    secret = secret_for(door)
    wait_until_known(door, secret)
    cut_off(postgres_url, door.engine)
    assert send(door, secret).json()["outcome"] == "spooled"
    assert send(door, "whsec_" + "A" * 43 + "=").status_code == 401
    assert send(door, secret, token="rw_nobody").status_code == 401
    assert send(door, secret, b'{"instance": "27960"}', path="/v1/hello").status_code == 200


def test_a_service_that_starts_without_its_database_knows_who_signs(door, postgres_url):
    secret = secret_for(door)
    wait_until_known(door, secret)
    cut_off(postgres_url, door.engine)
    with opened_door(None, "postgresql://nobody@127.0.0.1:1/nowhere", data=door.data) as started:
        assert send(started, secret).json()["outcome"] == "spooled"


def test_a_secret_revoked_as_the_database_goes_away_opens_nothing(door, postgres_url, run, monkeypatch):
    secret = secret_for(door)
    wait_until_known(door, secret)
    monkeypatch.setenv("ROUNDWIRE_DATA", str(door.data))
    run("server", "sign", "srv1", "--stop")
    cut_off(postgres_url, door.engine)
    assert send(door, secret).status_code == 401


def test_the_file_of_who_is_known_is_its_owners_alone(door):
    wait_until_known(door, secret_for(door))
    assert (door.data / "known-servers.json").stat().st_mode & 0o777 == 0o600
