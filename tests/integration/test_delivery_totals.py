"""Received is the sum of outcomes at any moment: with the database, without it, and while the spool is emptied into it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.factories import R1_START, a_report, a_second_report, as_body
from tests.integration.ingesting import opened_door
from tests.integration.outage import cut_off, let_in
from tests.integration.test_draining import drain
from tests.integration.test_metrics import of, samples
from tests.integration.test_spooling import STATS, bearer, known_to

NOBODY = "rw_nobody"


def told(door):
    return door.client.get("/diagnostics/deliveries").json()


def outcomes(door):
    return {outcome: count for outcome, count in told(door)["outcomes"].items() if count}


def assert_sums_up(door, received):
    found, measured = told(door), samples(door)
    assert found["received"] == sum(found["outcomes"].values()) == received
    assert measured["roundwire_deliveries_received_total", ""] == received
    assert sum(of(measured, "roundwire_deliveries_total").values()) == received


def wait_until_back(door):
    while door.client.get("/readyz").status_code != 200:
        threading.Event().wait(0.05)


def wait_until_counted(door, received):
    """The service remembers what the database holds every few seconds, and whenever it is asked."""
    assert told(door)["received"] == received


def test_every_outcome_is_there_even_with_nothing_in_it(door):
    assert told(door)["outcomes"] == dict.fromkeys(
        [
            "accepted",
            "duplicate",
            "revised",
            "spooled",
            "quarantined",
            "refused_auth",
            "refused_size",
            "refused_rate",
            "refused_malformed",
        ],
        0,
    )


def test_no_total_changes_when_the_database_goes_away_comes_back_and_is_told_all(door, postgres_url):
    known_to(door)
    for report, token in ((a_report(), None), (a_report(), None), (b"x", None), (a_report(), NOBODY)):
        door.post(report, token=token)
    wait_until_counted(door, 4)
    cut_off(postgres_url, door.engine)
    door.post(a_second_report())
    door.post(b"y")
    door.post(a_report(), token=NOBODY)
    while_away = outcomes(door)
    assert_sums_up(door, 7)
    assert told(door)["database"] == "unreachable"
    let_in(postgres_url, door.engine)
    wait_until_back(door)
    assert outcomes(door) == while_away
    drain(door.engine, door.data)
    assert outcomes(door) == while_away
    assert while_away == {"accepted": 1, "duplicate": 1, "spooled": 1, "refused_malformed": 2, "refused_auth": 2}
    assert told(door)["spool"]["became"] == {"accepted": 1, "refused_malformed": 1}
    assert_sums_up(door, 7)


def test_a_service_that_starts_without_its_database_remembers_the_totals(door, postgres_url):
    known_to(door)
    door.post(a_report())
    while not (door.data / "counted.json").exists() or '"accepted"' not in (door.data / "counted.json").read_text():
        threading.Event().wait(0.05)
    cut_off(postgres_url, door.engine)
    with opened_door(None, "postgresql://nobody@127.0.0.1:1/nowhere", data=door.data) as started:
        started.post(a_second_report(), token=door.token)
        assert outcomes(started) == {"accepted": 1, "spooled": 1}


def test_under_load_while_the_database_comes_and_goes_every_answer_is_counted_once(door, postgres_url):
    """Every answer of every sender has its outcome, and nothing else has one."""
    known_to(door)
    answers, stop = [], threading.Event()

    def send(sender):
        for number in range(1_000_000):
            start = R1_START + 4_000 * number
            body = as_body(a_report(event_id=f"{sender}-{number}", round_start_unix=start, round_end_unix=start + 456))
            for report in (body, body, b"no json", a_report()):
                answers.append(door.post(report, token=NOBODY if report == a_report() else None).status_code)
                if stop.is_set():
                    return

    with ThreadPoolExecutor(4) as pool:
        sending = [pool.submit(send, sender) for sender in range(4)]
        for _ in range(2):
            stop.wait(0.5)
            cut_off(postgres_url, door.engine)
            stop.wait(0.5)
            let_in(postgres_url, door.engine)
            found = told(door)
            assert found["received"] == sum(found["outcomes"].values())
        stop.set()
        for one in sending:
            one.result()
    wait_until_back(door)
    assert set(answers) <= {201, 200, 202, 422, 401}
    assert_sums_up(door, len(answers))
    drain(door.engine, door.data)
    assert_sums_up(door, len(answers))
    assert sum(door.outcomes().values()) == len(answers)


# ----- one delivery ---------------------------------------------------------------------------------------------------


def test_a_delivery_is_told_with_every_copys_receipt_and_where_it_stands(door):
    delivery_id = door.post(a_report()).json()["delivery_id"]
    door.post(a_report())
    found = door.client.get(f"/diagnostics/deliveries/{delivery_id}").json()
    assert [receipt["outcome"] for receipt in found["receipts"]] == ["accepted", "duplicate"]
    assert (found["kind"], found["events"][0]["state"], "body" in found) == ("round_report", "enriched", False)


def test_its_bytes_come_verbatim_as_something_to_be_saved(door):
    answer = door.client.put("/v1/files/<b>.txt", content=b"\x00<script>", headers=bearer(door))
    raw = door.client.get(f"/diagnostics/deliveries/{answer.json()['delivery_id']}/raw")
    assert raw.content == b"\x00<script>"
    assert raw.headers["content-type"] == "application/octet-stream"
    assert raw.headers["content-disposition"] == f'attachment; filename="delivery-{answer.json()["delivery_id"]}.bin"'
    assert raw.headers["x-content-type-options"] == "nosniff"


def test_compressed_bytes_come_compressed(door):
    delivery_id = door.post_gzip(a_report()).json()["delivery_id"]
    raw = door.client.get(f"/diagnostics/deliveries/{delivery_id}/raw")
    assert raw.content[:2] == b"\x1f\x8b"
    assert "content-encoding" not in raw.headers


def test_a_spooled_delivery_is_found_by_its_spool_id_before_and_after_it_has_come(door, postgres_url):
    known_to(door)
    cut_off(postgres_url, door.engine)
    spool_id = door.post(a_report()).json()["spool_id"]
    waiting = door.client.get(f"/diagnostics/deliveries/{spool_id}").json()
    assert (waiting["delivery_id"], [one["outcome"] for one in waiting["receipts"]]) == (None, ["spooled"])
    assert door.client.get(f"/diagnostics/deliveries/{spool_id}/raw").content == as_body(a_report())
    let_in(postgres_url, door.engine)
    wait_until_back(door)
    drain(door.engine, door.data)
    found = door.client.get(f"/diagnostics/deliveries/{spool_id}").json()
    assert [one["outcome"] for one in found["receipts"]] == ["spooled"]
    assert [(one["spool_id"], one["outcome"]) for one in found["spooled"]] == [(spool_id, "accepted")]
    assert door.client.get(f"/diagnostics/deliveries/{spool_id}/raw").content == as_body(a_report())


@pytest.mark.parametrize("name", ["0", "999", "sp_x", "sp_" + "0" * 24, "-1", "9" * 30, "²", "nothing"])
def test_what_is_not_there_is_not_found(door, name):
    assert door.client.get(f"/diagnostics/deliveries/{name}").status_code == 404
    assert door.client.get(f"/diagnostics/deliveries/{name}/raw").status_code == 404


def test_the_list_goes_on_page_by_page(door):
    for number in range(5):
        door.client.put(f"/v1/files/{number}.txt", content=STATS, headers=bearer(door))
    first = door.client.get("/diagnostics/deliveries?limit=3").json()
    rest = door.client.get(f"/diagnostics/deliveries?limit=3&before={first['next_before']}").json()
    names = [one["filename"] for one in (*first["deliveries"], *rest["deliveries"])]
    assert (names, rest["next_before"]) == (["4.txt", "3.txt", "2.txt", "1.txt", "0.txt"], None)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"X-Forwarded-For": "192.0.2.7"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
def test_it_is_told_on_the_machine_itself_only(door, headers, code):
    assert door.client.get("/diagnostics/deliveries", headers=headers).status_code == code


# ----- health ---------------------------------------------------------------------------------------------------------


def test_health_tells_how_full_the_spool_is(door, postgres_url):
    known_to(door)
    cut_off(postgres_url, door.engine)
    door.post(a_report())
    spool = door.client.get("/health").json()["spool"]
    assert (spool["waiting"], spool["bound_bytes"]) == (1, 1 << 29)
    assert spool["kept_bytes"] > len(as_body(a_report()))
    assert 0 <= spool["oldest_seconds"] < 60


def test_readiness_says_whether_an_outage_could_be_lived_through(door, postgres_url):
    known_to(door)
    cut_off(postgres_url, door.engine)
    checks = {check["name"]: check["status"] for check in door.client.get("/readyz?verbose").json()["checks"]}
    assert checks == {"database": "failed", "migrations": "unknown", "spool": "ok", "known_servers": "ok"}
