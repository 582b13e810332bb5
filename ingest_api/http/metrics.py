"""`GET /metrics`: what Prometheus reads. Counts come from the database, durations and memory from this process."""

import time
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from prometheus_client import CollectorRegistry, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest_api.http.delivery_metrics import DeliveryCollector
from ingest_api.services.health import UNREACHABLE
from ingest_api.services.totals import DeliveryTotals
from shared.db.audits import Audits, Rows
from shared.db.counting import Counting, Counts
from shared.db.health import Vitals, vitals
from shared.domain.invariants import Invariant
from shared.ops.clock import utc_now

router = APIRouter(tags=["health"])
_BUCKETS_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_TEXT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The figures of this moment",
        "content": {
            "text/plain": {"schema": {"type": "string"}},
            "application/openmetrics-text": {"schema": {"type": "string"}},
        },
    }
}
_UNROUTED, _NOT_ANSWERED = "unrouted", "none"


class DatabaseCollector(Collector):
    """The database's part: counted at each scrape. While it cannot be asked, its metrics are absent, not 0."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="REPEATABLE READ")
        self._counting = Counting()

    def collect(self) -> Iterator[Metric]:
        """One snapshot of everything."""
        now = utc_now()
        try:
            with self._engine.connect() as connection:
                counts, figures = self._counting.read(connection), vitals(connection, now)
                breaches = Audits(connection).breaches_by_rule()
        except UNREACHABLE:
            yield GaugeMetricFamily("roundwire_database_up", "Whether the database answers", value=0)
            return
        yield GaugeMetricFamily("roundwire_database_up", "Whether the database answers", value=1)
        yield from _judgement(counts)
        yield from _ages(figures, now.timestamp())
        yield _breaches(breaches)

    def describe(self) -> Iterator[Metric]:
        """Nothing is asked of the database before the first scrape."""
        return iter(())


def _judgement(counts: Counts) -> Iterator[Metric]:
    states = GaugeMetricFamily("roundwire_round_events", "Round events by state", labels=["state"])
    for state, count in counts.event_states.items():
        states.add_metric([state], count)
    yield states
    publications = GaugeMetricFamily("roundwire_publications", "Publications by status", labels=["status"])
    for status, count in counts.publication_statuses.items():
        publications.add_metric([status], count)
    yield publications
    yield GaugeMetricFamily("roundwire_rounds", "Rounds stored", value=counts.rounds)


def _ages(figures: Vitals, now_unix: float) -> Iterator[Metric]:
    yield GaugeMetricFamily("roundwire_rounds_24h", "Rounds ended within 24 h", value=figures.rounds_24h)
    waits_since = figures.oldest_pending_at
    yield GaugeMetricFamily(
        "roundwire_publication_lag_seconds",
        "How long the oldest waiting publication has waited; 0 when none waits",
        value=0 if waits_since is None else max(0.0, now_unix - waits_since.timestamp()),
    )
    if figures.newest_round_end_unix is not None:
        yield GaugeMetricFamily(
            "roundwire_newest_round_age_seconds",
            "Since the newest round ended",
            value=max(0.0, now_unix - figures.newest_round_end_unix),
        )


def _breaches(by_rule: Rows) -> Metric:
    """Every rule, also those that nothing breaks: what is absent cannot raise an alarm."""
    broken = GaugeMetricFamily(
        "roundwire_timing_breaches", "Broken rules about the times of stored rounds", labels=["rule"]
    )
    counted = {row["rule"]: int(row["breaches"]) for row in by_rule}
    for rule in Invariant:
        broken.add_metric([rule], counted.get(rule, 0))
    return broken


class RequestTimer:
    """Times every request by method, route and answer. A route is its template, never an address that somebody made up."""

    def __init__(self, app: ASGIApp, durations: Histogram) -> None:
        self._app = app
        self._durations = durations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on and note how long its whole answer took."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), _NOT_ANSWERED

        async def remember_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, remember_status)
        except BaseException:
            status = "500"
            raise
        finally:
            labels = (_known_method(scope), _route_of(scope), status)
            self._durations.labels(*labels).observe(time.perf_counter() - began)


def _route_of(scope: Scope) -> str:
    path: Any = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else _UNROUTED


def _known_method(scope: Scope) -> str:
    method = str(scope["method"])
    return method if method in ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS") else "other"


def install(app: FastAPI, engine: Engine, totals: DeliveryTotals) -> None:
    """Give the application its registry and let every request be timed."""
    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    registry.register(DatabaseCollector(engine))
    registry.register(DeliveryCollector(totals))
    durations = Histogram(
        "roundwire_http_request_duration_seconds",
        "Requests by method, route and answer",
        ("method", "route", "status"),
        buckets=_BUCKETS_SECONDS,
        registry=registry,
    )
    app.add_middleware(RequestTimer, durations=durations)
    app.state.metrics = registry


def _registry(request: Request) -> CollectorRegistry:
    registry = request.app.state.metrics
    if not isinstance(registry, CollectorRegistry):
        raise TypeError("the application was built without its registry")
    return registry


@router.get("/metrics", response_class=Response, responses=_TEXT)
def metrics(request: Request, registry: Annotated[CollectorRegistry, Depends(_registry)]) -> Response:
    """Prometheus text (or OpenMetrics, when asked for)."""
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(registry), headers={"Cache-Control": "no-store", "Content-Type": content_type})
