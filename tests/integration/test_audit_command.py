"""`roundwire audit`: what is stored, checked against the rules."""

import json

import pytest
from sqlalchemy import text

from tests.integration.telling import R1, R2, Teller

OK, FOUND = 0, 1


@pytest.fixture
def teller(engine):
    return Teller(engine)


def pairs(run, *words):
    status, out, _ = run("audit", "pairs", "--json", *words)
    return status, json.loads(out)


def test_a_whole_match_is_no_finding(run, teller):
    """P53"""
    teller.new_server().tell(R1["stats"], R2["stats"])
    status, audit = pairs(run)
    assert (status, audit) == (
        OK,
        {"rounds": 2, "missing_r2": 0, "missing_r1": 0, "misplaced": 0, "flawed": []},
    )


def test_halves_that_are_missing_are_named_server_by_server(run, teller):
    """P53"""
    teller.new_server().tell(R1["report"])
    teller.new_server().tell(R2["stats"])
    status, audit = pairs(run)
    assert status == FOUND
    assert [(one["server_id"], one["flaw"]) for one in audit["flawed"]] == [
        ("srv1", "missing_r2"),
        ("srv2", "missing_r1"),
    ]
    assert [one["server_id"] for one in pairs(run, "--server", "SRV2")[1]["flawed"]] == ["srv2"]


def test_a_round_that_was_put_elsewhere_is_told_with_where_it_belongs(run, teller, engine):
    teller.new_server().tell(R1["report"], R2["report"])
    with engine.begin() as connection:
        connection.execute(text("UPDATE rounds SET match_id = 'm1:srv1:etl_frostbite:s1' WHERE round_number = 2"))
    status, out, _ = run("audit", "pairs")
    assert (status, "misplaced  m1:srv1:etl_frostbite:s1  m1:srv1:etl_frostbite:s1770159062" in out) == (FOUND, True)
    (second,) = [one["round_id"] for one in pairs(run)[1]["flawed"]]
    run("replay", "--round", second)
    assert pairs(run)[0] == OK
