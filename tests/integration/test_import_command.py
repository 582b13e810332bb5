"""`roundwire import`: the files of a game server's past become its rounds, and nobody is told of them."""

import json
import shutil
from datetime import timedelta

import pytest

from shared.domain.vocabulary import Kind
from tests.factories import as_body
from tests.integration.telling import MIDNIGHT, R1, R2, Teller, Voice

OK, FOUND, FAILED = 0, 1, 2
pytestmark = pytest.mark.usefixtures("told")
ENDSTATS = R1["endstats"].filename


@pytest.fixture
def told(engine):
    return Teller(engine).new_server()


@pytest.fixture
def folder(tmp_path):
    """Two rounds' files, spread over folders, and one that is none of ours."""
    for number, voices in ((1, R1), (2, R2)):
        (tmp_path / f"r{number}" / "stats").mkdir(parents=True)
        for voice in voices.values():
            if voice.filename is not None:
                (tmp_path / f"r{number}" / "stats" / voice.filename).write_bytes(voice.body)
    (tmp_path / "r1" / "etconsole.log").write_text("nothing")
    return tmp_path


def take(run, folder, *words):
    status, out, _ = run("import", folder, "--server", "srv1", "--json", *words)
    return status, json.loads(out)


def publications(told):
    return [row["status"] for row in told.judgement()["publications"]]


def live(**told):
    return Voice(Kind.ROUND_REPORT, as_body(json.loads(R1["report"].body) | told))


def test_an_import_judges_as_if_the_server_had_sent_the_files(run, engine, told, folder):
    assert take(run, folder)[0] == OK
    sent = Teller(engine, told.rules)
    next(sent._numbers)
    other = sent.new_server()
    other.tell(*(voice for voice in (*R1.values(), *R2.values()) if voice.filename))
    mine, theirs = told.judgement(), other.judgement()
    for table in ("rounds", "lua", "spawns", "players", "weapons", "conflicts", "aliases"):
        assert mine[table] == theirs[table]


def test_an_import_posts_nothing(run, told, folder):
    take(run, folder)
    assert publications(told) == ["autopost_off", "autopost_off"]


def test_what_a_server_tells_of_an_imported_round_afterwards_posts_nothing_either(run, told, folder):
    take(run, folder)
    told.tell(R1["report"])
    assert publications(told) == ["autopost_off", "autopost_off"]


def test_an_import_says_what_it_did(run, folder):
    _, report = take(run, folder)
    assert (report["files"], report["other_files"], report["rounds_founded"]) == (7, 1, 2)
    assert report["endings"] == {"accepted": 6, "revised": 1}
    assert report["kinds"] == {"gametime_file": 2, "stats_file": 2, "endstats_file": 2, "proximity_file": 1}


def test_files_are_taken_in_the_order_of_their_names_stamps(run, told, folder):
    take(run, folder)
    names = [row["filename"] for row in told.rows("SELECT filename FROM deliveries ORDER BY id")]
    assert [("round-1" in name or "R1" in name) for name in names] == [True] * 5 + [False] * 2


def test_an_import_that_is_begun_again_finds_its_files_here_already(run, folder):
    (folder / "r1" / "stats" / ENDSTATS).rename(folder / "later")
    take(run, folder)
    (folder / "later").rename(folder / ENDSTATS)
    _, report = take(run, folder)
    assert report["endings"] == {"revised": 1, "duplicate": 6}
    assert report["rounds_founded"] == 0


def test_a_dry_run_keeps_nothing_and_says_what_would_become_of_the_files(run, told, folder):
    status, report = take(run, folder, "--dry-run")
    assert (status, report["mode"], report["endings"]) == (OK, "look", {"accepted": 7})
    assert told.rows("SELECT id FROM deliveries") == []
    assert told.rows("SELECT id FROM rounds") == []


def test_a_file_that_changes_what_a_server_told_is_held_back(run, told, folder):
    """P12"""
    told.tell(live())
    shutil.rmtree(folder / "r2")
    before = told.judgement()
    status, report = take(run, folder)
    held_back = {name.rsplit("/", 1)[-1] for name in report["held_back"]}
    assert (status, R1["stats"].filename in held_back) == (FOUND, True)
    assert told.judgement()["rounds"] == before["rounds"]
    assert told.judgement()["players"] == before["players"]


def test_applied_an_import_changes_rounds_and_has_their_posts_edited(run, told, folder):
    told.tell(live())
    with told.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE publications SET status = 'sent', sent_at = now(), message_id = '1'")
    status, report = take(run, folder, "--apply")
    (first, *_) = told.rows("SELECT id FROM rounds WHERE server_id = :server_id ORDER BY id")
    assert (status, report["rounds_changed"], report["held_back"]) == (OK, [first["id"]], {})
    assert publications(told) == ["pending", "autopost_off"]


def test_a_round_only_imports_tell_of_is_completed_without_asking(run, folder):
    stats = folder / "r1" / "stats" / R1["stats"].filename
    stats.rename(folder / "later")
    take(run, folder)
    (folder / "later").rename(stats)
    status, report = take(run, folder)
    assert (status, report["endings"]["accepted"]) == (OK, 1)


def test_an_imported_event_that_is_judged_later_posts_nothing(run, told, folder):
    take(run, folder)
    with told.engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE publications CASCADE")
        connection.exec_driver_sql(
            "UPDATE round_events SET state = 'seen', round_id = NULL, next_attempt_at = received_at"
            " WHERE filename LIKE '%%.json'"
        )
    told.now = MIDNIGHT + timedelta(days=9000)
    told.tell()
    assert {event["state"] for event in told.judgement()["events"]} == {"published"}
    assert publications(told) == ["autopost_off", "autopost_off"]


def test_a_file_nobody_understands_is_kept_and_pointed_out(run, tmp_path):
    (tmp_path / R1["stats"].filename).write_bytes(b"")
    status, report = take(run, tmp_path)
    assert (status, report["endings"], list(report["problems"].values())) == (FOUND, {"quarantined": 1}, ["empty"])


def test_people_are_told_too(run, folder):
    status, out, err = run("import", folder / "r1", folder / "r2", "--server", "SRV1 ")
    assert (status, err) == (OK, "")
    assert out.splitlines()[0].endswith(": 6 accepted, 1 revised.")
    assert "New rounds: 2." in out


@pytest.mark.parametrize(("server", "folder_name"), [("srv9", "r1"), ("srv1", "nowhere")])
def test_a_wrong_server_or_folder_is_one_sentence(run, folder, server, folder_name):
    status, out, err = run("import", folder / folder_name, "--server", server)
    assert (status, out, err.count("\n")) == (FAILED, "", 1)
