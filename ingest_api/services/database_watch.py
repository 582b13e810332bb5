"""Is the database there? Asked once a second, so that nobody at the door has to find out by waiting.

Each look also learns who may speak, and writes it down for the time when nobody can be asked.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import Engine

from ingest_api.services.health import UNREACHABLE
from shared.db import migrate
from shared.db.engine import open_engine
from shared.db.patience import be_patient
from shared.db.servers import Servers
from shared.domain.known_servers import KnownServers
from shared.ops.clock import utc_now
from shared.ops.errors import DataFolderUnusableError
from shared.ops.known_servers_file import KnownServersFile

log = structlog.get_logger()
LOOK_EVERY_SECONDS = 1.0
PROBE_PATIENCE_SECONDS = 2.0
_WRITE_AGAIN_AFTER = timedelta(hours=1)
_LONGEST_GOODBYE_SECONDS = 5.0


class SchemaDiffers(Exception):
    """The database answers, and its tables are older than this version's."""


@dataclass(slots=True)
class _Found:
    """What the last looks found. `away_since` None: the database was there."""

    away_since: datetime | None = None
    known: KnownServers | None = None
    written: KnownServers | None = None
    has_looked: bool = False
    is_given_up: bool = False


class DatabaseWatch:
    """Looks by itself between `start` and `stop`. Whoever asks it is never kept waiting."""

    def __init__(self, database_url: str, data_folder: Path, after_each_look: Callable[[datetime], None]) -> None:
        self._probe = open_engine(database_url, "watch", pool_size=1, connect_seconds=2)
        be_patient(self._probe, PROBE_PATIENCE_SECONDS)
        self._guarded: list[Engine] = []
        self._file = KnownServersFile(data_folder)
        self._after_each_look = after_each_look
        self._found = _Found()
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def guard(self, engine: Engine) -> None:
        """From now on nobody waits for new connections of this engine while the database is away."""
        self._guarded.append(engine)

    @property
    def is_away(self) -> bool:
        """Whether the last look found nobody, or the tables of another version; always, once it was given up."""
        return self._found.is_given_up or self._found.away_since is not None

    @property
    def away_since(self) -> datetime | None:
        """When a look found nobody first; None while the database is there."""
        return self._found.away_since

    def known_servers(self, now: datetime) -> KnownServers | None:
        """Who may speak as last known, of whichever process knew it last; None when nobody does, or not for a week."""
        on_disk, in_memory = self._file.read(), self._found.known
        known = max((one for one in (on_disk, in_memory) if one is not None), key=_known_at, default=None)
        return known if known is not None and known.are_believed(now) else None

    def give_up(self) -> None:
        """From now on the database counts as away, whatever it answers: there is no time left to wait for it."""
        self._found.is_given_up = True
        log.warning("database_given_up")

    def look_soon(self) -> None:
        """Something failed: look at once."""
        self._wake.set()

    def start(self) -> None:
        """Look from now on."""
        self._thread = threading.Thread(target=self._run, name="database-watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(_LONGEST_GOODBYE_SECONDS)
        self._probe.dispose()

    def look(self, now: datetime) -> None:
        """Look once."""
        try:
            known = self._ask(now)
        except (*UNREACHABLE, SchemaDiffers) as error:
            self._note_absence(now, error)
            return
        self._note_presence(known, now)

    def _ask(self, now: datetime) -> KnownServers:
        with self._probe.connect() as connection:
            if (self.is_away or not self._found.has_looked) and not migrate.is_served(migrate.current(connection)):
                raise SchemaDiffers
            return Servers(connection).known(now)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                now = utc_now()
                self.look(now)
                self._after_each_look(now)
            except Exception:  # a look that fails must not end all looking
                log.exception("database_watch_failed")
            self._wake.wait(LOOK_EVERY_SECONDS)
            self._wake.clear()

    def _note_absence(self, now: datetime, error: Exception) -> None:
        if self.is_away:
            return
        self._found.away_since = now
        for engine in self._guarded:
            engine.dispose()  # what is open leads nowhere; new ones are not tried
        log.error("database_away", error=type(getattr(error, "orig", None) or error).__name__)

    def _note_presence(self, known: KnownServers, now: datetime) -> None:
        if self._found.away_since is not None:
            log.info("database_back", away_seconds=(now - self._found.away_since).total_seconds())
        self._found.known, self._found.away_since, self._found.has_looked = known, None, True
        written = self._found.written
        if written and written.servers == known.servers and now - written.known_at < _WRITE_AGAIN_AFTER:
            return
        try:
            self._file.write(known)
            self._found.written = known
        except (OSError, DataFolderUnusableError) as error:
            log.warning("known_servers_not_written", reason=str(error))


def _known_at(known: KnownServers) -> datetime:
    return known.known_at
