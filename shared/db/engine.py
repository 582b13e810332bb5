"""The way to Postgres: one sync engine per process, with the house's time-outs."""

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL, make_url

STATEMENT_TIMEOUT_MS = 10_000
LOCK_TIMEOUT_MS = 5_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000
_BYTEA = psycopg.adapters.types["bytea"].oid


class _Verbatim(Dumper):
    """Bytes as they are, not a copy of them: a body may be of 32 MiB, and the driver's own way would need it twice."""

    format = Format.BINARY
    oid = _BYTEA

    def dump(self, obj: bytes) -> bytes:
        """What is sent."""
        return obj


psycopg.adapters.register_dumper(bytes, _Verbatim)


def sqlalchemy_url(database_url: str) -> URL:
    """The psycopg driver's form of any `postgres://` or `postgresql://` address."""
    url = make_url(database_url.replace("postgres://", "postgresql://", 1))
    return url.set(drivername="postgresql+psycopg")


def open_engine(database_url: str, process: str, *, pool_size: int = 5, connect_seconds: int = 5) -> Engine:
    """An engine whose connections say who they are (`roundwire <process>`), work in UTC and never wait for ever.

    `pool_size` connections are kept; no more are opened, callers wait 5 s for a free one. `connect_seconds`: how long
    the server may take to let a new one in.
    """
    options = " ".join(
        f"-c {name}={value}"
        for name, value in {
            "statement_timeout": STATEMENT_TIMEOUT_MS,
            "lock_timeout": LOCK_TIMEOUT_MS,
            "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_TIMEOUT_MS,
            "timezone": "UTC",
        }.items()
    )
    return create_engine(
        sqlalchemy_url(database_url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_use_lifo=True,
        connect_args={
            "options": options,
            "application_name": f"roundwire {process}",
            "connect_timeout": connect_seconds,
        },
    )
