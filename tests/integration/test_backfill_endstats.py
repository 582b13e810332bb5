"""`roundwire backfill endstats`: files that are kept get their awards, rounds that have some keep them, nothing is posted."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.integration.telling import R1, Teller

OK, FOUND, FAILED = 0, 1, 2
OF_ANOTHER_EVENING = replace(R1["endstats"], filename="2026-02-01-235514-etl_frostbite-round-1-endstats.txt")
OLD_TABLES = "round_awards, round_vs_stats, round_timeline, processed_endstats_files"


@pytest.fixture
def told(engine):
    return Teller(engine).new_server()


@pytest.fixture
def from_before(told):
    """A database that was filled before anybody kept awards."""
    told.tell(R1["report"], R1["endstats"], R1["poorer endstats"])
    before = told.judgement()
    forget_awards(told)
    return told, before


def forget_awards(told):
    with told.engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {OLD_TABLES}"))


def backfill(run, *words):
    status, out, _ = run("backfill", "endstats", "--json", *words)
    return status, json.loads(out)


def test_awards_of_kept_files_are_imported_once_and_as_if_they_had_come_now(run, from_before):
    told, before = from_before
    status, first = backfill(run, "--apply")
    assert (status, first["files_processed"], first["awards_inserted"], first["vs_inserted"]) == (OK, 1, 8, 2)
    assert (first["skipped_processed"], first["skipped_existing"]) == (0, 1)
    assert told.judgement() == before
    _, again = backfill(run, "--apply")
    assert (again["files_processed"], again["skipped_processed"], again["skipped_existing"]) == (0, 1, 1)


def test_without_apply_it_is_only_said(run, from_before):
    told, _before = from_before
    status, said = backfill(run)
    assert (status, said["is_applied"], said["files_processed"], said["skipped_existing"]) == (OK, False, 1, 1)
    assert told.judgement()["awards"] == []
    assert backfill(run)[1] == said


@pytest.mark.usefixtures("from_before")
@pytest.mark.parametrize(
    ("words", "files"),
    [
        (("--date", "2026-02-03"), 1),
        (("--date", "2026-02-04"), 0),
        (("--since", "2026-02-03", "--until", "2026-02-03"), 1),
        (("--since", "2026-02-04"), 0),
        (("--until", "2026-02-02"), 0),
    ],
)
def test_dates_are_those_in_the_files_names(run, words, files):
    assert backfill(run, *words)[1]["files_processed"] == files


def test_a_limit_counts_the_files_that_are_imported(run, engine):
    teller = Teller(engine)
    servers = [teller.new_server() for _ in range(3)]
    for server in servers:
        server.tell(R1["report"], R1["endstats"])
    forget_awards(servers[0])
    assert backfill(run, "--limit", 2, "--apply")[1]["files_processed"] == 2
    assert backfill(run, "--limit", 2, "--apply")[1]["files_processed"] == 1


def test_a_file_without_a_round_is_left_with_the_reason_and_found_again_later(run, told):
    told.tell(R1["report"], OF_ANOTHER_EVENING)
    status, said = backfill(run, "--apply")
    assert (status, said["left"]) == (FOUND, {"no_rows_for_map_round": 1})
    assert said["left_files"] == {OF_ANOTHER_EVENING.filename: "no_rows_for_map_round"}


def test_nothing_is_posted(run, told):
    told.tell(R1["endstats"])
    publications = told.rows("SELECT * FROM publications")
    told.tell(R1["report"], apart=timedelta(days=1))
    posted = told.rows("SELECT revision, status FROM publications")
    forget_awards(told)
    backfill(run, "--apply")
    assert (publications, told.rows("SELECT revision, status FROM publications")) == ([], posted)


@pytest.mark.usefixtures("from_before")
def test_people_are_told_in_a_line(run):
    status, out, _ = run("backfill", "endstats")
    assert status == OK
    assert out == (
        "Would import (--apply does it) 1 file: 8 awards and 2 VS lines. "
        "Skipped: 0 done already, 1 of rounds that have awards.\n"
    )


@pytest.mark.parametrize("words", [("--date", "today"), ("--limit", "0"), ("--limit", "x")])
def test_what_is_no_date_and_no_number_is_refused(run, words):
    with pytest.raises(SystemExit) as ended:
        run("backfill", "endstats", *words)
    assert ended.value.code == FAILED
