"""A database that does not answer must not hold up who can do without it: waiting for it is bounded, in sum and in advance."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import Engine, event

_T = TypeVar("_T")
_LEAST_SECONDS, _GRACE_SECONDS = 0.25, 1.0  # to put in order what has used up its patience: each wait, and all of them
_POLL_SECONDS = 0.1


class PatientConnection(psycopg.Connection[Any]):
    """A connection whose waiting for the server is counted off `seconds_left`; when nothing is left, it is closed.

    The limits the server knows of do not help when the server itself stands still.
    """

    seconds_left = float("inf")

    def wait(self, gen: PQGen[_T], interval: float = _POLL_SECONDS, timeout: float | None = None) -> _T:
        """Called by the driver for whatever it asks of the server."""
        if self.seconds_left == float("inf"):
            return super().wait(gen, interval, timeout)
        if self.seconds_left < -_GRACE_SECONDS:
            self.pgconn.finish()
            raise psycopg.OperationalError("the database was waited for too long")
        began = time.monotonic()
        patience_seconds = max(self.seconds_left, _LEAST_SECONDS)
        try:
            return super().wait(gen, interval, patience_seconds if timeout is None else min(timeout, patience_seconds))
        except psycopg.OperationalError:
            if time.monotonic() - began >= patience_seconds:
                self.pgconn.finish()  # nobody knows what it is at: it is good for nothing any more
            raise
        finally:
            self.seconds_left -= time.monotonic() - began


def be_patient(engine: Engine, seconds: float, is_away: Callable[[], bool] = lambda: False) -> None:
    """Let each use of a connection wait so long for the server, all its statements together, and no longer.

    `is_away`: asked before a new connection is tried; while it says yes, none is.
    """

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, arguments: list[Any], options: dict[str, Any]) -> PatientConnection:
        if is_away():
            raise psycopg.OperationalError("the database is known to be away")
        return PatientConnection.connect(*arguments, **options)

    @event.listens_for(engine, "checkout")
    def begin_waiting(connection: PatientConnection, _record: Any, _proxy: Any) -> None:
        connection.seconds_left = seconds
