"""What the door answers, and that every answer is counted and durable."""

import gzip
import hashlib
import json
import socket
import time

import pytest
from structlog.testing import capture_logs

from shared.domain.contract import LARGEST_BODY_BYTES
from tests.factories import R1_START, a_player, a_report, a_second_report, as_body
from tests.integration.ingesting import opened_door

RECEIPT_KEYS = {
    "outcome",
    "delivery_id",
    "event_id",
    "content_sha256",
    "state",
    "link_status",
    "link_reason",
    "round_id",
    "round_fingerprint",
    "fingerprint_tier",
    "quarantine_reason",
    "problems",
    "unknown_fields",
}
PROBLEM_KEYS = {"type", "title", "status", "code", "detail", "error_id"}


def assert_problem(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()) == PROBLEM_KEYS
    assert answer.json()["status"] == status


# ----- 2xx ------------------------------------------------------------------------------------------------------------


def test_a_first_report_is_created_and_told_in_full(door):
    answer = door.post(a_report())
    receipt = answer.json()
    assert answer.status_code == 201
    assert set(receipt) == RECEIPT_KEYS
    assert (receipt["outcome"], receipt["state"], receipt["event_id"]) == ("accepted", "enriched", "e-1")
    assert (receipt["link_status"], receipt["link_reason"]) == ("linked", "created_round")
    assert (receipt["problems"], receipt["unknown_fields"], receipt["quarantine_reason"]) == ([], [], None)
    assert receipt["content_sha256"] == hashlib.sha256(as_body(a_report())).hexdigest()


def test_the_answer_says_where_the_round_is(door):
    answer = door.post(a_report())
    fingerprint = door.round(answer)["round_fingerprint"]
    assert answer.headers["location"] == f"/rounds/{fingerprint}"
    assert (answer.json()["round_fingerprint"], answer.json()["fingerprint_tier"]) == (fingerprint, 1)


def test_the_same_bytes_again_are_answered_with_the_first_result(door):
    first = door.post(a_report(weather="fog"))
    again = door.post(a_report(weather="fog"))
    assert (again.status_code, again.json()["outcome"]) == (200, "duplicate")
    assert again.json() | {"outcome": "accepted"} == first.json()
    assert again.headers["location"] == first.headers["location"]


def test_the_same_bytes_compressed_are_the_same_delivery(door):
    first = door.post(a_report())
    again = door.post_gzip(a_report())
    assert (again.json()["outcome"], again.json()["delivery_id"]) == ("duplicate", first.json()["delivery_id"])


def test_the_same_bytes_from_another_server_are_another_delivery_and_another_round(door):
    """P54"""
    first = door.post(a_report())
    other = door.post(a_report(), token=door.register("srv2"))
    assert other.status_code == 201
    assert other.json()["round_id"] != first.json()["round_id"]
    assert other.json()["round_fingerprint"] != first.json()["round_fingerprint"]


def test_another_report_of_a_known_round_is_a_revision_of_it(door):
    first = door.post(a_report())
    revised = door.post(a_report(sequence=2))
    assert (revised.status_code, revised.json()["outcome"]) == (200, "revised")
    assert revised.json()["link_reason"] == "resolved_exact_unix_match"
    assert revised.json()["round_id"] == first.json()["round_id"]
    assert revised.json()["delivery_id"] != first.json()["delivery_id"]


def test_the_same_event_id_with_other_bytes_refuses_nothing(door):
    door.post(a_report())
    other = door.post(a_report(round_start_unix=R1_START + 3600, round_end_unix=R1_START + 4000))
    assert (other.status_code, other.json()["event_id"]) == (201, "e-1")


def test_what_is_authentic_but_not_understood_is_kept_and_named_by_pointer(door):
    body = as_body(a_report(players=[a_player(slot) for slot in range(65)], round_number="x"))
    answer = door.post(body)
    receipt = answer.json()
    assert (answer.status_code, receipt["outcome"], receipt["state"]) == (202, "quarantined", "quarantined")
    assert receipt["quarantine_reason"] == "schema_violation"
    assert {problem["pointer"] for problem in receipt["problems"]} == {"/players", "/round_number"}
    assert (receipt["round_id"], receipt["round_fingerprint"]) == (None, None)
    assert "location" not in answer.headers
    assert door.row("SELECT body FROM deliveries")["body"] == body


def test_quarantined_bytes_again_are_answered_with_the_same_problems(door):
    first = door.post(a_report(schema_version=2))
    again = door.post(a_report(schema_version=2))
    assert (first.status_code, first.json()["quarantine_reason"]) == (202, "unsupported_version")
    assert (again.status_code, again.json()["outcome"]) == (200, "duplicate")
    assert again.json()["problems"] == first.json()["problems"]
    assert again.json()["quarantine_reason"] == "unsupported_version"


@pytest.mark.parametrize(("number", "pointer"), [(-1, "/round_number"), ("two", "/round_number"), (3, "/round_number")])
def test_a_round_number_is_never_guessed(door, number, pointer):
    """P4"""
    answer = door.post(a_report(round_number=number))
    assert (answer.status_code, [problem["pointer"] for problem in answer.json()["problems"]]) == (202, [pointer])
    assert door.count("rounds") == 0


def test_a_bad_field_costs_that_field_and_the_receipt_names_it(door):
    """P55"""
    answer = door.post(a_report(elapsed_ms="7:36"))
    assert (answer.status_code, answer.json()["problems"][0]["pointer"]) == (201, "/elapsed_ms")
    assert door.row("SELECT parse_status FROM round_events")["parse_status"] == "partial"
    assert door.round(answer)["actual_duration_seconds"] is None


def test_unknown_fields_are_kept_and_named_in_the_receipt(door):
    answer = door.post(a_report(weather="fog"))
    assert answer.json()["unknown_fields"] == ["/weather"]
    assert b'"weather": "fog"' in door.row("SELECT body FROM deliveries")["body"]


def test_a_report_without_any_time_is_kept_and_waits_unlinked(door):
    answer = door.post(a_report(round_start_unix=None, round_end_unix=None))
    receipt = answer.json()
    assert (answer.status_code, receipt["state"], receipt["link_status"]) == (201, "parsed", "unlinked")
    assert (receipt["link_reason"], receipt["round_id"]) == ("time_parse_failed", None)
    assert "location" not in answer.headers


def test_a_map_without_a_name_makes_no_round(door):
    receipt = door.post(a_report(map_name="^1")).json()
    assert (receipt["link_status"], receipt["link_reason"], receipt["round_id"]) == ("refused", "invalid_input", None)


# ----- refused --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", "Basic c3J2MTp4", "wrong"])
def test_without_a_registered_token_nothing_is_taken(door, authorization):
    answer = door.client.post("/v1/rounds", content=as_body(a_report()), headers={"Authorization": authorization})
    assert_problem(answer, 401, "not_authenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert (door.count("deliveries"), door.outcomes()) == (0, {"refused_auth": 1})


def test_a_revoked_token_opens_nothing(door):
    door.do("UPDATE servers SET active = false")
    assert_problem(door.post(a_report()), 401, "not_authenticated")


def test_more_bytes_than_the_door_takes_are_refused_by_their_declared_length(door):
    answer = door.post(b" " * (LARGEST_BODY_BYTES + 1))
    assert_problem(answer, 413, "too_large")
    assert (door.count("deliveries"), door.outcomes()) == (0, {"refused_size": 1})


def test_more_bytes_than_the_door_takes_are_refused_while_they_stream_in(door):
    def endless():
        for _ in range(40):
            yield b" " * 65_536

    headers = {"Authorization": f"Bearer {door.token}"}
    answer = door.client.post("/v1/rounds", content=endless(), headers=headers)
    assert_problem(answer, 413, "too_large")


def test_a_small_body_that_inflates_beyond_the_bound_is_refused(door):
    bomb = gzip.compress(b" " * (LARGEST_BODY_BYTES + 1))
    assert_problem(door.post(bomb, **{"Content-Encoding": "gzip"}), 413, "too_large")


def test_a_body_at_the_bound_is_taken(door):
    body = as_body(a_report())
    assert door.post(body + b" " * (LARGEST_BODY_BYTES - len(body))).status_code == 201


@pytest.mark.parametrize("encoding", ["br", "deflate"])
def test_an_encoding_the_door_does_not_read_is_refused(door, encoding):
    assert_problem(door.post(a_report(), **{"Content-Encoding": encoding}), 415, "unsupported_encoding")


def test_a_body_that_only_claims_to_be_gzip_is_refused(door):
    answer = door.post(gzip.compress(as_body(a_report()))[:-1], **{"Content-Encoding": "gzip"})
    assert_problem(answer, 415, "unsupported_encoding")
    assert door.outcomes() == {"refused_malformed": 1}


def test_what_is_no_json_at_all_is_refused_and_its_bytes_are_kept(door):
    assert_problem(door.post(b"<html>"), 422, "not_json")
    assert_problem(door.post(b"<html>"), 422, "not_json")
    assert door.row("SELECT body FROM deliveries")["body"] == b"<html>"
    assert door.outcomes() == {"refused_malformed": 2}


def test_a_server_above_its_rate_waits_and_its_neighbour_does_not(engine, database_url):
    with opened_door(engine, database_url, rounds_per_minute=6, rounds_burst=2) as door:
        answers = [door.post(a_report(sequence=number)) for number in range(3)]
        assert [answer.status_code for answer in answers] == [201, 200, 429]
        assert_problem(answers[2], 429, "rate_limited")
        assert 1 <= int(answers[2].headers["retry-after"]) <= 10
        assert door.post(a_report(), token=door.register("srv2")).status_code == 201
        assert door.outcomes() == {"accepted": 2, "revised": 1, "refused_rate": 1}


def test_a_connection_that_breaks_off_is_no_fault_of_ours(door):
    address = (door.client.base_url.host, door.client.base_url.port)
    begun = b"POST /v1/rounds HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"
    with capture_logs() as told:
        with socket.create_connection(address) as connection:
            connection.sendall(begun)
            time.sleep(0.1)
        patience_ends = time.monotonic() + 5
        while not told and time.monotonic() < patience_ends:
            time.sleep(0.01)
    assert [(line["code"], line["log_level"]) for line in told] == [("cut_off", "info")]


def test_an_unknown_path_is_a_problem_too(door):
    assert_problem(door.client.get("/v1/nothing"), 404, "not_found")
    assert_problem(door.client.get("/v1/rounds"), 405, "method_not_allowed")


# ----- nothing durable ------------------------------------------------------------------------------------------------


def test_while_nobody_can_say_who_may_speak_the_sender_is_told_to_keep_what_it_has(engine):
    with opened_door(engine, "postgresql://nobody:secret-word@127.0.0.1:1/nowhere") as door:
        answer = door.post(a_report())
    assert_problem(answer, 503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert not [leak for leak in ("secret-word", "nowhere", "127.0.0.1", "psycopg", "SELECT") if leak in answer.text]


def test_what_the_database_does_not_take_is_spooled_and_no_word_said_why(door):
    door.do("ALTER TABLE deliveries RENAME TO elsewhere")
    answer = door.post(a_report())
    assert (answer.status_code, answer.json()["outcome"]) == (202, "spooled")
    assert "deliveries" not in answer.text


def test_after_it_was_spooled_the_very_same_post_is_the_first_of_its_round_here(door):
    door.do("ALTER TABLE delivery_receipts RENAME TO elsewhere")
    assert door.post(a_report()).status_code == 202
    assert (door.count("deliveries"), door.count("rounds")) == (0, 0)
    door.do("ALTER TABLE elsewhere RENAME TO delivery_receipts")
    assert door.post(a_report()).status_code == 201


# ----- counting -------------------------------------------------------------------------------------------------------


def test_received_is_the_sum_of_the_outcomes(door):
    sent = [
        a_report(),
        a_report(),
        a_report(sequence=2),
        a_second_report(),
        a_report(round_number=9),
        b"no json",
        b"",
    ]
    answers = [door.post(one) for one in sent] + [door.post(a_report(), token="wrong")]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 201, 202, 422, 422, 401]
    assert door.outcomes() == {
        "accepted": 2,
        "duplicate": 1,
        "revised": 1,
        "quarantined": 1,
        "refused_malformed": 2,
        "refused_auth": 1,
    }
    counted = door.rows("SELECT answer_code FROM delivery_receipts ORDER BY id")
    assert [row["answer_code"] for row in counted] == [answer.status_code for answer in answers]


def test_the_evidence_is_the_bytes_as_they_came(door):
    body = gzip.compress(as_body(a_report()))
    door.post(body, **{"Content-Encoding": "gzip", "Content-Type": "application/json", "User-Agent": "reporter/1"})
    kept = door.row("SELECT * FROM deliveries")
    assert (kept["body"], kept["byte_count"]) == (body, len(as_body(a_report())))
    assert (kept["server_id"], kept["kind"], kept["event_id"]) == ("srv1", "round_report", "e-1")
    assert kept["headers"]["content-encoding"] == "gzip"
    assert kept["content_type"] == "application/json"
    assert door.token not in json.dumps(kept["headers"])
