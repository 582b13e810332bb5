"""The processes under measurement, started as an operator starts them: the door alone, or the whole service and a Discord."""

import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory

from shared.ops.child_process import start_child
from tests.fakes.discord_api.state import CHANNEL_ID, TOKEN

CHECKOUT = Path(__file__).parents[1]
_READY_SECONDS = 60
_STOP_SECONDS = 30
_OUT_OF_THE_WAY = dict.fromkeys(
    ("ROUNDWIRE_ROUNDS_PER_MINUTE", "ROUNDWIRE_ROUNDS_BURST", "ROUNDWIRE_READS_PER_MINUTE"), "1000000"
)


@dataclass(frozen=True, slots=True)
class Service:
    """A running service. `pid`: of the process that started the others, or of the only one."""

    port: int
    pid: int


@contextmanager
def door(database_url: str) -> Iterator[Service]:
    """The API process alone: nobody else asks the machine for anything."""
    port = free_port()
    with TemporaryDirectory(prefix="roundwire-") as data:
        settings = {"DATABASE_URL": database_url, "ROUNDWIRE_PORT": str(port), "ROUNDWIRE_DATA": data}
        with _running(["-m", "ingest_api.main"], {**settings, **_OUT_OF_THE_WAY}) as process:
            _wait_until_ready(process, port, "/readyz")
            yield Service(port, process.pid)


@contextmanager
def worker(database_url: str, data_folder: str) -> Iterator[int]:
    """The worker process alone; answers its process id."""
    settings = {"DATABASE_URL": database_url, "ROUNDWIRE_DATA": data_folder}
    with _running(["-m", "ingest_api.worker"], settings) as process:
        yield process.pid


@contextmanager
def whole_service(database_url: str, discord_port: int) -> Iterator[Service]:
    """Supervisor, API, worker and presenter; the presenter posts to the stand-in for Discord."""
    port = free_port()
    discord = {
        "DISCORD_API_BASE": f"http://127.0.0.1:{discord_port}/api",
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_CHANNEL_ID": str(CHANNEL_ID),
    }
    with TemporaryDirectory(prefix="roundwire-") as data:
        settings = {"DATABASE_URL": database_url, "ROUNDWIRE_PORT": str(port), "ROUNDWIRE_DATA": data, "DEMO": "0"}
        with _running(["-m", "ingest_api.cli.main", "run"], {**settings, **discord, **_OUT_OF_THE_WAY}) as process:
            _wait_until_ready(process, port, "/readyz")
            yield Service(port, process.pid)


@contextmanager
def discord_stand_in() -> Iterator[int]:
    """A Discord of our own in a process of its own; answers its port."""
    port = free_port()
    with _running(["-m", "tests.fakes.discord_api", "--port", str(port)], {}) as process:
        _wait_until_ready(process, port, "/_messages")
        yield port


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def _running(arguments: Sequence[str], environment: Mapping[str, str]) -> Iterator[Popen[bytes]]:
    """A Python process of the checkout, told to stop at the end. Its words go nowhere, as into a journal nobody reads."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        process = start_child(
            [sys.executable, *arguments],
            env={"PATH": os.environ["PATH"], **environment},
            output=nowhere,
            cwd=CHECKOUT,
        )
    finally:
        os.close(nowhere)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_STOP_SECONDS)


def _wait_until_ready(process: Popen[bytes], port: int, path: str) -> None:
    patience_ends = time.monotonic() + _READY_SECONDS
    while not _answers(port, path):
        if process.poll() is not None or time.monotonic() > patience_ends:
            raise RuntimeError(f"{process.args!r} does not answer at {path} of port {port}")
        time.sleep(0.05)


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
