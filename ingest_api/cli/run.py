"""`roundwire run`: the whole service under one roof, from an empty folder to the first card.

It takes the data folder, starts the embedded Postgres (unless DATABASE_URL names another), prepares the database, starts
API, worker and presenter, says where to look once the API is ready, and keeps it all running until told to end.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from socket import socket
from types import FrameType

from ingest_api.cli.demo_files import DEMO_SERVER, DemoFiles
from ingest_api.cli.preparing import PREPARE, Prepared, prepare, preparing_later
from ingest_api.cli.service_probe import is_ready
from ingest_api.cli.terminal import Terminal
from ingest_api.cli.welcome import local_url, welcome
from shared.ops.data_folder import FolderLock, make_data_folder
from shared.ops.embedded_postgres import EmbeddedPostgres
from shared.ops.errors import StartError
from shared.ops.listening import close_all, hand_down, open_listeners
from shared.ops.post import Pause
from shared.ops.service_note import RunningService, ServiceNote
from shared.ops.settings import Settings
from shared.ops.supervised import Program
from shared.ops.supervisor import SUPERVISOR, Supervisor

API = "api"
PROGRAMS = {API: "ingest_api.main", "worker": "ingest_api.worker", "presenter": "presenter_bot.main"}
REPLACE_SIGNAL = signal.SIGUSR1
READY_SECONDS = 60
_EAGER_SECONDS = 0.1
_FOR_THE_API_ALONE = "ROUNDWIRE_ADMIN_TOKEN"
_IDLE_SECONDS = 1.0


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """What it needs to know are settings, from the environment."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Run until Ctrl-C or SIGTERM: 0. Raises StartError for what keeps it from starting or from going on."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    terminal = Terminal(sys.stdout)
    try:
        with _ground(settings) as (listeners, url, postgres):
            environment = {name: value for name, value in os.environ.items() if name != _FOR_THE_API_ALONE}
            environment["DATABASE_URL"] = url
            prepared = prepare(environment)
            if prepared.away_because is not None and postgres is not None:
                raise StartError(prepared.away_because)
            with Supervisor(terminal.show) as supervisor, closing(ServiceNote(settings.data)) as note:
                service = _Service(settings, terminal, supervisor, postgres, environment, listeners, note)
                service.keep_running(prepared)
                terminal.say("\nStopping.")
            if supervisor.refusal is not None:
                raise StartError(supervisor.refusal.sentence.removeprefix("roundwire: "))
    except KeyboardInterrupt:
        terminal.say("\nStopping.")  # asked while starting
    terminal.say(f"Stopped; the data stays in {settings.data}.")
    return 0


@contextmanager
def _ground(settings: Settings) -> Iterator[tuple[list[socket], str, EmbeddedPostgres | None]]:
    """What the processes stand on: the sockets, the database's address, and its server if it is ours.

    The sockets are open from before the first process until after the last: nobody is refused in between. The data folder
    is ours alone meanwhile.
    """
    lock = FolderLock(make_data_folder(settings.data))
    listeners: list[socket] = []
    try:
        listeners = open_listeners(settings.host, settings.port)
        if settings.database_url is not None:
            yield listeners, settings.database_url, None
            return
        lock.release()  # the embedded one takes it
        with EmbeddedPostgres.start(settings.data) as postgres:
            yield listeners, postgres.url, postgres
    finally:
        close_all(listeners)
        lock.release()


class _Service:
    """The running whole: its processes, and Postgres if it is ours."""

    def __init__(
        self,
        settings: Settings,
        terminal: Terminal,
        supervisor: Supervisor,
        postgres: EmbeddedPostgres | None,
        environment: dict[str, str],
        listeners: Sequence[socket],
        note: ServiceNote,
    ) -> None:
        self._settings = settings
        self._terminal = terminal
        self._supervisor = supervisor
        self._postgres = postgres
        self._environment = environment
        self._listeners = listeners
        self._note = note
        self._has_all = self._is_database_away = self._must_replace_api = False
        self._postgres_pause = Pause()
        self._next_postgres_start = 0.0

    def keep_running(self, prepared: Prepared) -> None:
        """Start everything, greet when it is ready, play the demo if wanted, and return when told to end.

        What needs the database is started once that is prepared.
        """
        signal.signal(REPLACE_SIGNAL, self._note_replacement)
        self._start_api()
        if prepared.away_because is not None:
            told = f"{prepared.away_because} It is waited for; what comes meanwhile is kept in the spool."
            self._terminal.show(SUPERVISOR, told)
            self._supervisor.start(preparing_later(self._environment))
            self._is_database_away = True
        is_greeted, complains_at = False, time.monotonic() + READY_SECONDS
        while not self._supervisor.must_end:
            self._supervisor.step(_IDLE_SECONDS if is_greeted else _EAGER_SECONDS)
            self._start_the_others()
            self._keep_postgres_running()
            self._see_to_the_api()
            if not is_greeted and self._supervisor.is_ready(API) and is_ready(self._settings):
                is_greeted = True
                self._terminal.say(welcome(self._settings, self._postgres.cluster if self._postgres else None))
                if self._settings.demo and prepared.has_rounds is False:
                    self._play_demo()
            elif not is_greeted and time.monotonic() > complains_at:
                complains_at = float("inf")
                self._terminal.show(SUPERVISOR, f"not ready after {READY_SECONDS} s; the lines above may say why")

    def _start_api(self) -> None:
        environment = self._environment | self._of_the_api()
        inherits = [listener.fileno() for listener in self._listeners]
        argv = [sys.executable, "-m", PROGRAMS[API]]
        self._supervisor.start(Program(API, argv, environment, inherits=inherits, tells_when_ready=True))

    def _start_the_others(self) -> None:
        """Once, and not while the database is still to be prepared."""
        if self._has_all or (self._is_database_away and self._supervisor.pid(PREPARE) is not None):
            return
        self._has_all = True
        for name, module in PROGRAMS.items():
            if name != API:
                self._supervisor.start(Program(name, [sys.executable, "-m", module], self._environment))

    def _of_the_api(self) -> dict[str, str]:
        """What nobody else is told: the sockets, and the token of the operators, which nobody else asks for."""
        token = os.environ.get(_FOR_THE_API_ALONE)
        return hand_down(self._listeners) | ({} if token is None else {_FOR_THE_API_ALONE: token})

    def _see_to_the_api(self) -> None:
        """Replace it when asked to, and write down which process it is now."""
        if self._must_replace_api:
            self._must_replace_api = False
            self._supervisor.replace(API)
        api_pid, failed = self._supervisor.pid(API), self._supervisor.failed_successions(API)
        self._note.tell(RunningService(os.getpid(), api_pid, failed))

    def _note_replacement(self, _number: int, _frame: FrameType | None) -> None:
        self._must_replace_api = True

    def _keep_postgres_running(self) -> None:
        if self._postgres is None or self._postgres.is_running() or time.monotonic() < self._next_postgres_start:
            return
        self._terminal.show(SUPERVISOR, "postgres ended; it is started again")
        try:
            self._postgres.restart()
        except StartError as error:
            self._terminal.show(SUPERVISOR, str(error))
            self._next_postgres_start = time.monotonic() + self._postgres_pause.after(0)

    def _play_demo(self) -> None:
        files = DemoFiles(self._settings.data)
        player = [sys.executable, "-m", "game_server.stand_in.play", "--demo", "--url", local_url(self._settings)]
        whose = ["--server-id", DEMO_SERVER, "--token-file", str(files.token), "--home", str(files.home)]
        self._supervisor.start(Program("demo", [*player, *whose], self._environment, once=True))
