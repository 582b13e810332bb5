"""`roundwire audit endstats`: rounds without the awards they should have, and claims that do not hold."""

import json

import pytest
from sqlalchemy import text

from tests.integration.telling import R1, R2, Teller

OK, FOUND, FAILED = 0, 1, 2


@pytest.fixture
def told(engine):
    return Teller(engine).new_server()


def audit(run, *words):
    status, out, _ = run("audit", "endstats", "--json", *words)
    return status, json.loads(out)


def flaws(audited):
    return [(one["round_number"], one["flaw"]) for one in audited["flawed"]]


def spoil(told, statement):
    with told.engine.begin() as connection:
        connection.execute(text(statement))


def test_a_round_with_its_awards_is_no_finding(run, told):
    told.tell(R1["report"], R1["endstats"], R1["poorer endstats"])
    status, found = audit(run)
    assert (status, found["rounds"], found["with_awards"], found["with_vs"], found["flawed"]) == (OK, 1, 1, 1, [])
    assert found["files"] == {"imported": 1, "superseded": 1}


def test_a_round_without_awards_is_named_where_its_server_writes_such_files(run, told):
    told.tell(R1["report"], R1["endstats"], R2["report"])
    status, found = audit(run)
    assert (status, flaws(found)) == (FOUND, [(2, "no_awards")])


def test_of_a_server_that_writes_no_such_files_none_are_missing(run, told):
    told.tell(R1["report"], R2["report"])
    status, found = audit(run)
    assert (status, found["unavailable"]) == (OK, 2)


def test_an_r2_that_was_given_up_may_be_without(run, told):
    told.tell(R1["report"], R1["endstats"], R2["report"])
    spoil(told, "UPDATE rounds SET exit_kind = 'surrender_allies' WHERE round_number = 2")
    status, found = audit(run)
    assert (status, found["unavailable"]) == (OK, 1)


@pytest.mark.parametrize(
    ("spoilt", "flaw"),
    [
        ("TRUNCATE round_awards, round_vs_stats", "claim_without_awards"),
        ("TRUNCATE processed_endstats_files", "awards_without_claim"),
        ("TRUNCATE round_awards, round_vs_stats, processed_endstats_files", "not_imported"),
    ],
)
def test_a_ledger_that_does_not_tell_the_truth_is_a_breach(run, told, spoilt, flaw):
    """P58"""
    told.tell(R1["report"], R1["endstats"])
    spoil(told, spoilt)
    status, found = audit(run)
    assert (status, flaws(found)) == (FOUND, [(1, flaw)])
    assert audit(run, "--fail-on-breach")[0] == FAILED
    run("replay")
    assert audit(run, "--fail-on-breach")[0] == OK


def test_a_lack_is_no_breach(run, told):
    told.tell(R1["report"], R1["endstats"], R2["report"])
    assert audit(run, "--fail-on-breach")[0] == FOUND


def test_one_server_or_a_time_can_be_asked_for(run, told, engine):
    told.tell(R1["report"], R1["endstats"], R2["report"])
    Teller(engine).new_server("other").tell(R1["report"])
    assert audit(run, "--server", "OTHER")[1]["rounds"] == 1
    assert audit(run, "--since", "2026-02-03T22:55")[1]["rounds"] == 1


def test_people_see_the_rounds_and_the_counts(run, told):
    told.tell(R1["report"], R1["endstats"], R2["report"])
    _, out, _ = run("audit", "endstats")
    assert "R2      2026-02-03 22:57:37  no_awards" in out
    assert "2 rounds: 1 with awards, 1 with VS lines, 0 that nobody wrote a file of; 1 no_awards" in out
    assert "Files: 1 imported." in out
