"""Files that somebody named are fetched from their game server and taken like any other delivery."""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ingest_api.services.arrival import Arrival, RateLimits
from ingest_api.services.evidence import LARGEST_FILE_BYTES
from ingest_api.services.fetch_settings import FetchSettings, FetchSettingsWrong, read_settings, settings_files
from ingest_api.services.judging import Rules
from ingest_api.services.receive import receive
from ingest_api.services.sftp import NotFetched, connected, fetch
from ingest_api.services.wanted_files import Wanted, WantedFiles
from shared.db.servers import Admitted
from shared.domain.errors import Refused
from shared.ops.clock import utc_now

log = structlog.get_logger()
TICK_SECONDS = 1.0
_HOPELESS = frozenset({"too_large"})
_AS_MANY_AS_ARE_NAMED = 1_000_000


class FileFetcher:
    """Fetches what is due, each time it is asked to. `folder`: the data folder, where the settings lie."""

    def __init__(self, engine: Engine, rules: Rules, folder: Path) -> None:
        self._engine = engine
        self._rules = rules
        self._folder = folder
        self._limits = RateLimits(_AS_MANY_AS_ARE_NAMED, _AS_MANY_AS_ARE_NAMED)
        self._wanted = WantedFiles()
        self._problems: dict[str, tuple[str, ...]] = {}

    def run(self, stop: threading.Event) -> None:
        """Fetch until `stop`; whatever goes wrong is tried again."""
        while not stop.wait(TICK_SECONDS):
            try:
                self.fetch_due(utc_now())
            except (DBAPIError, PoolTimeout):
                log.warning("fetching_waits_for_the_database")
            except Exception:  # a look that fails must not end all fetching
                log.exception("fetching_failed")

    def fetch_due(self, now: datetime) -> int:
        """Make every attempt that is due; returns how many files were taken."""
        files = settings_files(self._folder)
        if not files:
            return 0
        with self._engine.connect() as connection:
            self._wanted.look(connection, list(files), now)
            due = self._wanted.due(connection, now)
        ways = {server_id: way for server_id in due if (way := self._way(server_id, files[server_id])) is not None}
        return asyncio.run(self._fetch_all(ways, due, now)) if ways else 0

    def _way(self, server_id: str, file: Path) -> FetchSettings | None:
        """The settings as they are now; what is wrong with them is told once. Until it is put right no attempt is lost."""
        try:
            way = read_settings(file)
        except FetchSettingsWrong as wrong:
            problems = wrong.problems
        else:
            self._problems.pop(server_id, None)
            return way
        if self._problems.get(server_id) != problems:
            self._problems[server_id] = problems
            log.error("fetch_settings_wrong", server_id=server_id, problems=problems)
        return None

    async def _fetch_all(
        self, ways: Mapping[str, FetchSettings], due: Mapping[str, Sequence[Wanted]], now: datetime
    ) -> int:
        """All servers at once, so that none waits for one that does not answer."""
        counts = await asyncio.gather(*(self._fetch_from(way, due[server_id], now) for server_id, way in ways.items()))
        return sum(counts)

    async def _fetch_from(self, way: FetchSettings, due: Sequence[Wanted], now: datetime) -> int:
        taken = 0
        waiting = list(due)
        try:
            async with connected(way) as client:
                while waiting:
                    try:
                        body = await fetch(client, f"{way.path}/{waiting[0].name}", LARGEST_FILE_BYTES)
                        await asyncio.to_thread(self._take, waiting[0], body)
                        taken += 1
                    except NotFetched as problem:
                        self._note_failure(waiting[0], problem, now)
                    del waiting[0]
        except NotFetched as problem:
            for wanted in waiting:
                self._note_failure(wanted, problem, now)
        return taken

    def _take(self, wanted: Wanted, body: bytes) -> None:
        arrival = Arrival(
            token=Admitted(wanted.server_id),
            kind=wanted.kind,
            filename=wanted.name,
            body=body,
            headers={},
            remote_hash=None,
            received_at=utc_now(),
        )
        try:
            outcome = receive(self._engine, arrival, self._rules, self._limits).outcome
        except Refused as refusal:
            outcome = refusal.outcome
        self._wanted.note_end(wanted)
        log.info("file_fetched", server_id=wanted.server_id, filename=wanted.name, outcome=outcome)

    def _note_failure(self, wanted: Wanted, problem: NotFetched, now: datetime) -> None:
        is_last = self._wanted.note_failure(wanted, now)
        if problem.code in _HOPELESS:
            self._wanted.note_end(wanted)
        log.warning(
            "file_not_fetched",
            server_id=wanted.server_id,
            filename=wanted.name,
            code=problem.code,
            reason=str(problem),
            given_up=is_last or problem.code in _HOPELESS,
        )
