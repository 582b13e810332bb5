"""Files that are imported in one transaction: what is the matter with one of them is its own, and all of them come or none."""

from datetime import UTC

import pytest
from sqlalchemy.exc import IntegrityError

from ingest_api.services.files_to_import import find_files
from ingest_api.services.import_files import Ending, Mode, import_files
from shared.domain.vocabulary import Outcome
from tests.integration.telling import MIDNIGHT, R1, R2, Teller

STATS, ENDSTATS, R2_STATS = R1["stats"], R1["endstats"], R2["stats"]


@pytest.fixture
def told(engine):
    return Teller(engine).new_server()


@pytest.fixture
def folder(tmp_path):
    for voice in (STATS, ENDSTATS, R2_STATS):
        (tmp_path / voice.filename).write_bytes(voice.body)
    return tmp_path


def brought(told, folder, mode=Mode.ADD):
    """Each file's ending by its name."""
    with told.engine.connect() as connection:
        endings = import_files(connection, told.server_id, find_files([folder], UTC, MIDNIGHT).files, mode)
        return {one.file.path.name: one for one in endings}


def kept(told):
    return {row["filename"] for row in told.rows("SELECT filename FROM deliveries WHERE server_id = :server_id")}


def test_a_file_that_is_here_already_keeps_none_of_the_others_away(told, folder):
    told.tell(STATS)
    endings = brought(told, folder, Mode.CHANGE)
    assert [endings[one.filename].ending for one in (STATS, ENDSTATS, R2_STATS)] == [
        "duplicate",
        "accepted",
        "accepted",
    ]
    assert kept(told) == {STATS.filename, ENDSTATS.filename, R2_STATS.filename}


def test_a_file_that_cannot_be_read_keeps_none_of_the_others_away(told, folder):
    files = find_files([folder], UTC, MIDNIGHT).files
    with told.engine.connect() as connection:
        endings = import_files(connection, told.server_id, files, Mode.ADD)
        (folder / ENDSTATS.filename).unlink()
        ended = {one.file.path.name: one.ending for one in endings}
    assert ended == {
        STATS.filename: Outcome.ACCEPTED,
        ENDSTATS.filename: Ending.UNREADABLE,
        R2_STATS.filename: Outcome.ACCEPTED,
    }


def test_a_file_that_would_change_what_a_server_told_is_held_back_alone(told, folder):
    told.tell(R1["report"])
    endings = brought(told, folder)
    assert endings[STATS.filename].ending == Ending.HELD_BACK
    assert endings[R2_STATS.filename].ending == Outcome.ACCEPTED
    assert kept(told) >= {ENDSTATS.filename, R2_STATS.filename}


def test_applied_each_file_is_told_with_the_rounds_it_changed(told, folder):
    told.tell(R1["report"])
    (round_id,) = (row["id"] for row in told.rows("SELECT id FROM rounds WHERE server_id = :server_id"))
    endings = brought(told, folder, Mode.CHANGE)
    assert endings[STATS.filename].changes == (round_id,)
    assert endings[ENDSTATS.filename].changes == ()


def test_of_files_that_come_together_none_is_here_when_the_database_fails_at_the_last(told, folder):
    with told.engine.begin() as connection:
        connection.exec_driver_sql(
            f"ALTER TABLE deliveries ADD CONSTRAINT picky CHECK (filename <> '{R2_STATS.filename}')"
        )
    with pytest.raises(IntegrityError, match="picky"):
        brought(told, folder)
    assert kept(told) == set()
