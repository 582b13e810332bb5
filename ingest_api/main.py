"""The API process: builds the application from the settings and serves it."""

import gc
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import anyio.to_thread
import structlog
from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError

from ingest_api.http import (
    audits,
    cross_origin,
    deliveries,
    diagnostics,
    errors,
    filename_triggers,
    files,
    health,
    hello,
    large_body,
    limits,
    methods,
    metrics,
    quarantine,
    reading,
    rounds,
    safe_answers,
    schemas,
    suite,
    webhooks,
)
from ingest_api.http.access import ADMINISTRATION, INGEST, PUBLIC, READING
from ingest_api.http.admin import ANSWERS as ADMIN_ANSWERS
from ingest_api.http.published_document import published_document
from ingest_api.http.server import serve
from ingest_api.http.state import AppState
from ingest_api.services.arrival import RateLimits
from ingest_api.services.judging import Rules
from ingest_api.services.reception import CONNECT_SECONDS, PATIENCE_SECONDS, Reception, open_reception
from ingest_api.web import pages
from shared.db import migrate
from shared.db.engine import open_engine
from shared.db.patience import be_patient
from shared.ops import log
from shared.ops.errors import SettingsError, StartError
from shared.ops.listening import inherited_listeners, open_listeners
from shared.ops.settings import Settings, read_process_settings, refuse_to_start

DATABASE_CONNECTIONS = 12
TRY_AGAIN = 1  # what is in the way may go away; whoever started us starts us again


def create_app(settings: Settings, database_url: str) -> FastAPI:
    """The application. Its threads are as many as its database connections, so nobody waits for one holding the other."""
    rules = Rules(autopost=settings.autopost, filler_maps=settings.filler_map_names)
    reception = open_reception(settings, database_url, rules, DATABASE_CONNECTIONS)
    engine = reception.engine
    app = FastAPI(
        title="Roundwire",
        version="1",
        lifespan=_lifespan(reception),
        openapi_url=None,  # a route of ours tells it, with the others
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},  # see /metrics
    )
    app.state.roundwire = AppState(
        settings=settings,
        engine=engine,
        rules=rules,
        reception=reception,
        limits=RateLimits(settings.rounds_per_minute, settings.rounds_burst, "rounds"),
        notice_limits=RateLimits(settings.notices_per_minute, settings.notices_per_minute, "notices"),
        file_limits=RateLimits(settings.files_per_minute, settings.files_per_minute, "files"),
        address_limits=limits.address_limits(settings),
        trusted_proxies=settings.believed_proxies,
    )
    errors.install(app)
    for door in (rounds, webhooks, files, filename_triggers, hello):
        app.include_router(door.router, dependencies=INGEST)
    suite.install(app, engine)
    for told_to_all in (schemas, health):
        app.include_router(told_to_all.router, dependencies=PUBLIC)
    reading.install(app)
    pages.install(app, engine, settings, READING)
    for behind_the_doors in (audits, deliveries, quarantine, diagnostics, metrics):
        app.include_router(behind_the_doors.router, dependencies=ADMINISTRATION, responses=ADMIN_ANSWERS)
    diagnostics.install(app)
    metrics.install(app, engine, reception.totals)
    large_body.install(app)
    limits.install(app)
    methods.install(app)
    cross_origin.install(app, settings)
    safe_answers.install(app)
    app.openapi = lambda: published_document(app)  # type: ignore[method-assign]
    return app


def _lifespan(reception: Reception) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = DATABASE_CONNECTIONS
        thresholds = gc.get_threshold()
        gc.freeze()  # what stands now stands for good: the collector need not walk it while rounds come in
        gc.set_threshold(20_000, 20, 50)  # a report makes thousands of objects, and no cycle
        reception.begin()
        yield
        reception.end()
        gc.set_threshold(*thresholds)
        gc.unfreeze()  # one process may hold many applications, one after another

    return lifespan


def main() -> int:
    """Serve until told to stop; 78 when the settings or the schema are wrong. A database that is away is waited for."""
    try:
        settings, database_url = read_process_settings()
    except SettingsError as error:
        return refuse_to_start(str(error))
    log.set_up("api", settings.log_level)
    try:
        problem = _schema_problem(database_url)
    except DBAPIError:
        problem = None
        structlog.get_logger().warning("started_without_database")
    if problem:
        return refuse_to_start(problem)
    try:
        listeners = inherited_listeners(os.environ) or open_listeners(settings.host, settings.port)
    except StartError as error:
        return refuse_to_start(str(error), TRY_AGAIN)
    serve(create_app(settings, database_url), listeners)
    return 0


def _schema_problem(database_url: str) -> str | None:
    engine = open_engine(database_url, "api", pool_size=1, connect_seconds=CONNECT_SECONDS)
    be_patient(engine, PATIENCE_SECONDS)
    try:
        with engine.connect() as connection:
            return migrate.problem(connection)
    finally:
        engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
