"""Whether it lives, is ready and is well, asked over HTTP of the real service."""

import json

import pytest

from tests.integration.outage import cut_off
from tests.integration.publishing import add_publication, add_round


def health(door):
    return door.client.get("/health").json()


def test_it_lives(door):
    answer = door.client.get("/livez")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_it_is_ready_on_a_migrated_database(door):
    answer = door.client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


def test_readiness_lists_its_checks_when_asked(door):
    checks = door.client.get("/readyz?verbose").json()["checks"]
    assert [(check["name"], check["status"]) for check in checks][:2] == [("database", "ok"), ("migrations", "ok")]


def test_a_schema_behind_is_not_ready(door):
    door.do("UPDATE alembic_version SET version_num = '0001'")
    answer = door.client.get("/readyz?verbose")
    assert (answer.status_code, answer.json()["status"]) == (503, "not_ready")
    assert [check["status"] for check in answer.json()["checks"]][:2] == ["ok", "failed"]


def test_health_is_one_line_of_json(door):
    answer = door.client.get("/health")
    assert answer.text.count("\n") == 1
    assert json.loads(answer.text)["status"] == "ok"


def test_an_empty_service_knows_of_nothing_and_says_so(door):
    """P73"""
    told = health(door)
    assert (told["rounds_24h"], told["newest_round_age_seconds"], told["oldest_pending_seconds"]) == (0, None, None)
    assert (told["pending_publications"], told["quarantined"], told["database"]) == (0, 0, "ok")


def test_rounds_of_the_last_day_are_counted_by_their_end(door):
    for hours in (1, 23, 25):
        round_id = add_round(door.engine, start=1_770_000_000 + hours)
        door.do(
            "UPDATE rounds SET round_end_unix = extract(epoch FROM now())::bigint - :ago, "
            "round_date = (now() - make_interval(secs => :ago))::date WHERE id = :id",
            ago=hours * 3600,
            id=round_id,
        )
    told = health(door)
    assert told["rounds_24h"] == 2
    assert told["newest_round_age_seconds"] == pytest.approx(3600, abs=60)


def test_a_card_that_waits_too_long_is_a_warning_and_then_an_error(door):
    publication_id = add_publication(door.engine)
    states = []
    for minutes in (0, 3, 11):
        door.do(
            "UPDATE publications SET created_at = now() - make_interval(mins => :minutes) WHERE id = :id",
            minutes=minutes,
            id=publication_id,
        )
        states.append(health(door)["status"])
    assert states == ["ok", "warning", "error"]


def test_an_edit_waits_since_its_round_changed(door):
    publication_id = add_publication(door.engine)
    door.do("UPDATE publications SET created_at = now() - interval '1 day', posted_to = 'preview', message_id = '1'")
    door.do("UPDATE rounds SET updated_at = now() - interval '5 seconds'")
    told = health(door)
    assert (told["pending_publications"], publication_id) == (1, publication_id)
    assert 5 <= told["oldest_pending_seconds"] < 60


def test_what_is_not_understood_is_counted(door):
    door.post({"schema_version": 1})
    told = health(door)
    assert (told["quarantined"], told["status"]) == (1, "warning")


def test_without_its_database_it_lives_and_is_not_ready(door, postgres_url):
    cut_off(postgres_url, door.engine)
    assert door.client.get("/livez").status_code == 200
    answer = door.client.get("/readyz?verbose")
    assert answer.status_code == 503
    assert [check["status"] for check in answer.json()["checks"]][:2] == ["failed", "unknown"]


def test_without_its_database_health_is_an_error_and_its_figures_unknown(door, postgres_url):
    """P44: a figure that could not be read is null, never 0."""
    cut_off(postgres_url, door.engine)
    answer = door.client.get("/health")
    told = answer.json()
    assert (answer.status_code, told["status"], told["database"]) == (503, "error", "unreachable")
    assert (told["rounds_24h"], told["pending_publications"], told["quarantined"]) == (None, None, None)
