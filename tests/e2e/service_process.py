"""The service as a newcomer runs it: one command in a process of its own, on a data folder and a port of its own."""

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60
IS_UP = "Roundwire is up."


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ServiceProcess:
    """`roundwire run` with these settings; its lines are kept in `lines`. Stopped on leaving its `with` block."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.port = int(settings.get("ROUNDWIRE_PORT") or free_port())
        environment = {
            "PATH": os.environ["PATH"],
            "ROUNDWIRE_DATA": str(data),
            "ROUNDWIRE_PORT": str(self.port),
            "DEMO": "0",
            **settings,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ingest_api.cli.main", "run"],
            cwd=CHECKOUT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._arriving: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.end(signal.SIGTERM)
        self._reader.join()
        self.process.stdout.close()

    def wait_for_line(self, part: str) -> str:
        """The first line from now on with this in it."""
        patience_ends = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < patience_ends:
            try:
                line = self._arriving.get(timeout=0.2)
            except queue.Empty:
                assert self.process.poll() is None or not self._arriving.empty(), "\n".join(self.lines)
                continue
            if part in line:
                return line
        raise AssertionError(f"no line with {part!r} in:\n" + "\n".join(self.lines))

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Ask it to stop; its exit status."""
        self.process.send_signal(number)
        return self.status()

    def status(self) -> int:
        """Its exit status, once it has one; all its lines are in `lines` then."""
        status = self.process.wait(PATIENCE_SECONDS)
        self._reader.join()
        return status

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            self._arriving.put(line.rstrip("\n"))
