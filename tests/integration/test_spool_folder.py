"""The spool on a real disk: what `append` returned from is found, by whoever looks and after whatever happened."""

import fcntl
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from shared.domain.errors import NothingDurable
from shared.domain.spool_record import SpoolHead
from shared.domain.vocabulary import Kind, Outcome
from shared.ops import spool_writer
from shared.ops.spool_reader import opened
from shared.ops.spool_writer import SpoolWriter, segments

THEN = datetime(2026, 2, 3, 23, 55, 12, tzinfo=UTC)
PLENTY = 1 << 30
APPEND_UNTIL_KILLED = """
import itertools, sys
from pathlib import Path
from tests.integration.test_spool_folder import a_head
from shared.ops.spool_writer import SpoolWriter
writer = SpoolWriter(Path(sys.argv[1]), "deliveries", 1 << 30)
for number in itertools.count():
    writer.append(a_head(number), b"x" * (number % 50_000))
    print(number, flush=True)
"""


def a_head(number):
    return SpoolHead(f"sp_{number}", THEN, Outcome.SPOOLED, 202, "srv1", Kind.ROUND_REPORT)


@pytest.fixture
def writer(tmp_path):
    opened_writer = SpoolWriter(tmp_path, "deliveries", PLENTY)
    yield opened_writer
    opened_writer.close()


def contents(folder, name="deliveries"):
    found = {}
    for path, _size_bytes in segments(folder, name):
        with opened(path) as segment:
            found |= {entry.head.spool_id: entry.body(segment) for entry in segment.entries()}
    return found


def test_what_was_appended_is_found_while_its_segment_is_still_written(writer, tmp_path):
    writer.append(a_head(1), b"one")
    writer.append(a_head(2), b"two")
    assert contents(tmp_path) == {"sp_1": b"one", "sp_2": b"two"}


def test_a_segment_is_finished_once_its_writer_has_left_it(writer, tmp_path):
    writer.append(a_head(1))
    ((path, _size_bytes),) = segments(tmp_path, "deliveries")
    with opened(path) as segment:
        assert not segment.is_finished()
        writer.close()
        assert segment.is_finished()


def test_a_segment_of_a_dead_writer_is_finished(tmp_path):
    script = APPEND_UNTIL_KILLED.replace("itertools.count()", "range(1)")
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, stdout=subprocess.DEVNULL)
    ((path, _size_bytes),) = segments(tmp_path, "deliveries")
    with opened(path) as segment:
        assert segment.is_finished()


def test_many_threads_share_the_disk_and_lose_nothing(writer, tmp_path):
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: writer.append(a_head(number), b"%d" % number), range(400)))
    assert contents(tmp_path) == {f"sp_{number}": b"%d" % number for number in range(400)}


def test_one_sync_serves_all_who_wait_for_it(writer, monkeypatch):
    syncs, first_has_begun, go_on = [], threading.Event(), threading.Event()

    def slow_sync(file):
        syncs.append(file)
        first_has_begun.set()
        assert go_on.wait(30)

    monkeypatch.setattr(os, "fdatasync", slow_sync)
    with ThreadPoolExecutor(9) as pool:
        began = [pool.submit(writer.append, a_head(0))]
        assert first_has_begun.wait(30)
        began += [pool.submit(writer.append, a_head(number)) for number in range(1, 9)]
        while len(writer._queue) < 8:
            time.sleep(0.001)
        go_on.set()
    assert [one.result() for one in began] == [None] * 9
    assert len(syncs) == 2


def test_two_writers_never_touch_each_others_segments(writer, tmp_path):
    other = SpoolWriter(tmp_path, "deliveries", PLENTY)
    for number in range(20):
        (writer if number % 2 else other).append(a_head(number))
    other.close()
    assert len(segments(tmp_path, "deliveries")) == 2
    assert len(contents(tmp_path)) == 20


def test_a_full_segment_is_followed_by_another(writer, tmp_path, monkeypatch):
    monkeypatch.setattr(spool_writer, "SEGMENT_BYTES", 1_000)
    for number in range(5):
        writer.append(a_head(number), b"x" * 900)
    assert len(segments(tmp_path, "deliveries")) == 5
    assert len(contents(tmp_path)) == 5


def test_at_the_bound_nothing_more_is_taken_and_what_is_there_stays(tmp_path):
    writer = SpoolWriter(tmp_path, "deliveries", 3_000)
    writer.append(a_head(1), b"x" * 2_000)
    with pytest.raises(NothingDurable, match="full"):
        writer.append(a_head(2), b"x" * 2_000)
    writer.append(a_head(3), b"small")
    writer.close()
    assert set(contents(tmp_path)) == {"sp_1", "sp_3"}


def test_the_bound_counts_what_other_writers_keep(writer, tmp_path):
    writer.append(a_head(1), b"x" * 2_000)
    with pytest.raises(NothingDurable, match="full"):
        SpoolWriter(tmp_path, "deliveries", 3_000).append(a_head(2), b"x" * 2_000)


def test_a_write_that_the_disk_cuts_short_leaves_nothing_behind(writer, tmp_path):
    """A file may not grow beyond this process's limit: the kernel writes a part and then refuses, as on a full disk."""
    writer.append(a_head(1), b"one")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(NothingDurable, match="cannot be written"):
            writer.append(a_head(2), b"x" * 20_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    writer.append(a_head(3), b"three")
    assert contents(tmp_path) == {"sp_1": b"one", "sp_3": b"three"}


def test_a_failed_sync_is_no_success_and_is_never_asked_twice(writer, tmp_path, monkeypatch):
    writer.append(a_head(1), b"one")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", _refuse)
        with pytest.raises(NothingDurable):
            writer.append(a_head(2), b"two")
    writer.append(a_head(3), b"three")
    assert contents(tmp_path) == {"sp_1": b"one", "sp_3": b"three"}
    assert len(segments(tmp_path, "deliveries")) == 2


def _refuse(_file):
    raise OSError(5, "Input/output error")


def test_a_folder_that_is_gone_is_told_as_what_it_is(tmp_path):
    with pytest.raises(NothingDurable):
        SpoolWriter(tmp_path / "nowhere", "deliveries", PLENTY).append(a_head(1))


def test_only_the_owner_may_read_what_is_kept(writer, tmp_path):
    writer.append(a_head(1))
    ((path, _size_bytes),) = segments(tmp_path, "deliveries")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_begun_segment_is_never_seen_without_its_lock(writer, tmp_path, monkeypatch):
    seen = []
    real = fcntl.flock

    def look_and_lock(file, operation):
        seen.append(segments(tmp_path, "deliveries"))
        real(file, operation)

    monkeypatch.setattr(fcntl, "flock", look_and_lock)
    writer.append(a_head(1))
    assert seen == [[]]


def test_killed_at_any_moment_every_acknowledged_record_is_there_and_whole(tmp_path):
    """P8"""
    for pause_seconds in (0.3, 0.45, 0.6):
        process = subprocess.Popen(
            [sys.executable, "-c", APPEND_UNTIL_KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout.readline() == "0\n"
        threading.Timer(pause_seconds, process.kill).start()
        acknowledged = [0, *(int(line) for line in process.stdout if line.endswith("\n"))]
        process.wait()
        process.stdout.close()
        found = contents(tmp_path)
        assert {f"sp_{number}": b"x" * (number % 50_000) for number in acknowledged}.items() <= found.items()
        assert None not in found.values()
        for path, _size_bytes in segments(tmp_path, "deliveries"):
            path.unlink()
