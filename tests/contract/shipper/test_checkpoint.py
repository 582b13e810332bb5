"""The checkpoint in SQLite: what it remembers, what damages it, who may hold it."""

import fcntl
import os
import sqlite3
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from game_server.shipper.checkpoint import Checkpoint
from game_server.shipper.entry import Entry, FileOutcome, Stamp
from game_server.shipper.errors import CheckpointUnusable, FolderTaken
from game_server.shipper.inspection import is_at_work, read_entries, read_wait, retry_refused

_nanoseconds = st.integers(0, 2**62)
entries = st.builds(
    Entry,
    path=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1),
    stamp=st.builds(Stamp, _nanoseconds, _nanoseconds, _nanoseconds),
    outcome=st.sampled_from(FileOutcome),
    content_sha256=st.none() | st.just("a" * 64),
    attempts=st.integers(1, 10**6),
    next_attempt_unix=st.none() | st.floats(0, 2**40),
    status=st.none() | st.integers(100, 599),
    answer=st.text(),
    noted_unix=st.floats(0, 2**40),
)
AN_ENTRY = Entry("/a.txt", Stamp(1, 2, 3), FileOutcome.REFUSED, None, 1, None, 422, "no", 5.0)


@given(written=st.lists(entries, max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
def test_what_was_written_down_is_read_back_by_the_next_process_and_from_outside(written, tmp_path):
    with Checkpoint(tmp_path) as checkpoint:
        before = checkpoint.entries()
        for entry in written:
            checkpoint.keep(entry)
    expected = before | {entry.path: entry for entry in written}

    with Checkpoint(tmp_path) as checkpoint:
        assert checkpoint.entries() == expected
    assert read_entries(tmp_path) == expected


def test_a_moment_to_wait_for_is_kept_and_forgotten(tmp_path):
    with Checkpoint(tmp_path) as checkpoint:
        assert checkpoint.wait_until_unix() is None
        checkpoint.keep_wait(5.5)
        assert read_wait(tmp_path) == 5.5
        checkpoint.keep_wait(None)
        assert checkpoint.wait_until_unix() is None


def test_an_unknown_outcome_is_never_written(tmp_path):
    with Checkpoint(tmp_path) as checkpoint, pytest.raises(sqlite3.IntegrityError):
        checkpoint._database.execute("INSERT INTO files VALUES ('/a', 1, 1, 1, 'lost', NULL, 1, NULL, NULL, '', 0)")


def test_where_nothing_was_shipped_yet_nothing_is_known(tmp_path):
    assert read_entries(tmp_path / "nowhere") == {}
    assert retry_refused(tmp_path / "nowhere") == 0
    assert not is_at_work(tmp_path / "nowhere")


def test_a_database_without_its_tables_yet_knows_nothing(tmp_path):
    (tmp_path / "checkpoint.sqlite").touch()

    assert read_entries(tmp_path) == {}


@pytest.mark.parametrize("content", [b"no database" * 1000, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_one_is_put_aside_each_time(content, tmp_path):
    for number in (1, 2):
        (tmp_path / "checkpoint.sqlite").write_bytes(content)
        with Checkpoint(tmp_path) as checkpoint:
            assert checkpoint.put_aside == tmp_path / f"checkpoint.sqlite.damaged-{number}"
            assert checkpoint.entries() == {}
        assert checkpoint.put_aside.read_bytes() == content


def test_one_that_is_no_file_cannot_be_used(tmp_path):
    (tmp_path / "checkpoint.sqlite").mkdir()

    with pytest.raises(CheckpointUnusable):
        Checkpoint(tmp_path)
    assert not is_at_work(tmp_path)


def test_it_is_held_by_one(tmp_path):
    with Checkpoint(tmp_path):
        assert is_at_work(tmp_path)
        with pytest.raises(FolderTaken):
            Checkpoint(tmp_path)
    assert not is_at_work(tmp_path)


def test_a_predecessor_on_its_way_out_is_waited_for(tmp_path):
    lock = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    timer = threading.Timer(0.2, os.close, [lock])
    timer.start()
    with Checkpoint(tmp_path):
        timer.join()


def test_what_was_refused_waits_again_after_retry(tmp_path):
    with Checkpoint(tmp_path) as checkpoint:
        checkpoint.keep(AN_ENTRY)

        assert retry_refused(tmp_path) == 1
        assert checkpoint.entries()["/a.txt"].outcome is FileOutcome.WAITING
    assert retry_refused(tmp_path) == 0
