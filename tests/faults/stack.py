"""The whole service as processes that may be killed at any moment: Postgres with fsync, API, worker, presenter."""

import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import Popen

from ingest_api.services.servers import add_server
from shared.db.migrate import upgrade
from shared.db.servers import Servers
from shared.ops.borrowed_postgres import SHORT, throwaway_postgres
from shared.ops.child_process import processes_in, start_child
from shared.ops.clock import utc_now
from shared.ops.embedded_postgres import EmbeddedPostgres
from shared.ops.known_servers_file import KnownServersFile
from tests.e2e.service_process import free_port
from tests.fakes.discord_api.server import FakeDiscord
from tests.fakes.discord_api.state import CHANNEL_ID, TOKEN
from tests.faults.stepped_clock import set_clock
from tests.faults.stored import Stored

CHECKOUT = Path(__file__).parents[2]
PROGRAMS = {"api": "ingest_api.main", "worker": "ingest_api.worker", "presenter": "presenter_bot.main"}
POSTGRES = "postgres"
VICTIMS = (*PROGRAMS, POSTGRES)
PATIENCE_SECONDS = 60.0
_POLL_SECONDS = 0.01
_LAST_BREATH_SECONDS = 2.0


class Stack:
    """The processes of one service. To be used from one thread only: the kernel ends them together with it.

    `accidents` names what ended although nobody killed it; `stored` is where to look for what was kept.
    """

    def __init__(
        self,
        postgres: EmbeddedPostgres,
        discord: FakeDiscord,
        logs: Path,
        data: Path | None = None,
        clock: Path | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.port = free_port()
        self.discord = discord
        self.accidents: list[str] = []
        self._postgres = postgres
        self._logs = logs
        self._data = data or logs / "data"
        self.stored = Stored(postgres.url, self._data)
        self._environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": postgres.url,
            "DISCORD_TOKEN": TOKEN,
            "DISCORD_CHANNEL_ID": str(CHANNEL_ID),
            "DISCORD_API_BASE": discord.api_base,
            "ROUNDWIRE_PORT": str(self.port),
            "ROUNDWIRE_DATA": str(self._data),
            "ROUNDWIRE_ROUNDS_PER_MINUTE": "1000000",
            "ROUNDWIRE_ROUNDS_BURST": "1000000",
            **(settings or {}),
        }
        self._processes: dict[str, Popen[bytes]] = {}
        self._clock = clock
        self.set_clock(0)

    def start(self) -> None:
        """Start everything; returns when the API is ready."""
        for name in PROGRAMS:
            self._start(name)
        self.wait_until(self._is_ready, "the API is ready")

    def kill(self, victim: str) -> None:
        """SIGKILL, without a word; for Postgres: to all its processes at once. Returns when it is dead, and stays so."""
        self._send(signal.SIGKILL, victim)
        if victim == POSTGRES:
            while self._postgres.is_running():
                time.sleep(_POLL_SECONDS)
        else:
            self._processes.pop(victim).wait()

    def start_again(self, victim: str) -> None:
        """What a supervisor does, without its pause."""
        if victim == POSTGRES:
            self._postgres.restart()
        else:
            self._start(victim)

    def process_id(self, name: str) -> int:
        """The process that is the API, the worker or the presenter now."""
        return self._processes[name].pid

    def hold(self, victim: str) -> None:
        """SIGSTOP; for Postgres: to all its processes."""
        self._send(signal.SIGSTOP, victim)

    def let_go(self, victim: str) -> None:
        """SIGCONT."""
        self._send(signal.SIGCONT, victim)

    def stop_database_at_once(self) -> None:
        """As `pg_ctl stop -m immediate`: it breaks off, and recovers when it is started again."""
        self._postgres.quit()
        while self._postgres.is_running():
            time.sleep(_POLL_SECONDS)

    def revive(self) -> None:
        """Start the database again if it has ended."""
        patience_ends = time.monotonic() + _LAST_BREATH_SECONDS
        while self._postgres.is_running() and time.monotonic() < patience_ends:
            self.tend(_POLL_SECONDS)
        if not self._postgres.is_running():
            self._postgres.restart()

    def set_clock(self, wrong_by_seconds: float) -> None:
        """By how much the clock of all processes is wrong from now on."""
        if self._clock is not None:
            set_clock(self._clock, wrong_by_seconds)

    def stop(self) -> None:
        """Kill everything but Postgres."""
        for process in self._processes.values():
            process.kill()
            process.wait()

    def wait_until(self, condition: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
        """Tend the processes until the condition holds. Raises TimeoutError."""
        patience_ends = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > patience_ends:
                raise TimeoutError(f"not within {seconds:.0f} s: {what}; accidents: {self.accidents}")
            self.tend(_POLL_SECONDS)

    def tend(self, seconds: float) -> None:
        """Let so much time pass; what ends by itself meanwhile is noted and started again."""
        patience_ends = time.monotonic() + seconds
        while (left := patience_ends - time.monotonic()) > 0:
            time.sleep(min(left, 0.05))
            for name, process in self._processes.items():
                if process.poll() is not None:
                    self.accidents.append(f"{name} ended with status {process.returncode}")
                    self._start(name)

    def register(self, server_id: str) -> str:
        """A game server's token, as `roundwire server add` gives it."""
        with self.stored.connect() as connection:
            token = add_server(connection, server_id, now=utc_now())
            KnownServersFile(self._data).write(Servers(connection).known(utc_now()))
        return token

    def _start(self, name: str) -> None:
        with (self._logs / f"{name}.log").open("ab") as log:
            stepped = [] if self._clock is None else ["tests.faults.stepped_clock", str(self._clock)]
            argv = [sys.executable, "-m", *stepped, PROGRAMS[name]]
            self._processes[name] = start_child(argv, env=self._environment, output=log, cwd=CHECKOUT)

    def _send(self, number: signal.Signals, victim: str) -> None:
        is_database = victim == POSTGRES
        hit = processes_in(self._postgres.cluster, "postgres") if is_database else [self._processes[victim].pid]
        for process_id in hit:
            with suppress(ProcessLookupError):
                os.kill(process_id, number)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False


@contextmanager
def running_stack(
    logs: Path, disk: Path | None = None, clock: Path | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[Stack]:
    """A service on a durable Postgres of its own and a Discord stand-in, running; each process writes `<name>.log`.

    `disk`: where database and data folder lie, else where there is room. `clock`: a file that says how wrong the clock is.
    `settings`: of all processes, by the names they have in the environment.
    """
    with throwaway_postgres(durable=True, under=disk or SHORT) as postgres, FakeDiscord() as discord:
        upgrade(postgres.url)
        data = None if disk is None else disk / "data"
        stack = Stack(postgres, discord, logs, data, clock, settings)
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()
