"""Files of older scripts: how long a season of them takes to import, and how long one waits for its answer at the door."""

import http.client
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import floor, season, stats_files
from bench.figures import Figure, Target, percentile
from bench.ground import Ground
from bench.reports import server_id
from bench.service import CHECKOUT, door

MATCHES, QUICK_MATCHES = 1_500, 100
_SEASON, _IMPORTED_WITHIN_SECONDS = "season", 60
_FLOOR_SECONDS = 3
_PLAYERS, _PER_SECOND, _ANSWERED_WITHIN_MS = 24, 20, 30


def files(ground: Ground) -> list[Figure]:
    """An import into an empty database by the operators' command, and uploads one after the other."""
    return [_import(ground, int(ground.either(QUICK_MATCHES, MATCHES))), *_uploads(ground, int(ground.either(5, 30)))]


def _import(ground: Ground, matches: int) -> Figure:
    """The floor is the loop on one connection: as many rounds, ready as rows."""
    with ground.fresh_database() as url:
        by_hand = floor.write(ground.by_hand(url, _FLOOR_SECONDS, connections=1))
    ground.databases.create(_SEASON)
    with TemporaryDirectory(prefix="roundwire-") as folder:
        for name, content in season.files(matches):
            (Path(folder) / name).write_bytes(content)
        began = time.monotonic()
        _run_import(folder, ground.databases.url(_SEASON))
        seconds = time.monotonic() - began
    return Figure(
        f"import of {2 * matches:,} rounds, {4 * matches:,} files",
        seconds,
        "s",
        2 * matches / by_hand.per_second,
        Target(_IMPORTED_WITHIN_SECONDS) if matches == MATCHES else None,
        f"stats and endstats files of {season.PLAYERS} players, the process's start included",
    )


def _run_import(folder: str, database_url: str) -> None:
    command = [sys.executable, "-m", "ingest_api.cli.main", "import", folder, "--server", server_id(0), "--apply"]
    environment = {"DATABASE_URL": database_url, "ROUNDWIRE_DATA": folder + ".data", "PATH": "/usr/bin:/bin"}
    subprocess.run(command, cwd=CHECKOUT, env=environment, check=True, capture_output=True)


def _uploads(ground: Ground, seconds: int) -> list[Figure]:
    with ground.fresh_database() as url:
        by_hand = floor.write(ground.by_hand(url, _FLOOR_SECONDS, connections=1)).latencies_ms
    with ground.fresh_database() as url, door(url) as service:
        waited_ms = _upload(service.port, ground.tokens[server_id(0)], seconds)
    return [
        Figure(
            f"PUT of a stats file, {_PLAYERS} players, at {_PER_SECOND}/s, p{percent}",
            percentile(waited_ms, percent),
            "ms",
            percentile(by_hand, percent),
            target,
        )
        for percent, target in ((50, None), (99, Target(_ANSWERED_WITHIN_MS)))
    ]


def _upload(port: int, token: str, seconds: int) -> list[float]:
    """Milliseconds from when each file was due to its answer; the first second warms up and does not count."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    waited_ms = []
    began = time.monotonic()
    for index in range((seconds + 1) * _PER_SECOND):
        r1, _ = stats_files.match(index, _PLAYERS)
        name = f"2025-{1 + index // 600:02d}-{1 + index // 24 % 25:02d}-{index % 24:02d}0000-etl_frostbite-round-1.txt"
        due = began + index / _PER_SECOND
        time.sleep(max(0.0, due - time.monotonic()))
        connection.request("PUT", f"/v1/files/{name}", r1, {"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.HTTPStatus.CREATED:
            raise RuntimeError(f"{name} was answered {answer.status}")
        waited_ms.append((time.monotonic() - due) * 1000)
    return waited_ms[_PER_SECOND:]
