"""Backup and restore, end to end: what was there is there again, and what is not whole changes nothing."""

import json
import shutil
import zipfile

import psycopg
import pytest

from shared.db import migrate
from shared.ops.backup_file import opened_backup, written_backup
from shared.ops.errors import BackupError
from tests.factories import a_report, a_second_report
from tests.integration.ingesting import opened_door

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


def contents(url):
    """Every row of every table, and the schema."""
    with psycopg.connect(url) as connection:
        tables = [name for (name,) in connection.execute(_TABLES)]
        return {name: sorted(str(row) for row in connection.execute(f"SELECT * FROM {name}")) for name in tables}


@pytest.fixture
def filled(engine, database_url, tmp_path):
    """A service with two rounds, something that was not understood and two files in its spool; stopped again."""
    with opened_door(engine, database_url) as door:
        door.post(a_report())
        door.post(a_second_report())
        door.post(a_report(event_id="x", round_number=7))
        door.post(b"\xff no JSON \x00 at all")
    engine.dispose()
    (tmp_path / "spool" / "kept").mkdir(parents=True)
    (tmp_path / "spool" / "kept" / "1.spool").write_bytes(b"\x00\xff one")
    (tmp_path / "spool" / "refused.spool").write_bytes(b"")
    return database_url


@pytest.fixture
def elsewhere(run, postgres_url, tmp_path, monkeypatch):  # noqa: ARG001  it takes the place of where `run` works
    """An empty database, and a command line on it with a data folder of its own."""
    name = "restored"
    with psycopg.connect(postgres_url, autocommit=True) as administrator:
        administrator.execute(f"CREATE DATABASE {name}")
    url = postgres_url.replace("/roundwire?", f"/{name}?")
    data = tmp_path / "elsewhere"
    data.mkdir()
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("ROUNDWIRE_DATA", str(data))
    yield url, data
    with psycopg.connect(postgres_url, autocommit=True) as administrator:
        administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def backup(filled, run, tmp_path):  # noqa: ARG001  what there is to back up
    file = tmp_path / "roundwire.backup"
    status, _, errors = run("backup", file)
    assert (status, errors) == (0, "")
    return file


def test_what_was_backed_up_is_restored_row_by_row_and_file_by_file(filled, backup, run, elsewhere):
    url, data = elsewhere
    status, said, _ = run("restore", backup)

    assert status == 0
    assert "2 files of the spool" in said
    assert contents(url) == contents(filled)
    assert (data / "spool" / "kept" / "1.spool").read_bytes() == b"\x00\xff one"
    assert (data / "spool" / "refused.spool").read_bytes() == b""


def test_a_restored_service_goes_on_as_if_nothing_had_happened(backup, run, elsewhere, filled):
    run("restore", backup)
    with psycopg.connect(filled) as connection:
        (before,) = connection.execute("SELECT max(id) FROM deliveries").fetchone()
    url, _ = elsewhere
    with psycopg.connect(url) as connection:
        (given,) = connection.execute("SELECT nextval(pg_get_serial_sequence('deliveries', 'id'))").fetchone()
        with pytest.raises(psycopg.IntegrityError, match="append-only"):
            connection.execute("UPDATE deliveries SET body = 'y'")

    assert given > before


def test_only_its_owner_may_read_a_backup(backup):
    assert backup.stat().st_mode & 0o777 == 0o600


def test_a_backup_overwrites_no_file(backup, run):
    before = backup.read_bytes()
    status, _, error = run("backup", backup)

    assert status == 2
    assert error == f"roundwire: {backup} exists already; name another file.\n"
    assert backup.read_bytes() == before


def test_a_backup_that_fails_leaves_no_file(tmp_path):
    def break_off():
        with written_backup(tmp_path / "b") as writer:
            writer.add("one", [b"1"])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("elsewhere")
def test_an_empty_database_has_nothing_to_back_up(run, tmp_path):
    status, _, error = run("backup", tmp_path / "b")
    assert (status, error) == (2, "roundwire: The database is empty; there is nothing to back up.\n")


@pytest.mark.parametrize("kept_share", [0, 0.3, 0.7, 0.99])
def test_a_torn_file_is_refused_and_changes_nothing(backup, run, elsewhere, tmp_path, kept_share):
    whole = backup.read_bytes()
    torn = tmp_path / "torn"
    torn.write_bytes(whole[: int(len(whole) * kept_share)])
    status, _, error = run("restore", torn)

    assert status == 2
    assert error == f"roundwire: {torn} is no whole backup; nothing was changed.\n"
    assert contents(elsewhere[0]) == {}


def test_a_file_of_which_one_byte_was_changed_is_refused(backup, run, elsewhere, tmp_path):
    changed = bytearray(backup.read_bytes())
    with zipfile.ZipFile(backup) as archive:
        entry = archive.getinfo("tables/deliveries")
    changed[entry.header_offset + 100 + entry.compress_size // 2] ^= 0xFF
    (tmp_path / "changed").write_bytes(changed)

    assert run("restore", tmp_path / "changed")[0] == 2
    assert contents(elsewhere[0]) == {}


def rewritten(backup, target, change):
    """The same backup with another last entry, whole by its checksums."""
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == "contents.json" else content)
    return target


def test_a_backup_of_a_newer_version_is_refused(backup, run, elsewhere, tmp_path):
    newer = rewritten(backup, tmp_path / "newer", lambda told: json.dumps(json.loads(told) | {"revision": "9999"}))
    status, _, error = run("restore", newer)

    assert status == 2
    assert error == "roundwire: Schema 9999 belongs to a newer version of Roundwire; nothing was changed.\n"
    assert contents(elsewhere[0]) == {}


def test_an_entry_that_would_lie_outside_is_refused(tmp_path):
    with written_backup(tmp_path / "b") as writer:
        writer.add("spool/../../etc/passwd", [b"x"])
        writer.finish({})
    with pytest.raises(BackupError, match="no whole backup"), opened_backup(tmp_path / "b"):
        pass


def test_a_database_with_rows_is_not_replaced_unless_asked(filled, backup, run):
    before = contents(filled)
    status, _, error = run("restore", backup)

    assert status == 2
    assert error == "roundwire: There is something in the database or the spool; `--replace` throws it away.\n"
    assert contents(filled) == before


def test_asked_to_it_takes_the_place_of_what_is_there(filled, backup, run, tmp_path):
    before = contents(filled)
    with psycopg.connect(filled) as connection:
        connection.execute("INSERT INTO servers (server_id, display_name, created_at) VALUES ('late', 'late', now())")
    shutil.rmtree(tmp_path / "spool")
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool" / "later.spool").write_bytes(b"later")
    status, _, _ = run("restore", backup, "--replace")

    assert status == 0
    assert contents(filled) == before
    assert not (tmp_path / "spool" / "later.spool").exists()


def test_a_restore_that_fails_half_way_leaves_everything_as_it_was(filled, backup, run, tmp_path):
    def claim_one_more(told):
        known = json.loads(told)
        known["tables"][-1]["rows"] += 1
        return json.dumps(known)

    before = contents(filled)
    status, _, error = run("restore", rewritten(backup, tmp_path / "odd", claim_one_more), "--replace")

    assert status == 2
    assert "nothing was changed" in error
    assert contents(filled) == before


def test_beside_a_working_service_nothing_is_restored(backup, run, engine):
    with engine.connect():
        status, _, error = run("restore", backup, "--replace")

    assert (status, error) == (2, "roundwire: The service is at work on this database; stop it first.\n")


def test_a_backup_of_an_older_schema_comes_out_at_this_versions(filled, run, elsewhere, tmp_path, monkeypatch):
    url, data = elsewhere
    monkeypatch.setenv("DATABASE_URL", filled)
    with psycopg.connect(filled) as connection:
        kept = connection.execute("SELECT count(*) FROM deliveries").fetchone()
    migrate.downgrade(filled, "0007")
    assert run("backup", tmp_path / "old")[0] == 0

    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("ROUNDWIRE_DATA", str(data))
    assert run("restore", tmp_path / "old")[0] == 0

    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (migrate.head(),)
        assert connection.execute("SELECT count(*) FROM deliveries").fetchone() == kept
