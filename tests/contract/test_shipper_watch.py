"""Waiting for changes: what wakes the shipper, and what it does when the kernel tells it nothing."""

import contextlib
import io
import os
import resource
import threading
import time
from pathlib import Path

import pytest

from game_server.shipper.console import Console
from game_server.shipper.folders import Folder
from game_server.shipper.settings import Settings
from game_server.shipper.stopping import Stopping
from game_server.shipper.watch import Watch
from tests.contract.shipper_world import round_file, until

LONG_SECONDS = 10.0


@pytest.fixture
def folder(tmp_path):
    held = Folder(tmp_path / "gamestats", is_exclusive=True)
    held.path.mkdir()
    held.hold()
    yield held
    held.release()


def a_watch(folder: Folder, said: io.StringIO, **settings) -> Watch:
    values = {"url": "http://127.0.0.1", "token_file": Path(), "state_dir": Path(), **settings}
    return Watch(Settings(folders=(folder.path,), **values), Console(said), Stopping())


def waited_seconds(watch: Watch, folder: Folder, seconds: float) -> float:
    began = time.monotonic()
    watch.wait(seconds, [folder])
    return time.monotonic() - began


def soon(act) -> threading.Timer:
    timer = threading.Timer(0.3, act)
    timer.start()
    return timer


def test_a_wanted_file_ends_the_wait(folder):
    watch = a_watch(folder, io.StringIO())
    timer = soon(lambda: (folder.path / round_file(1)).write_text("words"))

    assert waited_seconds(watch, folder, LONG_SECONDS) < LONG_SECONDS / 2
    timer.join()


def test_any_other_file_does_not(folder):
    watch = a_watch(folder, io.StringIO())
    timer = soon(lambda: (folder.path / "console.log").write_text("words"))

    assert waited_seconds(watch, folder, 1.0) >= 1.0
    timer.join()


def test_what_was_written_between_two_waits_ends_the_second(folder):
    watch = a_watch(folder, io.StringIO())
    watch.wait(0.1, [folder])
    (folder.path / round_file(1)).write_text("words")
    time.sleep(0.5)

    assert waited_seconds(watch, folder, LONG_SECONDS) < LONG_SECONDS / 2


def test_without_folders_it_only_sleeps(folder):
    watch = a_watch(folder, io.StringIO(), poll_seconds=1)
    folder.release()

    assert 0.9 < waited_seconds(watch, folder, LONG_SECONDS) < LONG_SECONDS / 2


@contextlib.contextmanager
def no_more_descriptors():
    """As when too many files are open, which is what the kernel answers beyond its limit of watchers, too."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_where_the_kernel_watches_no_more_it_polls_and_says_so_once(folder):
    said = io.StringIO()
    watch = a_watch(folder, said, poll_seconds=1)
    with no_more_descriptors():
        watch.wait(0.1, [folder])
    watch.wait(0.1, [folder])

    assert said.getvalue().count("polling every_seconds=1") == 1


def test_being_asked_to_stop_ends_every_wait():
    stopping = Stopping()
    soon(stopping.ask)
    began = time.monotonic()
    stopping.wait(LONG_SECONDS)
    stopping.wait(LONG_SECONDS)

    assert time.monotonic() - began < LONG_SECONDS / 2
    until(stopping.is_set)
