"""What nobody could make sense of is kept, shown, and read again when somebody asks for it."""

import json

import pytest
from sqlalchemy import text

from tests.factories import a_report, as_body

INSERT = """
WITH kept AS (
    INSERT INTO deliveries (server_id, kind, content_sha256, headers, body, byte_count, received_at)
    VALUES ('srv1', 'round_report', md5(CAST(:body AS text)), '{}', convert_to(:body, 'UTF8'), length(:body), now())
    RETURNING id),
event AS (
    INSERT INTO round_events (delivery_id, server_id, source, received_at, parse_status, link_status, state, parse_notes, attempts)
    SELECT id, 'srv1', 'stats_ready', now(), 'failed', 'unlinked', 'quarantined',
           '{"quarantine_reason": "schema_violation", "problems": []}', 0 FROM kept RETURNING id, delivery_id),
receipt AS (
    INSERT INTO delivery_receipts (delivery_id, received_at, outcome, answer_code)
    SELECT delivery_id, now(), 'quarantined', 202 FROM event),
moves AS (
    INSERT INTO round_event_moves (event_id, from_state, to_state, reason, at)
    SELECT id, NULL, 'seen', NULL, now() FROM event
    UNION ALL SELECT id, 'seen', 'quarantined', 'schema_violation', now() FROM event)
SELECT delivery_id FROM event
"""


def not_understood_before(door, report):
    """As an older version left it, which could not make sense of what this one reads without trouble."""
    with door.engine.begin() as connection:
        return connection.execute(text(INSERT), {"body": as_body(report).decode()}).scalar_one()


def not_understood(door):
    return door.post(a_report(schema_version=2)).json()["delivery_id"]


def test_what_is_understood_by_now_finds_its_round_and_adds_no_outcome(door, run):
    delivery_id = not_understood_before(door, a_report())
    status, out, _ = run("quarantine", "requeue", delivery_id)
    assert (status, out) == (0, f"Delivery {delivery_id} is understood: enriched, round 1.\n")
    assert door.row("SELECT state, round_id FROM round_events") == {"state": "enriched", "round_id": 1}
    assert door.histories() == [["seen", "quarantined", "seen", "parsed", "linked_round_id", "enriched"]]
    assert (door.outcomes(), door.count("publications")) == ({"quarantined": 1}, 1)


def test_what_is_not_understood_still_goes_on_waiting(door, run):
    delivery_id = not_understood(door)
    status, out, _ = run("quarantine", "requeue", delivery_id)
    assert (status, out) == (1, f"Delivery {delivery_id} waits still: unsupported_version.\n")
    assert door.row("SELECT state, attempts FROM round_events") == {"state": "quarantined", "attempts": 1}
    assert door.histories() == [["seen", "quarantined", "seen", "quarantined"]]


def test_all_of_one_reason_are_read_again_the_oldest_first(door, run):
    first, other = not_understood_before(door, a_report()), not_understood(door)
    status, out, _ = run("quarantine", "requeue", "--reason", "schema_violation", "--json")
    assert (status, [one["delivery_id"] for one in json.loads(out)]) == (0, [first])
    assert run("quarantine", "requeue", "--all")[0] == 1
    assert door.row("SELECT delivery_id FROM round_events WHERE state = 'quarantined'")["delivery_id"] == other


def test_what_waits_is_listed_with_its_reason(door, run):
    delivery_id = not_understood(door)
    status, out, _ = run("quarantine")
    assert status == 1
    assert out.splitlines()[1].split()[0] == str(delivery_id)
    assert "unsupported_version" in out


def test_an_empty_quarantine_is_no_finding(run):
    assert run("quarantine", "list")[:2] == (0, "Nothing waits in quarantine.\n")


def test_one_is_shown_with_what_is_wrong_and_nothing_of_it_acts(door, run):
    delivery_id = door.post(a_report(round_number="x", map_name="\x1b[31m")).json()["delivery_id"]
    status, out, _ = run("quarantine", "show", delivery_id)
    assert (status, "/round_number" in out, "\x1b" in out) == (1, True, False)


def test_who_does_not_wait_cannot_be_read_again(door, run):
    delivery_id = door.post(a_report()).json()["delivery_id"]
    status, _, err = run("quarantine", "requeue", delivery_id)
    assert (status, err) == (2, f"roundwire: delivery {delivery_id} is not in quarantine: its event is enriched.\n")
    assert run("quarantine", "requeue", 999)[0] == 2


def test_a_judgement_that_fails_leaves_it_where_it_was(door, run):
    delivery_id = not_understood_before(door, a_report())
    door.do("ALTER TABLE rounds ADD CONSTRAINT not_today CHECK (false) NOT VALID")
    assert run("quarantine", "requeue", delivery_id)[0] == 2
    assert door.histories() == [["seen", "quarantined"]]


# ----- over HTTP ------------------------------------------------------------------------------------------------------


def test_the_list_tells_how_many_wait_for_which_reason(door):
    delivery_id = not_understood(door)
    told = door.client.get("/diagnostics/quarantine").json()
    assert (told["count"], told["by_reason"]["unsupported_version"]) == (1, 1)
    assert [(one["delivery_id"], one["reason"]) for one in told["deliveries"]] == [(delivery_id, "unsupported_version")]
    assert door.client.get("/diagnostics/quarantine?reason=empty").json()["deliveries"] == []


def test_one_is_released_over_http(door):
    delivery_id = not_understood_before(door, a_report())
    answer = door.client.post(f"/diagnostics/quarantine/{delivery_id}/requeue")
    assert (answer.status_code, answer.json()["is_released"], answer.json()["state"]) == (200, True, "enriched")
    assert door.client.post(f"/diagnostics/quarantine/{delivery_id}/requeue").status_code == 404


@pytest.mark.parametrize("headers", [{"X-Forwarded-For": "192.0.2.7"}, {"Sec-Fetch-Site": "cross-site"}])
def test_nobody_from_elsewhere_may_ask_for_it(door, headers):
    delivery_id = not_understood(door)
    answer = door.client.post(f"/diagnostics/quarantine/{delivery_id}/requeue", headers=headers)
    assert answer.status_code == 403
    assert door.row("SELECT attempts FROM round_events")["attempts"] == 0
