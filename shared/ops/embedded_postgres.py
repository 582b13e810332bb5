"""A Postgres of our own in the data folder: set up, started, watched, stopped; no engine or service has to be installed.

It listens on a Unix socket only (unless a TCP port is asked for), asks for a random password, serves one data folder to one
process, and dies with that process. What a crash leaves behind is cleared away or recovered from at the next start.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from urllib.parse import quote

from shared.ops.child_process import start_child
from shared.ops.data_folder import FolderLock, make_data_folder, write_private
from shared.ops.postgres_cluster import (
    DATABASE,
    ROLE,
    SETTINGS,
    UNSAFE_BUT_FAST,
    clear_leftovers,
    set_up,
    wait_until_ready,
)
from shared.ops.postgres_place import CLEAN_ENVIRONMENT, Place, find_place, own

URL_FILE = "postgres-url"
SHORT_SOCKET_FOLDER = "postgres-socket-folder"
DEFAULT_PORT = 5432  # names the socket even where nothing listens on TCP
LONGEST_SOCKET_PATH = 107  # bytes of sockaddr_un, its closing zero aside
_STOP_SECONDS = 30
_LARGEST_LOG_BYTES = 10 * 1024 * 1024


class Shutdown(StrEnum):
    """How Postgres is asked to stop: break connections off and write everything (`FAST`), or as in a crash (`IMMEDIATE`)."""

    FAST = "fast"
    IMMEDIATE = "immediate"


class EmbeddedPostgres:
    """A running Postgres on one data folder. `start` makes it, leaving its `with` block or `stop` ends it.

    `url` is a `postgresql://` address for psycopg; `log` is the server's log file. The thread that starts it must live as
    long as the server should: the kernel stops the server when that thread ends.
    """

    def __init__(self, data: Path, *, durable: bool, tcp_port: int | None) -> None:
        self._lock = FolderLock(data)
        self._home_lock: FolderLock | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._durable = durable
        self._tcp_port = tcp_port
        self.data = data
        self.log = data / "postgres.log"

    @classmethod
    def start(cls, data: Path, *, durable: bool = True, tcp_port: int | None = None) -> Self:
        """Start the Postgres of this data folder, set up first when there is none; returns when it takes connections.

        `durable=False` is for tests: nothing is forced to disk. `tcp_port` adds 127.0.0.1. Raises StartError.
        """
        postgres = cls(make_data_folder(data), durable=durable, tcp_port=tcp_port)
        try:
            postgres._prepare()
            postgres.restart()
            write_private(postgres.data / URL_FILE, f"{postgres.url}\n")
        except BaseException:
            postgres.stop(Shutdown.IMMEDIATE)
            raise
        return postgres

    @property
    def cluster(self) -> Path:
        """The folder that Postgres keeps the database in: in the data folder, or elsewhere where it must be."""
        return self._place.cluster

    def is_running(self) -> bool:
        """Is the server process alive?"""
        return self._server is not None and self._server.poll() is None

    def restart(self) -> None:
        """Start the server, again after a crash, at the same `url`; returns when it takes connections. Raises StartError."""
        clear_leftovers(self._place.cluster)
        with contextlib.suppress(FileNotFoundError):
            for leftover in self._socket_folder.iterdir():
                leftover.unlink()
        with _open_log(self.log) as log:
            log_start = log.tell()
            self._server = start_child(
                self._command(),
                env=CLEAN_ENVIRONMENT,
                output=log,
                cwd=self._place.cluster,
                account=self._place.account,
                death_signal=signal.SIGINT,
            )
        wait_until_ready(self._server, self._place.cluster, self.log, log_start)

    def quit(self) -> None:
        """Let the server break off where it is, as after `pg_ctl stop -m immediate`; `restart` recovers it."""
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)

    def stop(self, mode: Shutdown = Shutdown.FAST) -> None:
        """Stop the server and give the folder free. Stopping twice is harmless."""
        if self._server is not None:
            _stop(self._server, mode)
            (self.data / URL_FILE).unlink(missing_ok=True)
            self._forget_short_socket_folder()
        for lock in (self._home_lock, self._lock):
            if lock is not None:
                lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _prepare(self) -> None:
        self._place = find_place(self.data)
        if self._place.home is not None:
            self._home_lock = FolderLock(self._place.home)  # two copies of a data folder name the same home
        password = set_up(self._place, durable=self._durable)
        self._socket_folder = _socket_folder(self._place, self._port)
        self.url = (
            f"postgresql://{ROLE}:{password}@/{DATABASE}?host={quote(str(self._socket_folder))}&port={self._port}"
        )

    def _forget_short_socket_folder(self) -> None:
        if self._socket_folder.parent != self._place.cluster.parent:
            shutil.rmtree(self._socket_folder, ignore_errors=True)
            (self.data / SHORT_SOCKET_FOLDER).unlink(missing_ok=True)

    @property
    def _port(self) -> int:
        return self._tcp_port or DEFAULT_PORT

    def _command(self) -> list[str | Path]:
        settings = {
            **SETTINGS,
            **({} if self._durable else UNSAFE_BUT_FAST),
            "listen_addresses": "127.0.0.1" if self._tcp_port else "",
            "port": str(self._port),
            "unix_socket_directories": f'"{self._socket_folder}"',
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [self._place.programs / "postgres", "-D", self._place.cluster, *options]


def _stop(server: subprocess.Popen[bytes], mode: Shutdown) -> None:
    for stop_signal in (signal.SIGINT if mode is Shutdown.FAST else signal.SIGQUIT, signal.SIGQUIT):
        server.send_signal(stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(_STOP_SECONDS)
            return
    server.kill()
    server.wait()


def _open_log(log: Path) -> BinaryIO:
    """Open the log for more, for its owner's eyes; a large one is set aside first."""
    if log.exists() and log.stat().st_size > _LARGEST_LOG_BYTES:
        log.replace(log.with_name(f"{log.name}.old"))
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600), "ab")


def _socket_folder(place: Place, port: int) -> Path:
    """A private folder for the socket: beside the cluster, or in /tmp when the socket's path would be too long or libpq
    would read its comma as a list. The one in /tmp is remembered, so that a crash leaves no second one behind.
    """
    folder = place.cluster.with_name("socket")
    socket = str(folder / f".s.PGSQL.{port}")
    if len(os.fsencode(socket)) > LONGEST_SOCKET_PATH or "," in socket or '"' in socket:
        reminder = place.data / SHORT_SOCKET_FOLDER
        remembered = Path(reminder.read_text(encoding="utf-8").strip()) if reminder.exists() else None
        if remembered is not None and remembered.is_dir() and remembered.stat().st_uid == place.owner_uid:
            return remembered
        folder = Path(tempfile.mkdtemp(prefix="roundwire-", dir="/tmp"))
        write_private(reminder, f"{folder}\n")
    folder.mkdir(mode=0o700, exist_ok=True)
    own(folder, place.account)
    return folder
