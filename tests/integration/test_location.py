"""Every receipt that has a round leads to it, at whatever door; there a browser finds its page, and a program its facts."""

import pytest

from tests.factories import a_report
from tests.integration.test_file_door import STATS, STATS_NAME, put
from tests.integration.test_spooling import MESSAGE, SUBMIT, SUITE, bearer

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PROGRAM = {"Accept": "application/json"}


def webhook(door, query=""):
    return door.client.post(f"/api/webhooks/srv1/{door.token}{query}", content=MESSAGE)


def submit(door):
    return door.client.post(f"{SUITE}/matches/stats/submit", content=SUBMIT, headers=bearer(door))


DOORS = {
    "a report": lambda door: door.post(a_report()),
    "a file": lambda door: put(door, STATS_NAME, STATS),
    "the suite": submit,
    "a webhook": webhook,
    "a webhook that waits": lambda door: webhook(door, "?wait=true"),
}


@pytest.mark.parametrize("sent", DOORS)
def test_at_every_door_the_first_and_every_further_answer_leads_to_the_page_of_the_round(door, sent):
    first, again = DOORS[sent](door), DOORS[sent](door)
    fingerprint = door.row("SELECT round_fingerprint FROM rounds")["round_fingerprint"]

    assert first.headers["location"] == again.headers["location"] == f"/rounds/{fingerprint}"


def test_a_revision_leads_to_the_same_page(door):
    first, revised = door.post(a_report()), door.post(a_report(sequence=2))

    assert revised.headers["location"] == first.headers["location"]


def test_a_browser_finds_the_page(door):
    found = door.client.get(door.post(a_report()).headers["location"], headers=BROWSER)

    assert (found.status_code, found.headers["vary"]) == (200, "Accept")
    assert "Why it is so" in found.text


def test_a_program_is_led_on_to_the_facts(door):
    receipt = door.post(a_report())
    found = door.client.get(receipt.headers["location"], headers=PROGRAM, follow_redirects=True)

    assert found.json()["round_fingerprint"] == receipt.json()["round_fingerprint"]
    assert found.history[0].headers["vary"] == "Accept"


def test_a_name_made_up_by_others_leads_to_no_other_host(door):
    for name in ("%2F%2Fevil.example", "..%2F..%2Fmetrics", "a%0D%0AX:%20y"):
        led = door.client.get(f"/rounds/{name}", headers=PROGRAM)
        assert led.headers.get("location", "/api/rounds/").startswith("/api/rounds/")
        assert "x" not in led.headers


def test_what_has_no_round_leads_nowhere(door):
    answers = [door.post(a_report(schema_version=9)), door.post(b"no json"), door.post(b"{}")]

    assert ["location" in answer.headers for answer in answers] == [False] * 3
