"""A game server's folder, a service's door beside it, and the shipper between them, in this process or in one of its own."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from game_server.shipper.checkpoint import Checkpoint
from game_server.shipper.console import Console
from game_server.shipper.door import Door
from game_server.shipper.entry import Entry
from game_server.shipper.folders import Folder
from game_server.shipper.inspection import read_entries
from game_server.shipper.settings import Settings
from game_server.shipper.shipping import Shipping
from game_server.shipper.stopping import Stopping
from tests.fakes.file_door import TOKEN, FileDoor

CHECKOUT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "game_server.shipper"]
LONG_AGO_UNIX = 1_770_000_000


def round_file(number: int) -> str:
    """The name of a stats file; later numbers are later rounds."""
    return (
        f"2026-02-{1 + number // 2000:02}-{number // 60 % 24:02}{number % 60:02}{number // 1440:02}-supply-round-1.txt"
    )


class World:
    """`folder` is shipped to `door`; `said` holds the lines of runs in this process."""

    def __init__(self, root: Path, door: FileDoor) -> None:
        self.door = door
        self.folder = root / "gamestats"
        self.folder.mkdir()
        self.state_dir = root / "state"
        self.token_file = root / "token"
        self.token_file.write_text(f"{TOKEN}\n")
        self.settings_file = root / "roundwire-ship.cfg"
        self.said = ""
        self.configure()

    def configure(self, **changes: str) -> None:
        """Write the settings file, with these values changed or added."""
        values = {
            "url": self.door.url, "token_file": "token", "folder": "gamestats", "state_dir": "state",
            "settle_seconds": "1", "poll_seconds": "1", **changes,
        }  # fmt: skip
        self.settings_file.write_text("".join(f"{key} = {value}\n" for key, value in values.items()))

    def write(self, name: str, content: bytes = b"some words", age_seconds: float = 0.0) -> Path:
        """A finished file, older than those written before unless its age says otherwise."""
        path = self.folder / name
        path.write_bytes(content)
        moment = LONG_AGO_UNIX - age_seconds
        os.utime(path, (moment, moment))
        return path

    def ship_once(self, silence_seconds: float = 30.0, since_unix: float | None = None, **changes) -> bool:
        """One pass in this process over files that need not settle; whether everything was taken."""
        values = {"url": self.door.url, "settle_seconds": 0, **changes}
        settings = Settings(token_file=self.token_file, folders=(self.folder,), state_dir=self.state_dir, **values)
        folder, lines = Folder(self.folder, is_exclusive=True), io.StringIO()
        with Checkpoint(self.state_dir) as checkpoint, Door(settings.url, self.token_file, silence_seconds) as door:
            shipping = Shipping(settings, [folder], checkpoint, door, Console(lines), Stopping(), since_unix)
            try:
                return shipping.run_once()
            finally:
                folder.release()
                self.said += lines.getvalue()

    def entry(self, name: str) -> Entry | None:
        """What the checkpoint knows of a file."""
        return read_entries(self.state_dir).get(str(self.folder / name))

    def outcomes(self) -> dict[str, str]:
        """Outcome by file name, as the checkpoint has it."""
        return {Path(path).name: entry.outcome.value for path, entry in read_entries(self.state_dir).items()}

    def make_due(self) -> None:
        """Let the waits of all files be over."""
        with Checkpoint(self.state_dir) as checkpoint:
            checkpoint._database.execute("UPDATE files SET next_attempt_unix = NULL")
            checkpoint._database.commit()

    def command(self, *words: str, **options) -> subprocess.CompletedProcess:
        """One run of the command in a process of its own, to its end."""
        return subprocess.run(
            [*COMMAND, "--settings", str(self.settings_file), *words],
            cwd=CHECKOUT, capture_output=True, text=True, timeout=120, check=False, **options,
        )  # fmt: skip

    def start(self, *words: str, command: Sequence[str] = COMMAND) -> "Process":
        """The command in a process of its own, at work: its folders are held."""
        process = Process(
            [*command, "--settings", str(self.settings_file), *words], self.settings_file.with_suffix(".log")
        )
        until(lambda: " started " in process.lines)
        return process


class Process:
    """A shipper at work; killed, if need be, on leaving its `with` block."""

    def __init__(self, words: list[str], log: Path) -> None:
        self._log = log
        with log.open("wb") as stderr:
            self._process = subprocess.Popen(words, cwd=CHECKOUT, stderr=stderr)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self.end(signal.SIGKILL)

    @property
    def lines(self) -> str:
        """What it has said so far."""
        return self._log.read_text()

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def end(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end; the exit status."""
        self.send(number)
        return self._process.wait(60)


def until(truth: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for something that happens in another process or thread."""
    give_up = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < give_up, "did not happen in time"
        time.sleep(0.01)
