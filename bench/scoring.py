"""How long it takes to work out anew who won a very long evening: forty maps of twelve players, read, scored and written."""

import gc
import http.client
import time
from datetime import UTC

from sqlalchemy import Engine

from bench.databases import databases
from bench.figures import Figure, Target, median, percentile
from bench.reports import ROUND_EVERY_SECONDS, SERVERS, Reports, server_id
from bench.service import door
from ingest_api.services.assign_sessions import SessionAssignment
from ingest_api.services.score_sessions import score_stored_session, work_out
from shared.db.engine import open_engine
from shared.db.scores import Scores
from shared.ops.clock import utc_now

MAPS = 40
_ROUNDS = 2 * MAPS
_SERVER = 0
_DATABASE = "evening"
_BEFORE_NOW_SECONDS = 2 * 86_400
_ONLY_SESSION = 1


def scoring(*, is_quick: bool) -> list[Figure]:
    """The whole of it as the worker does it, and of that the reading and the rule alone."""
    times = 20 if is_quick else 200
    with databases() as server:
        tokens = server.create(_DATABASE)
        with door(server.url(_DATABASE)) as service:
            _play(service.port, tokens[server_id(_SERVER)])
        server.tidy(_DATABASE)
        engine = open_engine(server.url(_DATABASE), "bench")
        SessionAssignment(engine, UTC).assign(utc_now())
        gc.freeze()  # as the worker does
        whole_ms = [_whole_ms(engine) for _ in range(times)]
        alone_ms = [_alone_ms(engine) for _ in range(times)]
        engine.dispose()
    return [
        Figure(
            f"score of {MAPS} maps worked out anew, p50",
            median(whole_ms),
            "ms",
            median(alone_ms),
            note="floor: read and scored, not written",
        ),
        Figure(
            f"score of {MAPS} maps worked out anew, p99",
            percentile(whole_ms, 99),
            "ms",
            percentile(alone_ms, 99),
            Target(50),
        ),
    ]


def _play(port: int, token: str) -> None:
    """An evening on one server, round after round."""
    reports = Reports(int(utc_now().timestamp()) - _BEFORE_NOW_SECONDS - _ROUNDS * ROUND_EVERY_SECONDS)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for number in range(_ROUNDS):
        body = reports.body(_SERVER + number * SERVERS)
        connection.request("POST", "/v1/rounds", body, {"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.HTTPStatus.CREATED:
            raise RuntimeError(f"report {number} was answered {answer.status}")
    connection.close()


def _whole_ms(engine: Engine) -> float:
    with engine.begin() as connection:
        Scores(connection).note(_ONLY_SESSION)
    began = time.perf_counter()
    if not score_stored_session(engine, _ONLY_SESSION, utc_now()):
        raise RuntimeError("the evening could not be scored")
    return (time.perf_counter() - began) * 1000


def _alone_ms(engine: Engine) -> float:
    began = time.perf_counter()
    with engine.connect() as connection:
        score, _labels, _result = work_out(Scores(connection).grounds(_ONLY_SESSION))
    if len(score.counted) != MAPS:
        raise RuntimeError(f"{len(score.counted)} of {MAPS} maps counted")
    return (time.perf_counter() - began) * 1000
