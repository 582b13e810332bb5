"""`/diagnostics/lua-webhook` tells what is known of every section, and never takes what it could not read for good."""

import pytest

from ingest_api.services.diagnostics import SECTIONS
from shared.ops.clock import utc_now
from tests.factories import a_report, a_second_report
from tests.integration.outage import cut_off
from tests.integration.publishing import add_publication, add_round
from tests.integration.test_spooling import known_to

LUA_KEYS = {
    "id",
    "map_name",
    "round_number",
    "round_start_unix",
    "round_end_unix",
    "actual_duration_seconds",
    "total_pause_seconds",
    "end_reason",
    "captured_at",
    "round_id",
    "lua_version",
}


def told(door):
    answer = door.client.get("/diagnostics/lua-webhook")
    assert answer.status_code == 200
    return answer.json()


def begin_today(door, round_id):
    statement = """
        UPDATE rounds SET round_date = current_date, round_end_unix = extract(epoch FROM now())::bigint - 200 WHERE id = :id
    """
    door.do(statement, id=round_id)


def unlink(door):
    """Let every Lua row lose its round."""
    door.do("UPDATE lua_round_teams SET round_id = NULL, match_id = NULL, link_reason = 'ambiguous_tie'")


def test_every_section_is_there_on_an_empty_database(door):
    """P73: nothing is known, so nothing is bad."""
    found = told(door)
    assert set(found) == {"status", "generated_at", "errors", "spool", *SECTIONS}
    assert (found["status"], found["errors"]) == ("ok", [])
    assert found["linkage_health"] == {"linked": 0, "orphans": 0, "linkage_pct": None, "status": "unknown"}
    assert [half["coverage_pct"] for half in found["r1_r2_coverage"]] == [None, None]
    assert (found["latest"], found["recent"], found["orphans"]) == (None, [], [])


def test_rows_are_counted_to_the_moment(door):
    door.post(a_report())
    first = told(door)["counts"]
    door.post(a_second_report())
    assert first == {"total": 1, "unlinked_total": 0, "last_24h": 1, "unlinked_24h": 0}
    assert told(door)["counts"]["total"] == 2


def test_the_newest_row_is_told_in_full(door):
    door.post(a_report())
    answer = door.post(a_second_report())
    found = told(door)
    assert set(found["latest"]) == LUA_KEYS
    assert found["latest"]["round_id"] == answer.json()["round_id"]
    assert [row["round_number"] for row in found["recent"]] == [2, 1]


def test_both_halves_are_covered(door):
    door.post(a_report())
    door.post(a_second_report())
    add_round(door.engine)
    first, second = told(door)["r1_r2_coverage"]
    assert first == {"round_number": 1, "total_rounds": 2, "with_lua": 1, "without_lua": 1, "coverage_pct": 50.0}
    assert second == {"round_number": 2, "total_rounds": 1, "with_lua": 1, "without_lua": 0, "coverage_pct": 100.0}


def test_a_game_server_whose_clock_is_wrong_is_seen_to_report_in_vain(door):
    """P44"""
    door.post(a_report(round_start_unix=1_000, round_end_unix=1_456))
    found = told(door)
    assert (found["status"], found["counts"]["unlinked_24h"]) == ("warning", 1)
    assert (found["linkage_health"]["status"], found["orphans"][0]["link_reason"]) == ("poor", "time_parse_failed")


def test_a_round_that_could_not_be_judged_warns(door):
    """P44"""
    door.do("ALTER TABLE lua_round_teams ADD CONSTRAINT no_lua_here CHECK (false)")
    door.post(a_report())
    found = told(door)
    assert (found["states"]["seen"], found["status"]) == (1, "warning")


def test_an_unlinked_row_is_shown_with_its_reason_and_warns(door):
    door.post(a_report())
    unlink(door)
    found = told(door)
    assert found["status"] == "warning"
    assert found["counts"]["unlinked_24h"] == 1
    assert found["linkage_health"] == {"linked": 0, "orphans": 1, "linkage_pct": 0.0, "status": "poor"}
    assert [(row["map_name"], row["link_reason"]) for row in found["orphans"]] == [("supply", "ambiguous_tie")]


def test_a_round_without_lua_data_is_missed_and_warns(door):
    begin_today(door, add_round(door.engine))
    found = told(door)
    (missing,) = found["missing_lua"]
    assert found["status"] == "warning"
    assert (missing["map_name"], missing["level"], missing["incident_id"]) == ("supply", None, None)
    assert missing["age_seconds"] == pytest.approx(200, abs=60)


def test_two_weeks_are_told_day_by_day(door):
    door.post(a_report())
    begin_today(door, add_round(door.engine))
    trends = told(door)["trends"]
    rows, rounds = trends["lua_rows_by_day"], trends["rounds_without_lua_by_day"]
    assert (len(rows), len(rounds)) == (14, 14)
    today = utc_now().date().isoformat()
    assert rows[-1] == {"day": today, "lua_rows": 1, "unlinked_rows": 0}
    assert rounds[-1] == {"day": today, "rounds_total": 1, "rounds_without_lua": 1}


def test_each_source_tells_what_came_and_when(door):
    door.post(a_report())
    door.post(a_report())
    found = told(door)
    ours = found["sources"]["stats_ready"]
    assert (ours["total"], ours["last_24h"]) == (1, 1)
    assert ours["age_seconds"] < 60
    assert found["duplicates_24h"] == 1
    unheard = {"total": 0, "last_24h": 0, "latest_received_at": None, "age_seconds": None}
    assert found["sources"]["proximity_file"] == found["endstats"] == unheard


def test_what_is_not_understood_is_told_by_reason_and_warns(door):
    door.post({"schema_version": 1})
    found = told(door)
    assert found["status"] == "warning"
    assert found["quarantine"]["count"] == 1
    assert found["quarantine"]["by_reason"]["schema_violation"] == 1


def test_states_tiers_and_publications_are_told(door):
    door.post(a_report())
    dead = add_publication(door.engine)
    door.do("UPDATE publications SET status = 'dead' WHERE id = :id", id=dead)
    found = told(door)
    assert found["states"] == {
        "seen": 0,
        "parsed": 0,
        "linked_round_id": 0,
        "enriched": 1,
        "published": 0,
        "quarantined": 0,
    }
    assert found["fingerprint_tiers"] == {"1": 2, "2": 0, "3": 0}
    assert (found["publications"]["pending"], found["publications"]["dead"]) == (1, 1)
    assert found["dead_letter"]["count"] == 1


def test_reporters_are_told_with_their_versions(door):
    door.post(a_report(sender_version="0.9"))
    before = told(door)["sender_versions"]
    greeting = {"instance": "27960", "sender_version": "1.0"}
    door.client.post("/v1/hello", json=greeting, headers={"Authorization": f"Bearer {door.token}"})
    after = told(door)["sender_versions"]
    assert [(one["server_id"], one["instance"], one["version"]) for one in before] == [("srv1", None, "0.9")]
    assert [(one["server_id"], one["instance"], one["version"]) for one in after] == [("srv1", "27960", "1.0")]


@pytest.mark.parametrize(
    ("table", "lost"),
    [
        ("reporter_instances", {"sender_versions"}),
        ("delivery_receipts", {"sources", "endstats", "duplicates_24h", "states"}),
    ],
)
def test_a_section_that_cannot_be_read_is_null_and_named_and_the_others_stand(door, table, lost):
    """P44, P71"""
    door.post(a_report())
    door.do(f"ALTER TABLE {table} RENAME TO gone")
    found = told(door)
    assert found["status"] == "warning"
    assert {error["section"] for error in found["errors"]} == lost
    assert {error["code"] for error in found["errors"]} == {"section_failed"}
    assert {name for name in lost if found[name] is not None} == set()
    assert found["counts"]["total"] == 1


def test_without_its_database_everything_is_unknown_and_the_status_an_error(door, postgres_url):
    """P44, P72: null and codes, never 0 and never the driver's words."""
    door.post(a_report())
    cut_off(postgres_url, door.engine)
    found = told(door)
    assert found["status"] == "error"
    assert {name for name in SECTIONS if found[name] is not None} == set()
    assert {error["code"] for error in found["errors"]} == {"database_unreachable"}


def test_what_waits_in_the_spool_is_told_without_the_database_too(door, postgres_url):
    assert told(door)["spool"]["waiting"] == 0
    known_to(door)
    cut_off(postgres_url, door.engine)
    door.post(a_report())
    spool = told(door)["spool"]
    assert (spool["waiting"], spool["kept_bytes"] > 0) == (1, True)


def test_with_everything_well_the_status_is_ok(door):
    """P71: the page does not always say warning."""
    door.post(a_report())
    door.post(a_second_report())
    found = told(door)
    assert (found["status"], found["errors"], found["linkage_health"]["status"]) == ("ok", [], "healthy")
