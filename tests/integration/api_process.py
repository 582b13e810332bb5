"""The API as a process of its own on a free port: for what only a process shows, its memory and how it ends."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, Popen

import httpx
from sqlalchemy import Engine

from ingest_api.services.servers import add_server
from tests.e2e.service_process import CHECKOUT, free_port
from tests.integration.ingesting import NOON

PATIENCE_SECONDS = 60


@contextmanager
def api_process(engine: Engine, database_url: str, data: Path) -> Iterator[tuple[Popen[bytes], int, str]]:
    """The process once it answers, its port, and the token of `srv1`. Killed afterwards, if it still lives."""
    with engine.begin() as connection:
        token = add_server(connection, "srv1", now=NOON)
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url,
        "ROUNDWIRE_PORT": str(port),
        "ROUNDWIRE_DATA": str(data),
    }
    process = Popen([sys.executable, "-m", "ingest_api.main"], cwd=CHECKOUT, env=environment, stderr=DEVNULL)
    try:
        _wait_until_it_answers(process, port)
        yield process, port, token
    finally:
        process.kill()
        process.wait()


def _wait_until_it_answers(process: Popen[bytes], port: int) -> None:
    patience_ends = time.monotonic() + PATIENCE_SECONDS
    while True:
        assert process.poll() is None, "the API ended before it began"
        assert time.monotonic() < patience_ends, "the API does not answer"
        try:
            httpx.get(f"http://127.0.0.1:{port}/livez")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
