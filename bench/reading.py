"""How long people wait for what they look at, with few and with very many rounds stored: the same page over both."""

import http.client
import time
from collections.abc import Mapping
from datetime import UTC

from sqlalchemy import text

from bench import load
from bench.databases import Databases, databases
from bench.figures import Figure, Of, Target, median, percentile
from bench.fill import fill
from bench.reports import ROUND_EVERY_SECONDS, SERVERS
from bench.service import door
from ingest_api.services.assign_sessions import SessionAssignment
from ingest_api.services.score_sessions import ScoreKeeping
from shared.db.engine import open_engine
from shared.ops.clock import utc_now

ROUNDS_PER_EVENING = 24
_FEW, _MANY = "few", "many"
_MANY_ROUNDS = 100_000
_SENT_PER_SECOND = 96
_BEFORE_NOW_SECONDS = 2 * 86_400
_PATHS = {
    "sessions, first page": "/api/sessions",
    "a session of 24 rounds": "/api/sessions/1",
    "rounds, first page": "/api/rounds",
    "rounds of a map, first page": "/api/rounds?map=supply",
    "a leaderboard of 90 days": "/api/leaderboards/dpm",
    "the page of sessions": "/sessions",
    "the page of a session": "/sessions/1",
}
_TARGETED = "sessions, first page"


def reading(*, is_quick: bool) -> list[Figure]:
    """Every path in turns on a database with one evening of every server and on one with 100,000 rounds."""
    times = 50 if is_quick else 400
    with databases() as server:
        _play_an_evening(server)
        server.create_from(_FEW, _MANY)
        fill(server, _MANY, _MANY_ROUNDS)
        server.tidy(_FEW)
        with door(server.url(_FEW)) as few, door(server.url(_MANY)) as many:
            waited = {
                name: _waited_ms({_FEW: few.port, _MANY: many.port}, path, times) for name, path in _PATHS.items()
            }
    return [figure for name, of_path in waited.items() for figure in _figures(name, of_path)]


def _play_an_evening(server: Databases) -> None:
    """As many rounds of every server as people play in an evening, judged, put into sessions and scored."""
    tokens = server.create(_FEW)
    rounds = SERVERS * ROUNDS_PER_EVENING
    since_unix = int(utc_now().timestamp()) - _BEFORE_NOW_SECONDS - ROUNDS_PER_EVENING * ROUND_EVERY_SECONDS
    with door(server.url(_FEW)) as service:
        load.send(load.Job(service.port, tokens, since_unix, 0, rounds / _SENT_PER_SECOND, per_second=_SENT_PER_SECOND))
    engine = open_engine(server.url(_FEW), "bench")
    assignment, scores = SessionAssignment(engine, UTC), ScoreKeeping(engine)
    while assignment.assign(utc_now()):
        pass
    while scores.keep(utc_now()):
        pass
    engine.dispose()
    with server.transaction(_FEW) as connection:
        scored = connection.scalar(text("SELECT count(*) FROM session_results"))
    if scored != SERVERS:
        raise RuntimeError(f"{scored} of {SERVERS} sessions were scored")


def _waited_ms(ports: Mapping[str, int], path: str, times: int) -> dict[str, list[float]]:
    """One request after the other, in turns, on one connection each; the first few are not counted."""
    connections = {name: http.client.HTTPConnection("127.0.0.1", port, timeout=60) for name, port in ports.items()}
    waited: dict[str, list[float]] = {name: [] for name in ports}
    for turn in range(-5, times):
        for name, connection in connections.items():
            began = time.perf_counter()
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            if answer.status != http.HTTPStatus.OK:
                raise RuntimeError(f"{path} was answered {answer.status}")
            if turn >= 0:
                waited[name].append((time.perf_counter() - began) * 1000)
    for connection in connections.values():
        connection.close()
    return waited


def _figures(name: str, waited_ms: Mapping[str, list[float]]) -> list[Figure]:
    few, many = waited_ms[_FEW], waited_ms[_MANY]
    is_targeted = name == _TARGETED
    return [
        Figure(
            f"GET {name}, 100 k rounds, p50",
            median(many),
            "ms",
            median(few),
            Target(1.5, Of.RATIO) if is_targeted else None,
            note=f"floor: with {SERVERS * ROUNDS_PER_EVENING} rounds" if is_targeted else None,
        ),
        Figure(
            f"GET {name}, 100 k rounds, p99",
            percentile(many, 99),
            "ms",
            percentile(few, 99),
            Target(30) if is_targeted else None,
        ),
    ]
