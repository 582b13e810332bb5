"""What is bound to which round, and what is not, in sections of which each may fail alone."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine

from ingest_api.services.sections import Sections
from shared.db import linkage as read
from shared.domain.linkage import LARGEST_UNLINKED_RATIO, Breach, Linkage


def round_linkage(engine: Engine, now: datetime) -> dict[str, Any]:
    """Metrics, breaches and what waits; `ok` is None when the metrics could not be read."""
    with engine.execution_options(isolation_level="REPEATABLE READ").connect() as connection:
        return _read(connection, now)


def _read(connection: Connection, now: datetime) -> dict[str, Any]:
    sections = Sections(connection)
    found: Linkage | None = sections.read("metrics", lambda: read.linkage(connection))
    return {
        "ok": None if found is None else found.is_ok,
        "generated_at": now,
        "metrics": None if found is None else metrics_of(found),
        "breaches": None if found is None else found.breaches,
        "waiting": sections.read("waiting", lambda: read.waiting_by_reason(connection)),
        "seen_alone": sections.read("seen_alone", lambda: read.seen_alone(connection, now)),
        "ambiguous": sections.read("ambiguous", lambda: read.ambiguous(connection)),
        "errors": sections.errors,
    }


def metrics_of(found: Linkage) -> dict[str, Any]:
    """The counts by name; of each rule that allows no exception, what breaks it."""
    return {
        "lua_rows": found.lua_rows,
        "unlinked": found.unlinked,
        "unlinked_ratio": found.unlinked_ratio,
        "largest_unlinked_ratio": LARGEST_UNLINKED_RATIO,
        **{breach: len(found.found[breach]) for breach in Breach if breach in found.found},
    }
