"""Very many files, and very large ones."""

import os
import pty
import subprocess
import sys
import time

from tests.contract.shipper.world import CHECKOUT, round_file

FIRST = round_file(1)


def test_five_thousand_files_are_shipped_each_once(world):
    names = [round_file(number) for number in range(5_000)]
    for number, name in enumerate(names):
        world.write(name, b"line\n" * (number % 200 + 1), age_seconds=6_000 - number)
    done = world.command("--once")

    assert done.returncode == 0
    assert world.door.names == names
    events = [line.split()[1] for line in done.stderr.splitlines()]
    assert events[0] == "backlog"
    assert events[-1] == "worked_off"
    assert set(events[1:-1]) <= {"progress"}
    assert "files=5000 of=5000" in done.stderr.splitlines()[-1]


def test_at_a_terminal_the_progress_of_a_backlog_moves(world):
    for number in range(40):
        world.write(round_file(number))
    world.door.choose = lambda _upload: time.sleep(0.02)
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "game_server.shipper", "--settings", str(world.settings_file), "--once"],
        cwd=CHECKOUT, stderr=theirs, check=False, timeout=60,
    )  # fmt: skip
    said = os.read(ours, 65_536).decode()
    os.close(ours)
    os.close(theirs)

    assert done.returncode == 0
    assert " of 40 files, " in said
    assert " s left\r" in said


def test_a_large_file_costs_little_memory(world):
    with (world.folder / FIRST).open("wb") as file:
        file.truncate(256 * 1024 * 1024)
    world.configure(max_file_mib="256")
    measure = (
        "import resource; from game_server.shipper.main import main\n"
        "used = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        f"before = used(); status = main(['--once', '--settings', {str(world.settings_file)!r}])\n"
        "print(status, (used() - before) // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", measure], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    status, mib = map(int, done.stdout.split())

    assert status == 0
    assert mib < 16
