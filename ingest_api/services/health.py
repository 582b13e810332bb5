"""Can the service do its work? Asked of the database, answered without ever raising."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.db import migrate
from shared.db.health import Vitals, vitals

UNREACHABLE = (DBAPIError, PoolTimeout)


class CheckStatus(StrEnum):
    """What one check found; `unknown` when it could not be made."""

    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of being ready; one that is not needed only tells how well an outage could be lived through."""

    name: str
    status: CheckStatus
    detail: str | None = None
    is_needed: bool = True


def readiness(engine: Engine) -> tuple[Check, ...]:
    """Database reachable, schema of this version. Every check is always there."""
    try:
        with engine.connect() as connection:
            current = migrate.current(connection)
    except UNREACHABLE:
        return (
            Check("database", CheckStatus.FAILED, "the database cannot be reached"),
            Check("migrations", CheckStatus.UNKNOWN, "the database cannot be asked"),
        )
    reachable = Check("database", CheckStatus.OK)
    if current == wanted_revision() or migrate.is_served(current):
        return (reachable, Check("migrations", CheckStatus.OK, f"at {current}"))
    behind = f"the schema is at {current or 'none'}, this version needs {wanted_revision()}"
    return (reachable, Check("migrations", CheckStatus.FAILED, behind))


def read_vitals(engine: Engine, now: datetime) -> Vitals | None:
    """The figures of the moment; None when the database cannot be asked."""
    try:
        with engine.connect() as connection:
            return vitals(connection, now)
    except UNREACHABLE:
        return None


@lru_cache(maxsize=1)
def wanted_revision() -> str:
    """The schema this code was written for; it cannot change while the process lives."""
    return migrate.head()


@lru_cache(maxsize=1)
def service_version() -> str | None:
    """The version of this installation; None when it runs without being installed."""
    try:
        return version("roundwire")
    except PackageNotFoundError:
        return None
