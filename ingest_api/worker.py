"""The worker process: finishes what the door could not, once a second, and is the only one of its kind."""

import gc
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, tzinfo
from pathlib import Path
from types import FrameType

import structlog
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from ingest_api.services.assign_sessions import SessionAssignment
from ingest_api.services.audit_times import DailyAudit
from ingest_api.services.complete_matches import tell_completeness
from ingest_api.services.draining import HANDS, Drainer
from ingest_api.services.fetch_files import FileFetcher
from ingest_api.services.gather_names import NameGathering
from ingest_api.services.judge_again import judge_due_events, settle_published_events
from ingest_api.services.judging import Rules
from ingest_api.services.learn_maps import MapLearning
from ingest_api.services.score_sessions import ScoreKeeping
from shared.db import migrate
from shared.db.engine import open_engine
from shared.ops import log as logging_setup
from shared.ops.clock import utc_now
from shared.ops.errors import SettingsError
from shared.ops.settings import read_process_settings, refuse_to_start

log = structlog.get_logger()
TICK_SECONDS = 1.0
_DATABASE_CONNECTIONS = 3 + HANDS  # the lock's, two of the fetching, and the judging's or those of the draining
# Sessions and scores are nobody's hurry: when very many rounds come, they take a tenth of the time, and next to nothing of it
# as long as rounds wait in the spool.
_REST_PER_WORK, _REST_PER_WORK_WHEN_BEHIND = 9, 49
_LONGEST_GOODBYE_SECONDS = 2.0  # a file half fetched is fetched again
_ONLY_ONE = 7_268_401_932
_LONGEST_PAUSE_SECONDS = 5.0  # what was spooled waits for us
PREDECESSOR_PATIENCE_SECONDS = 60.0  # until Postgres sees that a worker, or our own cut connection, is no more


def main() -> int:
    """Work until SIGTERM or SIGINT: 0; 78 when the settings or the schema are wrong, or another worker is at it."""
    try:
        settings, database_url = read_process_settings()
    except SettingsError as error:
        return refuse_to_start(str(error))
    logging_setup.set_up("worker", settings.log_level)
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    engine = open_engine(database_url, "worker", pool_size=_DATABASE_CONNECTIONS)
    gc.freeze()  # what stands now stands for good: the collector need not walk it in the middle of a score
    gc.set_threshold(20_000, 20, 50)  # a round makes thousands of objects, and no cycle
    try:
        rules = Rules(autopost=settings.autopost, filler_maps=settings.filler_map_names)
        return run(engine, rules, stop, data_folder=settings.data, display_zone=settings.display_time_zone)
    finally:
        engine.dispose()


def run(
    engine: Engine,
    rules: Rules,
    stop: threading.Event,
    patience_seconds: float = PREDECESSOR_PATIENCE_SECONDS,
    data_folder: Path | None = None,
    display_zone: tzinfo = UTC,
) -> int:
    """Hold the lock of the one worker and work until `stop`: 0; 78 when another one keeps it for `patience_seconds`, or when
    the schema is older than this code.

    A database that goes away is waited for. `data_folder`: where the spool lies and the ways to the game servers' files are
    told, if anywhere.
    `display_zone`: where people look at the dates of sessions.
    """
    sessions = SessionAssignment(engine, display_zone)
    fetcher = None if data_folder is None else FileFetcher(engine, rules, data_folder)
    drainer = None if data_folder is None else Drainer(engine, rules, data_folder)
    pause_seconds = TICK_SECONDS
    while not stop.is_set():
        try:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as holder:
                if problem := migrate.problem(holder):
                    return refuse_to_start(problem)
                if not _take_lock_in_time(holder, stop, patience_seconds):
                    return 0 if stop.is_set() else refuse_to_start("Another worker is at work on this database.")
                pause_seconds = TICK_SECONDS
                log.info("worker_started")
                with _fetching_beside(fetcher):
                    _work(engine, holder, rules, sessions, drainer, stop)
        except DBAPIError:
            log.warning("database_unavailable", pause_seconds=pause_seconds, exc_info=True)
            stop.wait(pause_seconds)
            pause_seconds = min(pause_seconds * 2, _LONGEST_PAUSE_SECONDS)
    log.info("worker_stopped")
    return 0


def _work(
    engine: Engine,
    holder: Connection,
    rules: Rules,
    sessions: SessionAssignment,
    drainer: Drainer | None,
    stop: threading.Event,
) -> None:
    scores, maps = ScoreKeeping(engine), MapLearning(engine, rules)
    names = NameGathering(engine)
    audit = DailyAudit(engine)
    sessions.date_all_again()
    sessions_due = time.monotonic()
    while not stop.is_set():
        holder.execute(text("SELECT"))  # the lock lives as long as this connection: notice when it dies
        is_behind = drainer is not None and drainer.drain(utc_now())
        judge_due_events(engine, rules, utc_now())
        if (began := time.monotonic()) >= sessions_due:
            sessions.assign(utc_now())
            scores.keep(utc_now())
            names.gather(utc_now())
            rest = _REST_PER_WORK_WHEN_BEHIND if is_behind else _REST_PER_WORK
            sessions_due = time.monotonic() + rest * (time.monotonic() - began)
        if maps.learn_when_due(utc_now()):
            tell_completeness(engine, utc_now())
        audit.step(utc_now())
        settle_published_events(engine, utc_now())
        stop.wait(0 if is_behind else TICK_SECONDS)


@contextmanager
def _fetching_beside(fetcher: FileFetcher | None) -> Iterator[None]:
    """Fetch files in a thread of its own, while this is the one worker: a slow game server holds up nobody."""
    if fetcher is None:
        yield
        return
    stop_fetching = threading.Event()
    thread = threading.Thread(target=fetcher.run, args=(stop_fetching,), name="file-fetcher", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop_fetching.set()
        thread.join(_LONGEST_GOODBYE_SECONDS)


def _take_lock_in_time(holder: Connection, stop: threading.Event, patience_seconds: float) -> bool:
    """A refusal ends the whole service, so a lock that nobody may be behind any more is waited for first."""
    patience_ends = time.monotonic() + patience_seconds
    while not (is_ours := _take_lock(holder)) and time.monotonic() < patience_ends and not stop.wait(TICK_SECONDS):
        log.warning("another_worker_holds_the_lock")
    return is_ours


def _take_lock(holder: Connection) -> bool:
    return bool(holder.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ONLY_ONE}).scalar_one())


if __name__ == "__main__":
    sys.exit(main())
