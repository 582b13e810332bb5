"""What is wrong with times, numbers and sides: found, counted, listed, and never altered."""

import json
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from ingest_api.services.audit_times import BATCH, DailyAudit
from tests.factories import a_player, a_report, a_second_report
from tests.integration.ingesting import NOON

OK, FOUND = 0, 1
A_DAY = timedelta(days=1)
R1_ENDS = a_report()["round_end_unix"]


def broken():
    return a_report(elapsed_ms=400_000)


def impossible(number=0):
    """Five kills a second."""
    raw = {"kills": 2000, "deaths": 5, "damage_given": 1700, "damage_received": 1500}
    player = a_player(0, counters={"raw": raw, "baseline": dict.fromkeys(raw, 0)})
    return a_report(
        event_id=f"e-{number}",
        round_start_unix=a_report()["round_start_unix"] + number * 7200,
        round_end_unix=R1_ENDS + number * 7200,
        players=[player, *(a_player(slot) for slot in range(1, 4))],
    )


def asked(run, check, *words):
    status, out, _ = run("audit", check, "--json", *words)
    return status, json.loads(out)


def audit_all(door, now=NOON):
    audit = DailyAudit(door.engine)
    steps = 0
    while audit.step(now):
        steps += 1
    return steps


def flags(door):
    return {(row["rule"], row["round_id"]) for row in door.rows("SELECT * FROM plausibility_flags")}


def test_a_round_with_broken_times_is_listed_and_counted(door, run):
    round_id = door.post(broken()).json()["round_id"]
    status, found = asked(run, "timing")

    assert (status, found["by_rule"]) == (OK, {"duration_fits_clock": 1})
    assert [one["round_id"] for one in found["rounds"]] == [round_id]
    assert asked(run, "timing", "--fail-on-breach")[0] == FOUND
    assert asked(run, "timing", "--fail-on-breach", "--server", "other")[0] == OK


def test_players_who_break_a_rule_are_named(door, run):
    short = a_player(0, alive_ms=0, dead_ms=0)
    door.post(a_report(players=[short, a_player(1)]))
    (one,) = asked(run, "timing")[1]["rounds"]

    assert [(player["clean_name"], player["player_breaches"]) for player in one["players"]] == [
        ("player0", ["played_positive"])
    ]


def test_people_read_what_is_broken_in_words(door, run):
    door.post(broken())
    _, out, _ = run("audit", "timing")

    assert "duration_fits_clock: 1 in 1 of all rounds (with Lua data, the duration is within 2 s" in out


def test_nothing_broken_is_no_finding(door, run):
    door.post(a_report())

    assert run("audit", "timing", "--fail-on-breach")[0] == OK
    assert run("audit", "plausibility", "--fail-on-breach")[0] == OK


def test_breaches_are_counted_for_prometheus_rule_by_rule(door):
    door.post(broken())
    lines = door.client.get("/metrics").text.splitlines()

    assert 'roundwire_timing_breaches{rule="duration_fits_clock"} 1.0' in lines
    assert 'roundwire_timing_breaches{rule="start_before_end"} 0.0' in lines


def test_numbers_nobody_can_have_played_are_flagged_and_stay_as_they_are(door, run):
    round_id = door.post(impossible()).json()["round_id"]
    before = door.rows("SELECT * FROM player_comprehensive_stats ORDER BY id")
    status, found = asked(run, "plausibility", "--fail-on-breach")

    assert (status, found["rounds"], found["by_rule"]) == (FOUND, 1, {"kills": 1})
    assert [(one["round_id"], one["value"], one["bound"]) for one in found["flagged"]] == [(round_id, 2000.0, 152.0)]
    assert door.rows("SELECT * FROM player_comprehensive_stats ORDER BY id") == before


def test_a_flag_goes_when_its_reason_does(door, run):
    door.post(impossible())
    asked(run, "plausibility")
    door.post(a_report(event_id="e-0", sequence=2))

    assert asked(run, "plausibility")[1]["flagged"] == []
    assert flags(door) == set()


def test_the_worker_looks_once_a_day_at_what_is_new(door):
    first = door.post(impossible()).json()["round_id"]
    assert audit_all(door) == 1
    assert flags(door) == {("kills", first)}

    second = door.post(impossible(1)).json()["round_id"]
    assert audit_all(door, NOON + A_DAY / 2) == 0
    audit_all(door, NOON + A_DAY)
    assert flags(door) == {("kills", first), ("kills", second)}


def test_many_rounds_are_looked_at_some_at_a_time(door):
    door.post(impossible())
    door.do("""
        INSERT INTO rounds (server_id, map_name, round_number, match_id, round_fingerprint, fingerprint_tier, exit_kind,
            score_confidence, round_status, is_valid, is_bot_round, ingest_state, link_status, created_at, updated_at)
        SELECT 'srv1', 'supply', 1, 'm' || n, 'f' || n, 1, 'unknown', 'missing', 'aborted', false, false, 'enriched',
            'linked', now(), now() FROM generate_series(1, 250) AS n""")

    assert audit_all(door) == -(-251 // BATCH)
    assert door.row("SELECT rounds_checked FROM audit_runs WHERE audit = 'plausibility'")["rounds_checked"] == 251


def test_a_database_that_goes_away_costs_no_round_its_look(door):
    round_id = door.post(impossible()).json()["round_id"]
    audit = DailyAudit(door.engine)
    door.do("""
        CREATE FUNCTION go_away() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE EXCEPTION 'shutting down' USING ERRCODE = 'admin_shutdown'; END $$""")
    door.do("CREATE TRIGGER away BEFORE INSERT ON plausibility_flags FOR EACH ROW EXECUTE FUNCTION go_away()")
    with pytest.raises(OperationalError):
        audit.step(NOON)
    door.do("DROP TRIGGER away ON plausibility_flags")

    assert audit.step(NOON)
    assert flags(door) == {("kills", round_id)}


def test_rounds_that_cannot_be_looked_at_do_not_end_the_audit(door):
    door.post(impossible())
    door.do("ALTER TABLE plausibility_flags RENAME TO away")

    assert audit_all(door) == 1
    assert door.row("SELECT rounds_checked FROM audit_runs")["rounds_checked"] == 0


def test_flags_of_a_round_go_with_it(door):
    door.post(impossible())
    audit_all(door)
    door.do("DELETE FROM round_fingerprints; DELETE FROM lua_round_teams; DELETE FROM lua_spawn_stats")
    door.do("DELETE FROM player_comprehensive_stats; UPDATE round_events SET round_id = NULL; DELETE FROM rounds")

    assert flags(door) == set()


def test_a_second_round_that_still_has_its_first_in_it_is_flagged(door):
    """P23"""

    def players(more):
        raw = {"kills": 10 + more, "deaths": 5, "damage_given": 1700 + more, "damage_received": 1500}
        told = {"counters": {"raw": raw, "baseline": dict.fromkeys(raw, 0)}, "alive_ms": 300_000}
        return [a_player(slot, **told) for slot in range(4)]

    door.post(a_report(players=players(0)))
    second = door.post(a_second_report(players=players(5))).json()["round_id"]
    audit_all(door)

    assert flags(door) == {("r2_not_subtracted", second)}


@pytest.mark.parametrize("path", ["/diagnostics/time-audit", "/diagnostics/side-audit"])
def test_an_audit_of_nothing_is_empty_and_well(door, path):
    answer = door.client.get(path)

    assert (answer.status_code, answer.json()["status"], answer.json()["errors"]) == (200, "ok", [])


def test_the_time_audit_names_every_rule_with_its_count_and_the_newest_examples(door):
    door.post(broken())
    door.post(impossible(1))
    audit_all(door)
    told = door.client.get("/diagnostics/time-audit").json()
    counts = {row["rule"]: row["breaches"] for row in told["invariants"]}

    assert (len(counts), counts["duration_fits_clock"], counts["dead_within_played"]) == (8, 1, 0)
    assert {row["rule"]: row["flags"] for row in told["plausibility"]}["kills"] == 1
    assert [one["rule"] for one in told["plausibility_examples"]] == ["kills"]
    assert told["invariant_examples"][0]["breaches"] == {"duration_fits_clock": 1}
    assert told["plausibility_rounds_checked"] == 2


def test_a_section_that_cannot_be_read_costs_itself_alone(door):
    door.do("DROP TABLE plausibility_flags")
    told = door.client.get("/diagnostics/time-audit").json()

    assert (told["status"], told["plausibility"]) == ("warning", None)
    assert [error["section"] for error in told["errors"]] == ["plausibility", "plausibility_examples"]
    assert told["invariants"] is not None


def test_rounds_without_sides_are_counted_by_day_source_and_reason(door):
    """What is concluded from the rest lacks no more, and is told as such."""
    broken_off = {"exit_kind": "aborted", "exit_line": None, "end_reason_raw": "map_change", "winner_team": None}
    door.post(a_report())
    door.post(a_report(event_id="e-8", map_name="radar", winner_team=None))
    door.post(a_report(event_id="e-9", map_name="adlernest", **broken_off))
    door.do("UPDATE rounds SET round_date = CURRENT_DATE")
    told = door.client.get("/diagnostics/side-audit").json()
    (day,) = told["days"]

    assert (told["rounds"], told["winner_missing"], told["defender_missing"]) == (3, 1, 0)
    assert (day["source"], day["rounds"], day["missing_pct"]) == ("stats_ready", 3, 33.3)
    assert (day["winner_reasons"], day["defender_reasons"]) == ({"not_told": 1}, {})
    assert sum(day["concluded_from"].values()) == 1
