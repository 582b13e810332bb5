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
from tests.contract.shipper.world import round_file, until

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


def waited_seconds(watch: Watch, folder: Folder, seconds: float, is_news=lambda: False) -> float:
    began = time.monotonic()
    watch.follow([folder])
    watch.wait(seconds, is_news)
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
    watch.follow([folder])
    (folder.path / round_file(1)).write_text("words")
    time.sleep(0.5)

    assert waited_seconds(watch, folder, LONG_SECONDS) < LONG_SECONDS / 2


def test_news_from_elsewhere_end_it(folder):
    watch = a_watch(folder, io.StringIO(), poll_seconds=1)

    assert 0.5 < waited_seconds(watch, folder, LONG_SECONDS, lambda: True) < LONG_SECONDS / 2


def test_without_folders_it_only_sleeps(folder):
    watch = a_watch(folder, io.StringIO(), poll_seconds=2)
    folder.release()

    assert waited_seconds(watch, folder, 0.5) >= 0.5
    assert watch.longest_seconds == 2


def test_a_folder_that_is_not_the_one_it_followed_is_followed_anew(folder, tmp_path):
    watch = a_watch(folder, io.StringIO())
    watch.follow([folder])
    folder.path.rename(tmp_path / "elsewhere")
    folder.path.mkdir()
    folder.hold()
    timer = soon(lambda: (folder.path / round_file(1)).write_text("words"))

    assert waited_seconds(watch, folder, LONG_SECONDS) < LONG_SECONDS / 2
    timer.join()


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
        watch.follow([folder])
    watch.follow([folder])

    assert watch.longest_seconds == 1
    assert said.getvalue().count("polling every_seconds=1") == 1


def test_being_asked_to_stop_ends_every_wait():
    stopping = Stopping()
    soon(stopping.ask)
    began = time.monotonic()
    stopping.wait(LONG_SECONDS)
    stopping.wait(LONG_SECONDS)

    assert time.monotonic() - began < LONG_SECONDS / 2
    until(stopping.is_set)
