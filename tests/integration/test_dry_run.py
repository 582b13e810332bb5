"""`?dry_run=true`: what would become of a delivery is told as it would be, and nothing of it is kept or counted."""

import gzip

import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from tests.factories import a_report, a_second_report, as_body
from tests.integration.ingesting import opened_door
from tests.integration.outage import cut_off
from tests.integration.test_spooling import STATS, STATS_NAME, SUBMIT, SUITE, known_to

COUNTED = ("deliveries", "delivery_receipts", "rounds", "round_events", "round_fingerprints", "publications")
COUNTED += ("processed_files", "idempotency_keys", "player_comprehensive_stats", "drained_records")
TRIED = {"dry_run": "true"}


def try_(door, report, token=None, **headers):
    body = report if isinstance(report, bytes) else as_body(report)
    known = {"Authorization": f"Bearer {token or door.token}"}
    return door.client.post("/v1/rounds", params=TRIED, content=body, headers=known | headers)


def kept(door):
    return {table: door.count(table) for table in COUNTED}


def test_a_new_round_would_be_accepted(door):
    answer = try_(door, a_report())
    told = answer.json()

    assert (answer.status_code, told["dry_run"], told["answer_code"]) == (200, True, 201)
    assert (told["outcome"], told["state"], told["link_reason"]) == ("accepted", "enriched", "created_round")
    assert told["round_fingerprint"].startswith("rf1:1:")
    assert (told["delivery_id"], told["round_id"], told["unknown_because"]) == (None, None, None)
    assert "location" not in answer.headers


def test_nothing_of_it_is_kept_or_counted(door):
    door.post(a_report())
    before = kept(door)
    for report in (a_second_report(), a_report(), a_report(sequence=2), a_report(schema_version=9), b"no json"):
        try_(door, report)
    totals = door.client.get("/diagnostics/deliveries").json()

    assert kept(door) == before
    assert (totals["received"], totals["outcomes"]["accepted"]) == (1, 1)


TRIALS = {
    "new": a_second_report(),
    "the same": a_report(),
    "another report": a_report(sequence=2),
    "nobody's version": a_report(schema_version=9),
    "with a wrong field": a_second_report(elapsed_ms="soon", weather="fog"),
}


@pytest.mark.parametrize("tried", TRIALS)
def test_what_is_told_is_what_then_happens(door, tried):
    door.post(a_report())
    told = try_(door, TRIALS[tried])
    done = door.post(TRIALS[tried])

    told_in_full, receipt = told.json(), done.json()
    assert (told_in_full["answer_code"], told_in_full["outcome"]) == (done.status_code, receipt["outcome"])
    unsaid = {"delivery_id", "round_id"} if receipt["outcome"] != "duplicate" else set()
    assert {name: told_in_full[name] for name in receipt.keys() - unsaid} == {
        name: receipt[name] for name in receipt.keys() - unsaid
    }


def test_of_what_is_here_already_it_says_where(door):
    first = door.post(a_report())
    same, other = try_(door, a_report()), try_(door, a_report(sequence=2))

    assert (same.json()["delivery_id"], same.json()["round_id"]) == (
        first.json()["delivery_id"],
        first.json()["round_id"],
    )
    assert same.headers["location"] == other.headers["location"] == first.headers["location"]
    assert (other.json()["delivery_id"], other.json()["round_id"]) == (None, first.json()["round_id"])


def test_what_would_be_refused_is_refused_and_not_counted(door):
    door.post(a_report(), **{"Idempotency-Key": "k"})
    before = kept(door)
    answers = [
        try_(door, b"no json"),
        try_(door, a_second_report(), token="nobody's"),
        try_(door, b" " * (2 << 20)),
        try_(door, b"x", **{"Content-Encoding": "br"}),
        try_(door, a_second_report(), **{"Idempotency-Key": "k"}),
        try_(door, a_second_report(), **{"Idempotency-Key": "a b"}),
    ]

    assert [answer.status_code for answer in answers] == [422, 401, 413, 415, 422, 422]
    assert [answers[at].json()["code"] for at in (4, 5)] == ["idempotency_key_reused", "bad_idempotency_key"]
    assert kept(door) == before


def test_a_key_is_not_used_up_by_a_trial(door):
    try_(door, a_report(), **{"Idempotency-Key": "k"})

    assert door.post(a_second_report(), **{"Idempotency-Key": "k"}).status_code == 201


def test_every_door_with_a_token_can_be_tried(door):
    bearer = {"Authorization": f"Bearer {door.token}"}
    sent = {"params": TRIED, "headers": bearer}
    answers = [
        door.client.put(f"/v1/files/{STATS_NAME}", content=STATS, **sent),
        door.client.put("/v1/files/some.bin", content=b"x" * (2 << 20), **sent),
        door.client.post("/v1/filename-triggers", json={"filename": STATS_NAME}, **sent),
        door.client.post(f"{SUITE}/matches/stats/submit", content=SUBMIT, **sent),
        door.client.put(
            f"/v1/files/{STATS_NAME}",
            content=gzip.compress(STATS),
            params=TRIED,
            headers=bearer | {"Content-Encoding": "gzip"},
        ),
    ]

    assert [answer.status_code for answer in answers] == [200] * 5
    assert all(answer.json()["dry_run"] for answer in answers)
    assert door.count("deliveries") == door.count("delivery_receipts") == 0


def test_a_trial_is_told_apart_in_the_log(door):
    with capture_logs(processors=[merge_contextvars]) as lines:
        try_(door, a_report())
        door.post(a_report())

    told = [(line["event"], line.get("dry_run")) for line in lines]
    assert told == [("round_received", True), ("delivery_tried", True), ("round_received", None)]


def test_trials_are_limited_as_deliveries_are_and_not_counted(engine, database_url):
    with opened_door(engine, database_url, rounds_per_minute=1, rounds_burst=2) as door:
        codes = [try_(door, a_report()).status_code for _ in range(3)]

        assert codes == [200, 200, 429]
        assert door.count("delivery_receipts") == 0


def test_false_is_in_earnest(door):
    headers = {"Authorization": f"Bearer {door.token}"}
    answer = door.client.post("/v1/rounds?dry_run=false", content=as_body(a_report()), headers=headers)

    assert (answer.status_code, door.count("rounds")) == (201, 1)


@pytest.mark.parametrize("query", ["dry_run=yes", "dry_run=", "dry_run=True", "dry_run=true&dry_run=false"])
def test_what_is_neither_is_refused_and_costs_no_evidence(door, query):
    """Whoever meant a trial finds no round made of it; whoever meant it in earnest has lost nothing."""
    headers = {"Authorization": f"Bearer {door.token}"}
    answer = door.client.post(f"/v1/rounds?{query}", content=as_body(a_report()), headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_parameter")
    assert answer.json()["errors"][0]["pointer"] == "/query/dry_run"
    assert (door.count("rounds"), door.outcomes()) == (0, {"refused_malformed": 1})
    assert door.client.get("/diagnostics/quarantine").json()["deliveries"][0]["reason"] == "bad_parameter"
    assert door.post(a_report()).status_code == 201


def test_while_the_database_is_away_it_says_what_the_delivery_itself_says(door, postgres_url):
    door.post(a_report())
    known_to(door)
    cut_off(postgres_url, door.engine)
    answers = [try_(door, report) for report in (a_second_report(elapsed_ms="soon"), b"no json")]
    told = answers[0].json()

    assert [answer.status_code for answer in answers] == [200, 422]
    assert (told["outcome"], told["answer_code"], told["unknown_because"]) == ("spooled", 202, "database_away")
    assert [problem["pointer"] for problem in told["problems"]] == ["/elapsed_ms"]
    assert (told["state"], told["link_status"], told["unknown_fields"]) == (None, None, None)
    assert list((door.data / "spool").glob("*")) == []
