"""Which files are sent, in which order, and when they are sent anew."""

import contextlib
import hashlib
import io
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from game_server.shipper.door import Door, FileChanged, sha256_of
from game_server.shipper.folders import Folder
from tests.contract.shipper.world import LONG_AGO_UNIX, World, round_file
from tests.fakes.file_door import TOKEN, Fault, FileDoor

FIRST, SECOND, THIRD = map(round_file, (1, 2, 3))
NOBODY = 65534


# ----- order and form -------------------------------------------------------------------------------------------------


def test_the_oldest_file_goes_first(world):
    world.write(FIRST, age_seconds=10)
    world.write(SECOND, age_seconds=30)
    world.write(THIRD, age_seconds=20)
    world.ship_once()

    assert world.door.names == [SECOND, THIRD, FIRST]


def test_a_small_file_comes_as_it_is(world):
    world.write(FIRST, b"x" * 4096)
    world.ship_once()

    assert world.door.uploads[0].headers["content-length"] == "4096"
    assert "content-encoding" not in world.door.uploads[0].headers


def test_a_larger_file_comes_in_gzip_the_same_way_each_time(world):
    world.write(FIRST, b"guid8\\name\\1\\1\\0 " * 10_000)
    world.door.choose = lambda upload: Fault(500) if upload.number == 1 else None
    world.ship_once()
    world.make_due()
    world.ship_once()

    first, second = world.door.uploads
    assert first.headers["content-encoding"] == "gzip"
    assert first.sent_bytes == second.sent_bytes < 5_000
    assert world.door.kept == [(FIRST, b"guid8\\name\\1\\1\\0 " * 10_000)]


@given(content=st.binary(min_size=1), times=st.integers(1, 5_000))
@settings(max_examples=50, deadline=None)
def test_any_content_arrives_as_it_was(content, times):
    with contextlib.closing(FileDoor()) as door, tempfile.TemporaryDirectory() as folder:
        token = Path(folder, "token")
        token.write_text(TOKEN)
        body = (content * times)[:300_000]
        with Door(door.url, token) as shippers_door:
            reply = shippers_door.send("a.txt", io.BytesIO(body), len(body))

        assert [upload.body for upload in door.uploads] == [body]
        assert reply.content_sha256 == reply.confirmed_sha256 == hashlib.sha256(body).hexdigest()


# ----- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["a b-round-1.txt", "100%-round-1.txt", "a?b#c&d=e-round-1.txt", "žluťoučký-round-1.txt", "%2e-round-2.txt", "+;~'-round-1.txt"],
)  # fmt: skip
def test_a_name_with_odd_letters_arrives_as_it_is(name, world):
    world.write(name)
    world.ship_once()

    assert world.door.kept == [(name, b"some words")]


@pytest.mark.parametrize(
    "name",
    [b"\xff\xfe-round-1.txt", b"a\nb-round-1.txt", b"a\x1b[2J-round-1.txt", b"a..b-round-1.txt", b"\xe2\x80\xae-round-1.txt",
     b"x\\..\\-round-1.txt.-round-.txt\\"],
)  # fmt: skip
def test_a_name_that_no_service_takes_is_said_once_and_does_not_hold_up_the_others(name, world):
    Path(os.fsdecode(os.fsencode(world.folder) + b"/" + name)).write_bytes(b"words")
    world.write(FIRST)
    world.configure(include="*")
    taken = world.ship_once(include=("*",))

    assert not taken
    assert world.door.names == [FIRST]
    assert [line.isascii() and line.isprintable() for line in world.said.splitlines()] == [True] * 3
    assert len([line for line in world.said.splitlines() if " not_sendable " in line]) == 1


def test_a_folder_inside_the_name_is_taken_off(world):
    world.write(f"gamestats\\{FIRST}")
    world.ship_once()

    assert world.door.names == [FIRST]


def test_only_finished_files_of_known_formats_are_sent(world):
    names = ["server.cfg", "console.log", f".{FIRST}", f"{FIRST}.tmp", "notes.txt", "gametime-supply-R1-1.json.part"]
    for name in names:
        world.write(name)
    for name in (FIRST, "gametime-supply-R1-1.json", "demo_analysis.json", FIRST.replace(".txt", "_engagements.txt")):
        world.write(name)
    world.ship_once()

    assert sorted(world.door.names) == sorted(world.outcomes())
    assert not set(world.door.names) & set(names)
    assert len(world.door.names) == 4


def test_links_pipes_and_folders_are_no_files(world, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("not to be shipped")
    (world.folder / FIRST).symlink_to(secret)
    os.mkfifo(world.folder / SECOND)
    (world.folder / THIRD).mkdir()
    world.ship_once()

    assert world.door.requests == 0


# ----- changes --------------------------------------------------------------------------------------------------------


def test_a_rewritten_file_is_sent_anew(world):
    path = world.write(FIRST, b"before")
    world.ship_once()
    path.write_bytes(b"after")
    world.ship_once()

    assert world.door.kept == [(FIRST, b"before"), (FIRST, b"after")]


def test_a_rewritten_file_of_the_same_size_and_time_is_sent_anew(world):
    world.write(FIRST, b"before")
    world.ship_once()
    world.write(FIRST, b"behind")
    world.ship_once()

    assert [body for _, body in world.door.kept] == [b"before", b"behind"]


def test_a_touched_file_is_not_sent_again(world):
    path = world.write(FIRST)
    world.ship_once()
    path.touch()

    assert world.ship_once()
    assert world.door.names == [FIRST]
    assert world.entry(FIRST).stamp.modified_ns == path.stat().st_mtime_ns


def test_a_refused_file_that_was_put_right_is_sent(world):
    path = world.write(FIRST, b"wrong")
    world.door.choose = lambda upload: Fault(422) if upload.body == b"wrong" else None
    world.ship_once()
    path.write_bytes(b"right")

    assert world.ship_once()
    assert world.door.kept == [(FIRST, b"right")]


def test_a_file_renamed_over_a_shipped_one_is_sent_anew(world, tmp_path):
    world.write(FIRST, b"before")
    world.ship_once()
    fresh = tmp_path / "fresh"
    fresh.write_bytes(b"behind")
    os.utime(fresh, (LONG_AGO_UNIX, LONG_AGO_UNIX))
    fresh.rename(world.folder / FIRST)
    world.ship_once()

    assert [body for _, body in world.door.kept] == [b"before", b"behind"]


def test_a_file_that_changes_while_it_is_sent_is_sent_anew(world):
    path = world.write(FIRST, b"one line\n")

    def add_a_line(upload):
        if upload.number == 1:
            path.write_bytes(b"one line\nanother line\n")

    world.door.choose = add_a_line
    world.ship_once()
    assert world.ship_once()

    assert [body for _, body in world.door.kept] == [b"one line\n", b"one line\nanother line\n"]


def test_a_file_that_shrinks_while_it_is_sent_confirms_nothing(world):
    with Door(world.door.url, world.token_file) as door, pytest.raises(FileChanged):
        door.send(FIRST, io.BytesIO(b"short"), 10)

    assert world.door.kept == []


def test_the_hash_of_a_file_that_shrank_is_no_hash():
    with pytest.raises(FileChanged):
        sha256_of(io.BytesIO(b"short"), 10)


def test_an_empty_file_waits_for_its_content(world):
    path = world.write(FIRST, b"")
    assert not world.ship_once()
    assert world.door.requests == 0
    path.write_bytes(b"words")

    assert world.ship_once()


def test_a_file_larger_than_the_service_takes_is_not_sent(world):
    world.write(FIRST, bytes(1024 * 1024 + 1))
    world.write(SECOND, bytes(1024 * 1024))

    assert not world.ship_once(max_file_mib=1)
    assert world.door.names == [SECOND]
    assert f"not_sendable path={world.folder / FIRST} reason=too_large" in world.said


def test_a_file_that_vanishes_is_no_trouble(world):
    path = world.write(FIRST)
    world.write(SECOND, age_seconds=10)
    world.door.choose = lambda _upload: path.unlink()

    assert world.ship_once()
    assert world.outcomes() == {SECOND: "taken"}


def test_files_older_than_asked_for_are_left_alone(world):
    world.write(FIRST, age_seconds=1)
    world.write(SECOND)

    assert world.ship_once(since_unix=LONG_AGO_UNIX)
    assert world.door.names == [SECOND]


# ----- what cannot be read --------------------------------------------------------------------------------------------


@pytest.fixture
def as_nobody():
    """The rest of the test without root's rights, in a folder of its own; for who has none, nothing changes."""
    root = Path(tempfile.mkdtemp(prefix="roundwire-tests-", dir="/tmp"))
    is_root = os.geteuid() == 0
    if is_root:
        os.chown(root, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    yield root
    if is_root:
        os.seteuid(0)
    shutil.rmtree(root)


def test_an_unreadable_file_is_said_and_tried_again(door, as_nobody):
    world = World(as_nobody, door)
    path = world.write(FIRST, age_seconds=10)
    path.chmod(0)
    world.write(SECOND)

    assert not world.ship_once()
    assert world.outcomes() == {FIRST: "waiting", SECOND: "taken"}
    assert f'unreadable file={FIRST} reason="Permission denied"' in world.said
    path.chmod(0o600)
    world.make_due()
    assert world.ship_once()


def test_an_unreadable_folder_is_missing_with_a_reason(door, as_nobody):
    world = World(as_nobody, door)
    world.write(FIRST)
    world.folder.chmod(0)

    assert not world.ship_once()
    assert f'folder_missing path={world.folder} reason="Permission denied"' in world.said
    world.folder.chmod(0o700)
    assert world.ship_once()


# ----- folders --------------------------------------------------------------------------------------------------------


def test_a_folder_that_returns_is_another_one(tmp_path):
    folder = Folder(tmp_path / "gamestats", is_exclusive=True)
    assert not folder.hold()
    folder.path.mkdir()
    assert folder.hold()
    before = folder.identity
    folder.path.rename(tmp_path / "elsewhere")
    assert not folder.hold()
    folder.path.mkdir()
    assert folder.hold()

    assert folder.identity != before
    folder.release()
