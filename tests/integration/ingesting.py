"""What the door's tests stand on: the real service over HTTP on a real database, a registered server, short questions."""

import gzip
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine, text

from ingest_api.http.server import configuration
from ingest_api.main import create_app
from ingest_api.services.servers import add_server
from shared.domain.ingest_state import move
from shared.domain.vocabulary import EventState
from shared.ops.settings import Settings
from tests.factories import as_body

NOON = datetime(2026, 2, 4, 12, tzinfo=UTC)


@dataclass
class Door:
    """The service as a game server sees it. Every answer is the real one."""

    client: httpx.Client
    engine: Engine | None
    token: str
    data: Path

    def post(self, report: Any, *, token: str | None = None, **headers: str) -> Any:
        """POST one report, a dict or raw bytes, with the token of `srv1` or another."""
        body = report if isinstance(report, bytes) else as_body(report)
        known = {"Authorization": f"Bearer {self.token if token is None else token}"}
        return self.client.post("/v1/rounds", content=body, headers=known | headers)

    def post_gzip(self, report: Any) -> Any:
        """POST one report compressed."""
        return self.post(gzip.compress(as_body(report)), **{"Content-Encoding": "gzip"})

    def register(self, name: str) -> str:
        """A further server's token."""
        with self.engine.begin() as connection:
            return add_server(connection, name, now=NOON)

    def rows(self, statement: str, **parameters: Any) -> list[dict[str, Any]]:
        """What a question finds, as dictionaries."""
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(statement), parameters).mappings()]

    def row(self, statement: str, **parameters: Any) -> dict[str, Any]:
        """The one row a question finds."""
        (found,) = self.rows(statement, **parameters)
        return found

    def count(self, table: str) -> int:
        """How many rows a table has."""
        return int(self.row(f"SELECT count(*) AS n FROM {table}")["n"])

    def do(self, statement: str, **parameters: Any) -> None:
        """Change something by hand."""
        with self.engine.begin() as connection:
            connection.execute(text(statement), parameters)

    def round(self, answer: Any) -> dict[str, Any]:
        """The stored round an answer names."""
        return self.row("SELECT * FROM rounds WHERE id = :id", id=answer.json()["round_id"])

    def publication(self, answer: Any) -> dict[str, Any] | None:
        """The publication of the round an answer names."""
        statement = "SELECT * FROM publications WHERE kind = 'round_post' AND subject = :subject"
        found = self.rows(statement, subject=str(answer.json()["round_id"]))
        return found[0] if found else None

    def outcomes(self) -> dict[str, int]:
        """How often each outcome was counted."""
        found = self.rows("SELECT outcome, count(*) AS n FROM delivery_receipts GROUP BY outcome")
        return {row["outcome"]: row["n"] for row in found}

    def histories(self) -> list[list[str]]:
        """Every event's states in the order it went through them; fails on a move that is not lawful."""
        events: dict[int, list[str]] = {}
        for made in self.rows("SELECT * FROM round_event_moves ORDER BY id"):
            states = events.setdefault(made["event_id"], [])
            before = EventState(made["from_state"]) if made["from_state"] else None
            assert made["from_state"] == (states[-1] if states else None)
            move(before, EventState(made["to_state"]), made["reason"])
            states.append(made["to_state"])
        for event in self.rows("SELECT id, state FROM round_events"):
            assert events[event["id"]][-1] == event["state"]
        return list(events.values())


@contextmanager
def opened_door(engine: Engine | None, database_url: str, **settings: Any) -> Iterator[Door]:
    """The service on this database, with one game server `srv1` registered. Rates are out of the way unless set.

    `engine` None: nobody is registered, and the database need not be there.
    """
    token = ""
    if engine is not None:
        with engine.begin() as connection:
            token = add_server(connection, "srv1", now=NOON - timedelta(days=1))
    generous = {
        "rounds_per_minute": 60_000,
        "rounds_burst": 10_000,
        "notices_per_minute": 60_000,
        "files_per_minute": 60_000,
        "reads_per_minute": 60_000,
        "failures_per_minute": 60_000,
        "unknown_per_minute": 60_000,
    }
    with TemporaryDirectory(prefix="roundwire-") as data:
        folder = Path(settings.get("data", data))
        app = create_app(Settings(**generous | {"data": folder} | settings), database_url)
        with _served(app) as address, httpx.Client(base_url=address, timeout=30) as client:
            yield Door(client, engine, token, folder)


@contextmanager
def _served(app: FastAPI) -> Iterator[str]:
    """The application behind a real server on a free port of this machine; answers its address."""
    server = uvicorn.Server(configuration(app, port=0))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        time.sleep(0.005)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()
