"""The schema moves under a filled database and a working service: forward, back, and past somebody who is in the way."""

import os
import subprocess
import sys

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from shared.db import migrate
from tests.e2e.service_process import CHECKOUT, free_port
from tests.factories import a_report, a_second_report
from tests.integration.ingesting import opened_door

_NEWER = "UPDATE alembic_version SET version_num = '9999'"


def revisions():
    config = Config()
    config.set_main_option("script_location", str(CHECKOUT / "alembic"))
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]


def kept(engine):
    with engine.connect() as connection:
        return connection.execute(text("SELECT id, content_sha256, body FROM deliveries ORDER BY id")).all()


@pytest.fixture
def filled(engine, database_url):
    with opened_door(engine, database_url) as door:
        door.post(a_report())
        door.post(a_second_report())
        door.post(a_report(event_id="x", round_number=7))
    return database_url


@pytest.mark.parametrize("revision", revisions())
def test_from_every_revision_a_filled_database_comes_forward_with_its_evidence(engine, filled, revision):
    before = kept(engine)
    migrate.downgrade(filled, revision)
    migrate.upgrade(filled)

    assert kept(engine) == before
    migrate.check(filled)


def test_whoever_is_in_the_way_of_a_migration_is_not_waited_for_long(engine, filled, run):
    migrate.downgrade(filled, "0001")
    with engine.connect() as connection:
        connection.execute(text("LOCK TABLE deliveries IN SHARE ROW EXCLUSIVE MODE"))
        status, _, error = run("migrate", "up")

    assert status == 2
    assert error == "roundwire: The database cannot be used: canceling statement due to lock timeout.\n"


def test_a_migration_that_gave_up_can_be_tried_again(engine, filled, run):
    migrate.downgrade(filled, "0001")
    with engine.connect() as connection:
        connection.execute(text("LOCK TABLE deliveries IN SHARE ROW EXCLUSIVE MODE"))
        run("migrate", "up")
    status, said, _ = run("migrate", "up")

    assert status == 0
    assert said == f"The database is at {migrate.head()}, this version wants {migrate.head()}.\n"


def test_a_service_goes_on_when_the_schema_gets_newer_under_it(engine, database_url):
    with opened_door(engine, database_url) as door:
        door.post(a_report())
        door.do(_NEWER)

        assert door.post(a_second_report()).status_code == 201
        assert door.client.get("/readyz").status_code == 200


def test_on_a_newer_schema_commands_work(engine, run):
    with engine.begin() as connection:
        connection.execute(text(_NEWER))

    assert run("server", "add", "beta")[0] == 0


@pytest.mark.parametrize("module", ["ingest_api.main", "ingest_api.worker", "presenter_bot.main"])
def test_on_an_older_schema_no_process_starts(database_url, tmp_path, module):
    migrate.downgrade(database_url, "0007")
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url,
        "ROUNDWIRE_DATA": str(tmp_path),
        "ROUNDWIRE_PORT": str(free_port()),
    }
    command = [sys.executable, "-m", module]
    ended = subprocess.run(
        command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )

    assert ended.returncode == os.EX_CONFIG
    assert ended.stderr == (
        f"roundwire: The database is at schema 0007, this code needs {migrate.head()}: run `roundwire migrate up`.\n"
    )
