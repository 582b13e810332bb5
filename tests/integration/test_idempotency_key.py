"""`Idempotency-Key`: one key, one delivery, for good; what else comes under it is refused, kept, and not lost."""

import threading
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from tests.factories import R1_START, a_report, a_second_report, as_body
from tests.integration.outage import cut_off, let_in
from tests.integration.test_draining import drain
from tests.integration.test_ingest_answers import PROBLEM_KEYS
from tests.integration.test_spooling import known_to

KEY = {"Idempotency-Key": '"round-1"'}
NOTICE = {"filename": "2026-02-03-235512-supply-round-1.txt"}
REASON = "idempotency_key_reused"


def another(**fields):
    return a_report(round_start_unix=R1_START + 3600, round_end_unix=R1_START + 4000, event_id="e-2", **fields)


def states(door):
    return [row["state"] for row in door.rows("SELECT state FROM round_events ORDER BY delivery_id")]


def test_the_same_bytes_under_the_same_key_have_the_first_result(door):
    first, again = door.post(a_report(), **KEY), door.post(a_report(), **KEY)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() | {"outcome": "accepted"} == first.json()
    assert door.count("idempotency_keys") == 1


def test_without_a_key_nothing_is_asked_or_written(door):
    door.post(a_report())

    assert door.count("idempotency_keys") == 0


def test_a_key_may_come_with_or_without_its_quotes(door):
    door.post(a_report(), **KEY)

    assert door.post(another(), **{"Idempotency-Key": "round-1"}).status_code == 422


def test_other_bytes_under_a_key_are_refused_by_name(door):
    door.post(a_report(), **KEY)
    answer = door.post(another(), **KEY)
    told = answer.json()

    assert (answer.status_code, told["code"]) == (422, REASON)
    assert set(told) == PROBLEM_KEYS | {"errors"}
    assert [(one["pointer"], one["code"]) for one in told["errors"]] == [("/header/idempotency-key", REASON)]


def test_other_bytes_under_a_key_are_kept_and_found_in_quarantine(door):
    """P54: nothing authentic is lost, whatever its sender did wrong."""
    body = as_body(another())
    door.post(a_report(), **KEY)
    door.post(body, **KEY)
    (waiting,) = door.client.get("/diagnostics/quarantine").json()["deliveries"]

    assert (waiting["reason"], waiting["problems"][0]["pointer"]) == (REASON, "/header/idempotency-key")
    assert door.client.get(f"/diagnostics/deliveries/{waiting['delivery_id']}/raw").content == body
    assert (door.count("rounds"), door.count("publications")) == (1, 1)


def test_what_is_refused_for_its_key_is_counted_once(door):
    door.post(a_report(), **KEY)
    for _ in range(2):
        door.post(another(), **KEY)
    told = door.client.get("/diagnostics/deliveries").json()

    assert door.outcomes() == {"accepted": 1, "refused_malformed": 2}
    assert told["received"] == sum(told["outcomes"].values()) == 3


def test_an_operator_lets_it_out_of_quarantine(door):
    door.post(a_report(), **KEY)
    door.post(another(), **KEY)
    (waiting,) = door.client.get("/diagnostics/quarantine").json()["deliveries"]
    told = door.client.post(f"/diagnostics/quarantine/{waiting['delivery_id']}/requeue").json()

    assert (told["is_released"], told["state"], told["outcome"]) == (True, "enriched", "accepted")
    assert door.count("rounds") == 2


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "round-2"}])
def test_sent_again_without_that_key_it_is_taken(door, headers):
    door.post(a_report(), **KEY)
    door.post(another(), **KEY)
    answer = door.post(another(), **headers)

    assert (answer.status_code, answer.json()["outcome"], answer.json()["state"]) == (201, "accepted", "enriched")
    assert door.round(answer)["round_start_unix"] == R1_START + 3600
    assert door.outcomes() == {"accepted": 2, "refused_malformed": 1}
    assert door.histories()[-1] == ["seen", "quarantined", "seen", "parsed", "linked_round_id", "enriched"]


def test_sent_again_it_may_be_a_revision(door):
    door.post(a_report(), **KEY)
    door.post(a_report(sequence=2), **KEY)
    answer = door.post(a_report(sequence=2))

    assert (answer.status_code, answer.json()["outcome"]) == (200, "revised")
    assert door.count("rounds") == 1


def test_sent_again_what_nobody_understands_goes_on_waiting_for_that(door):
    door.post(a_report(), **KEY)
    door.post(a_report(schema_version=9), **KEY)
    answer = door.post(a_report(schema_version=9))

    assert (answer.status_code, answer.json()["quarantine_reason"]) == (202, "unsupported_version")
    assert states(door) == ["enriched", "quarantined"]


def test_bytes_that_are_here_already_stay_what_they_are_under_a_wrong_key(door):
    door.post(a_report(), **KEY)
    door.post(another())
    answer = door.post(another(), **KEY)

    assert (answer.status_code, states(door)) == (422, ["enriched", "enriched"])
    assert door.outcomes() == {"accepted": 2, "refused_malformed": 1}


def test_the_keys_of_two_servers_are_two(door):
    """P54"""
    door.post(a_report(), **KEY)

    assert door.post(a_report(), token=door.register("srv2"), **KEY).status_code == 201


def test_a_key_says_nothing_for_what_was_refused(door):
    assert door.post(b"no json", **KEY).status_code == 422
    assert door.post(a_report(), **KEY).status_code == 201


def test_a_key_stands_for_what_waits_in_quarantine_too(door):
    assert door.post(a_report(schema_version=9), **KEY).status_code == 202
    assert door.post(a_report(), **KEY).json()["code"] == REASON


@pytest.mark.parametrize("written", ["", '""', "a b", '"a', "x" * 300, "caf\xe9", '"a", "b"'])
def test_what_is_no_key_is_told_so_and_costs_no_evidence(door, written):
    answer = door.client.post(
        "/v1/rounds",
        content=as_body(a_report()),
        headers=[(b"Authorization", f"Bearer {door.token}".encode()), (b"Idempotency-Key", written.encode("latin-1"))],
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_idempotency_key")
    assert answer.json()["errors"][0]["pointer"] == "/header/idempotency-key"
    assert (door.count("deliveries"), states(door)) == (1, ["quarantined"])
    assert door.post(a_report()).status_code == 201


def test_two_keys_are_none(door):
    headers = [("Authorization", f"Bearer {door.token}"), ("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    answer = door.client.post("/v1/rounds", content=as_body(a_report()), headers=headers)

    assert answer.json()["code"] == "bad_idempotency_key"


def test_files_and_notices_have_keys_too(door):
    bearer = {"Authorization": f"Bearer {door.token}"} | KEY
    notice = door.client.post("/v1/filename-triggers", json=NOTICE, headers=bearer)
    file = door.client.put("/v1/files/demo.json", content=b"{}", headers=bearer)
    name = door.client.put("/v1/files/other.json", content=b"{}", headers=bearer | {"Idempotency-Key": "f"})
    renamed = door.client.put("/v1/files/demo.json", content=b"{}", headers=bearer | {"Idempotency-Key": "f"})

    assert (notice.status_code, file.json()["code"]) == (201, REASON)
    assert (name.status_code, renamed.json()["code"]) == (202, REASON)


def test_a_replay_does_not_let_out_what_was_withheld(door, run):
    door.post(a_report(), **KEY)
    door.post(another(), **KEY)
    run("replay")

    assert states(door) == ["enriched", "quarantined"]


def test_a_replay_leaves_alone_what_was_let_out(door, run):
    door.post(a_report(), **KEY)
    door.post(another(), **KEY)
    answer = door.post(another())
    run("replay")

    assert states(door) == ["enriched", "enriched"]
    assert door.round(answer)["round_start_unix"] == R1_START + 3600


def test_of_many_at_once_under_one_key_one_is_taken(door):
    """Decided by the constraint: every other is refused, and every one is kept."""
    answers = []

    def send(number):
        start = R1_START + 3600 * number
        report = a_report(round_start_unix=start, round_end_unix=start + 400, event_id=f"e-{number}")
        answers.append(door.post(report, **KEY).status_code)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [201] + [422] * 7
    assert (door.count("deliveries"), door.count("rounds"), door.count("idempotency_keys")) == (8, 1, 1)


def test_the_database_itself_lets_one_key_stand_for_one_delivery(door):
    for report in (a_report(), another()):
        door.post(report)
    statement = text("INSERT INTO idempotency_keys SELECT 'srv1', 'k', id, now() FROM deliveries")
    with pytest.raises(Exception, match="idempotency_keys_pkey"), door.engine.begin() as connection:
        connection.execute(statement)


# ----- while the database is away -------------------------------------------------------------------------------------


@contextmanager
def outage(door, postgres_url):
    """The database is away for a while; what came meanwhile has come home when this ends."""
    door.post(a_second_report())
    known_to(door)
    cut_off(postgres_url, door.engine)
    yield
    let_in(postgres_url, door.engine)
    drain(door.engine, door.data)


def test_a_key_used_in_an_outage_stands_for_what_came_first(door, postgres_url):
    with outage(door, postgres_url):
        codes = [door.post(report, **KEY).status_code for report in (a_report(), a_report(), another())]

    assert codes == [202, 202, 202]
    assert states(door) == ["enriched", "enriched", "quarantined"]
    assert door.outcomes() == {"accepted": 1, "spooled": 3}
    assert door.row("SELECT delivery_id FROM idempotency_keys")["delivery_id"] == 2


def test_what_was_spooled_under_a_used_key_is_kept_as_promised(door, postgres_url):
    door.post(a_report(), **KEY)
    with outage(door, postgres_url):
        answer = door.post(another(), **KEY)
    became = door.row("SELECT outcome, parse_notes FROM drained_records JOIN round_events USING (delivery_id)")
    assert (answer.status_code, became["outcome"]) == (202, "quarantined")
    assert became["parse_notes"]["quarantine_reason"] == REASON


def test_what_is_no_key_is_told_so_in_an_outage_too(door, postgres_url):
    with outage(door, postgres_url):
        answer = door.post(a_report(), **{"Idempotency-Key": "a b"})

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_idempotency_key")
    assert states(door) == ["enriched", "quarantined"]
    assert door.outcomes() == {"accepted": 1, "refused_malformed": 1}
