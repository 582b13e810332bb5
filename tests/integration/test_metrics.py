"""What Prometheus reads agrees with what is stored, at every moment."""

from prometheus_client.parser import text_string_to_metric_families

from shared.db import counting
from shared.db.counting import Counting
from tests.factories import a_report, a_second_report
from tests.integration.outage import cut_off
from tests.integration.publishing import add_publication


def samples(door):
    """(name, labels as text) → value."""
    answer = door.client.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def of(found, name):
    return {labels: value for (sample, labels), value in found.items() if sample == name and value}


def test_deliveries_are_counted_by_source_outcome_and_answer(door):
    door.post(a_report())
    door.post(a_report())
    door.post({"schema_version": 1})
    door.post(b"not json")
    door.post(a_report(), token="wrong")
    assert of(samples(door), "roundwire_deliveries_total") == {
        "code=201,outcome=accepted,source=stats_ready": 1,
        "code=200,outcome=duplicate,source=stats_ready": 1,
        "code=202,outcome=quarantined,source=stats_ready": 1,
        "code=422,outcome=refused_malformed,source=stats_ready": 1,
        "code=401,outcome=refused_auth,source=": 1,
    }


def test_received_is_the_sum_of_outcomes_at_any_moment(door):
    for report in (a_report(), a_report(), a_second_report(), b"not json"):
        door.post(report)
        found = samples(door)
        received = found["roundwire_deliveries_received_total", ""]
        assert received == sum(of(found, "roundwire_deliveries_total").values()) == sum(door.outcomes().values())


def test_events_and_publications_are_counted_by_state(door):
    door.post(a_report())
    door.post(a_second_report())
    door.post({"schema_version": 1})
    door.do("UPDATE publications SET status = 'sent' WHERE subject = (SELECT min(id)::text FROM rounds)")
    found = samples(door)
    assert of(found, "roundwire_round_events") == {"state=enriched": 2, "state=quarantined": 1}
    assert of(found, "roundwire_publications") == {"status=sent": 1, "status=pending": 1}
    assert found["roundwire_rounds", ""] == 2


def test_every_state_and_status_is_there_even_with_nothing_in_it(door):
    found = samples(door)
    assert found["roundwire_round_events", "state=published"] == 0
    assert found["roundwire_publications", "status=dead"] == 0


def test_the_lag_is_that_of_the_oldest_waiting_publication(door):
    add_publication(door.engine)
    add_publication(door.engine, start=1_770_000_000)
    door.do("UPDATE publications SET created_at = now() - interval '90 seconds' WHERE id = 1")
    assert 90 <= samples(door)["roundwire_publication_lag_seconds", ""] < 100


def test_while_nothing_waits_there_is_no_lag(door):
    assert samples(door)["roundwire_publication_lag_seconds", ""] == 0


def test_requests_are_timed_by_route_and_never_by_address(door):
    door.client.get("/api/rounds/rf1:1:nobody")
    door.client.get("/made/up/<script>")
    found = of(samples(door), "roundwire_http_request_duration_seconds_count")
    assert found["method=GET,route=/api/rounds/{fingerprint},status=404"] == 1
    assert found["method=GET,route=unrouted,status=404"] == 1


def test_the_process_tells_of_itself(door):
    assert samples(door)["process_resident_memory_bytes", ""] > 0


def test_without_its_database_counts_are_absent_and_not_zero(door, postgres_url):
    """P44"""
    door.post(a_report())
    cut_off(postgres_url, door.engine)
    found = samples(door)
    assert found["roundwire_database_up", ""] == 0
    assert ("roundwire_rounds", "") not in found


def test_what_is_settled_is_counted_once_and_stays_exact(door, monkeypatch):
    monkeypatch.setattr(counting, "SETTLED_BEHIND", 3)
    counts = Counting()
    totals = []
    for number in range(12):
        door.post(a_report(event_id=f"e{number}", round_start_unix=1_770_000_000 + 4_000 * number))
        with door.engine.connect() as connection:
            totals.append(counts.read(connection).rounds)
    assert totals == list(range(1, 13))


def test_what_was_deleted_is_no_longer_counted(door, monkeypatch):
    monkeypatch.setattr(counting, "SETTLED_BEHIND", 1)
    counts = Counting()
    for number in range(9):
        add_publication(door.engine, start=1_770_000_000 + number)
    with door.engine.connect() as connection:
        assert counts.read(connection).publication_statuses["pending"] == 9
    door.do("DELETE FROM publications WHERE id > 4")
    door.do("SELECT pg_stat_force_next_flush()")
    door.do("UPDATE publications SET status = 'sent'")
    with door.engine.connect() as connection:
        assert counts.read(connection).publication_statuses["sent"] == 4
