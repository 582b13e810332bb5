"""The command line as an operator meets it: what it tells, and how it ends."""

import json
import subprocess
import sys

from tests.contract.shipper.world import CHECKOUT, round_file, until
from tests.fakes.file_door import Fault

FIRST, SECOND, THIRD = map(round_file, (1, 2, 3))


# ----- dry run, status, retry -----------------------------------------------------------------------------------------


def test_a_dry_run_sends_nothing_and_writes_nothing(world):
    world.write(FIRST, age_seconds=10)
    world.write(SECOND)
    told = world.command("--dry-run")

    assert told.returncode == 0
    assert told.stdout.splitlines() == [
        f"would send {world.folder / FIRST} 10 bytes, new",
        f"would send {world.folder / SECOND} 10 bytes, new",
        "2 of 2 files, 0.0 MiB; nothing was sent",
    ]
    assert world.door.requests == 0
    assert not world.state_dir.exists()


def test_a_dry_run_beside_one_at_work_knows_what_was_taken(world):
    world.write(FIRST)
    with world.start():
        until(lambda: world.outcomes() == {FIRST: "taken"})

        assert world.command("--dry-run").stdout == "0 of 1 files, 0.0 MiB; nothing was sent\n"


def test_only_files_since_a_day_are_shipped_when_asked(world):
    world.write(FIRST)
    (world.folder / SECOND).write_bytes(b"of today")

    assert world.command("--once", "--since", "2d").returncode == 0
    assert world.door.names == [SECOND]
    assert world.command("--dry-run", "--since", "2026-02-01T00:00").stdout.startswith(
        f"would send {world.folder / FIRST}"
    )


def test_the_status_tells_what_was_taken_refused_and_left(world):
    for name in (FIRST, SECOND, THIRD):
        world.write(name)
    world.door.choose = lambda upload: {FIRST: Fault(422), SECOND: Fault(500)}.get(upload.name)
    world.command("--once")
    told = world.command("status", "--json")
    status = json.loads(told.stdout)

    assert told.returncode == 1
    assert (status["files"]["refused"], status["files"]["taken"]) == (1, 1)
    assert [(trouble["path"], trouble["status"]) for trouble in status["troubles"]] == [
        (str(world.folder / FIRST), 422), (str(world.folder / SECOND), 500),
    ]  # fmt: skip
    assert status["is_at_work"] is False
    assert status["last_taken_unix"] > 0


def test_the_status_of_one_at_work_that_has_shipped_everything_is_good(world):
    world.write(FIRST)
    with world.start():
        until(lambda: world.outcomes() == {FIRST: "taken"})
        told = world.command("status")

    assert told.returncode == 0
    assert told.stdout.splitlines()[:2] == ["at work", "      1 taken"]


def test_what_was_refused_is_sent_again_after_retry_also_by_one_at_work(world):
    world.configure(watch="off")
    world.write(FIRST)
    world.door.choose = lambda upload: Fault(413) if upload.number == 1 else None
    with world.start():
        until(lambda: world.outcomes() == {FIRST: "refused"})
        told = world.command("retry")
        until(lambda: world.outcomes() == {FIRST: "taken"}, seconds=90)

    assert told.stdout == "1 refused files will be sent again\n"


# ----- what cannot work -----------------------------------------------------------------------------------------------


def test_wrong_settings_are_a_line_each_and_send_nothing(world):
    world.configure(url="ftp://x", polls="3")
    refused = world.command("--once")

    assert refused.returncode == 2
    assert refused.stderr.splitlines() == [
        'roundwire-ship: config line 1: url: expected http:// or https://, got "ftp://x"',
        'roundwire-ship: config line 7: polls: no such key, did you mean "poll_seconds"?',
        "roundwire-ship: config: url: not set",
    ]


def test_a_token_file_without_a_token_is_one_line_without_its_content(world):
    world.token_file.write_text("not a token, but a secret\n")
    refused = world.command()

    assert refused.returncode == 2
    assert refused.stderr == f"roundwire-ship: config: token_file: no token in the first line of {world.token_file}\n"


def test_a_state_folder_that_cannot_be_made_is_one_line(world, tmp_path):
    (tmp_path / "file").write_text("")
    world.configure(state_dir="file/inside")
    refused = world.command("--once")

    assert refused.returncode == 2
    assert (
        refused.stderr == f"roundwire-ship: the state folder {tmp_path}/file/inside cannot be used: Not a directory.\n"
    )


def test_a_damaged_checkpoint_is_put_aside_and_everything_sent_once_more(world):
    world.write(FIRST)
    world.command("--once")
    (world.state_dir / "checkpoint.sqlite").write_bytes(b"no database at all " * 100)
    again = world.command("--once")

    assert again.returncode == 0
    assert "checkpoint_damaged" in again.stderr
    assert (world.state_dir / "checkpoint.sqlite.damaged-1").exists()
    assert world.door.names == [FIRST, FIRST]


def test_it_needs_nothing_but_httpx_and_watchfiles():
    told = subprocess.run(
        [sys.executable, "-c", "import sys; had = {*sys.modules}; import game_server.shipper.main; print(*{*sys.modules} - had)"],
        cwd=CHECKOUT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    packages = {module.partition(".")[0] for module in told.stdout.split()} - set(sys.stdlib_module_names)
    brought_by_httpx = {"httpcore", "h11", "anyio", "certifi", "idna", "sniffio", "typing_extensions"}
    taken_by_httpx_where_they_are = {"click", "rich", "pygments"}
    allowed = {"game_server", "httpx", "watchfiles"} | brought_by_httpx | taken_by_httpx_where_they_are

    assert {name for name in packages if not name.startswith("_")} <= allowed
