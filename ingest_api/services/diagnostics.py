"""The answer of `/diagnostics/lua-webhook`: sections read one by one, so that one which fails costs itself alone."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from ingest_api.services.health import UNREACHABLE
from shared.db import diagnostics as read
from shared.db.counting import Counting, DeliveryCount
from shared.db.health import Vitals, vitals
from shared.db.reporters import Reporters
from shared.domain.diagnostics import Findings, verdict
from shared.domain.vocabulary import SOURCE_OF_KIND, Kind, Outcome, PublicationStatus, Source

log = structlog.get_logger()
SECTIONS = (
    "counts",
    "linkage_health",
    "r1_r2_coverage",
    "orphans",
    "latest",
    "recent",
    "trends",
    "sources",
    "endstats",
    "states",
    "fingerprint_tiers",
    "dead_letter",
    "quarantine",
    "missing_lua",
    "duplicates_24h",
    "non_recoverable",
    "publications",
    "sender_versions",
)
_KEPT = frozenset({Outcome.ACCEPTED, Outcome.REVISED, Outcome.SPOOLED, Outcome.QUARANTINED})


@dataclass(slots=True)
class _Reading:
    """The answer as it grows: what was read, and which sections could not be."""

    sections: dict[str, Any] = field(default_factory=lambda: dict.fromkeys(SECTIONS))
    errors: list[dict[str, str]] = field(default_factory=list)

    def fail(self, sections: Iterable[str], code: str) -> None:
        self.errors += [{"section": section, "code": code} for section in sections]


def lua_webhook(engine: Engine, counting: Counting, now: datetime) -> dict[str, Any]:
    """Every section is there; None is what is not known, and `errors` names those that could not be read."""
    reading = _Reading()
    is_reachable = True
    found: Vitals | None = None
    try:
        with engine.execution_options(isolation_level="REPEATABLE READ").connect() as connection:
            found = _read_all(connection, counting, reading, now)
    except UNREACHABLE:
        is_reachable = False
        reading = _Reading()
        reading.fail(SECTIONS, "database_unreachable")
    findings = _findings(reading, found, is_database_reachable=is_reachable)
    return {"status": verdict(findings), "generated_at": now, **reading.sections, "errors": reading.errors}


def _read_all(connection: Connection, counting: Counting, reading: _Reading, now: datetime) -> Vitals | None:
    sections = reading.sections

    def attempt(names: tuple[str, ...], ask: Callable[[], Any]) -> Any:
        """Ask within a savepoint. What the database refuses is a failed section; a lost connection ends the whole."""
        try:
            with connection.begin_nested():
                return ask()
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            log.exception("diagnostics_section_failed", sections=names)
            reading.fail(names, "section_failed")
            return None

    def fill(name: str, ask: Callable[[], Any]) -> None:
        sections[name] = attempt((name,), ask)

    counts = attempt(("counts", "linkage_health"), lambda: read.lua_counts(connection, now))
    if counts is not None:
        sections |= {"counts": counts, "linkage_health": read.linkage_health(counts)}
    fill("r1_r2_coverage", lambda: read.r1_r2_coverage(connection))
    fill("orphans", lambda: read.orphans(connection))
    recent = attempt(("latest", "recent"), lambda: read.recent(connection))
    if recent is not None:
        sections |= {"latest": recent[0] if recent else None, "recent": recent}
    fill("trends", lambda: read.trends(connection, now))
    received = attempt(
        ("sources", "endstats", "duplicates_24h"),
        lambda: (counting.deliveries(connection), read.received_24h(connection, now)),
    )
    if received is not None:
        sections |= _received(received[0], received[1], now)
    whole = attempt(("states",), lambda: counting.read(connection))
    sections["states"] = None if whole is None else whole.event_states
    fill("fingerprint_tiers", lambda: read.fingerprint_tiers(connection))
    fill("dead_letter", lambda: read.dead_letter(connection))
    fill("quarantine", lambda: read.quarantine(connection))
    fill("missing_lua", lambda: read.missing_lua(connection, now))
    found: Vitals | None = attempt(("publications",), lambda: vitals(connection, now))
    if found is not None:
        sections["publications"] = {
            "pending": found.pending_publications,
            "oldest_pending_seconds": _age_seconds(found.oldest_pending_at, now),
            "dead": None if whole is None else whole.publication_statuses[PublicationStatus.DEAD],
        }
    fill("sender_versions", lambda: [asdict(one) for one in Reporters(connection).versions(now)])
    return found


def _received(
    deliveries: tuple[DeliveryCount, ...], last_24h: list[tuple[str | None, str, int]], now: datetime
) -> dict[str, Any]:
    def told(kinds: frozenset[Kind]) -> dict[str, Any]:
        """Deliveries kept of these kinds, and when one of their copies came last."""
        ours = [one for one in deliveries if one.kind in kinds]
        latest = read.newest([one.newest_at for one in ours])
        return {
            "total": sum(one.count for one in ours if one.outcome in _KEPT),
            "last_24h": sum(count for kind, outcome, count in last_24h if kind in kinds and outcome in _KEPT),
            "latest_received_at": latest,
            "age_seconds": _age_seconds(latest, now),
        }

    return {
        "sources": {
            source: told(frozenset(kind for kind, its_source in SOURCE_OF_KIND.items() if its_source is source))
            for source in Source
        },
        "endstats": told(frozenset({Kind.ENDSTATS_FILE})),
        "duplicates_24h": sum(count for _, outcome, count in last_24h if outcome == Outcome.DUPLICATE),
    }


def _findings(reading: _Reading, found: Vitals | None, *, is_database_reachable: bool) -> Findings:
    sections = reading.sections
    sources = sections["sources"] or {}
    ages = {source: told["age_seconds"] for source, told in sources.items()}
    others = [age for source, age in ages.items() if source != Source.STATS_READY and age is not None]
    return Findings(
        is_database_reachable=is_database_reachable,
        failed_sections=len(reading.errors),
        unlinked_24h=(sections["counts"] or {}).get("unlinked_24h"),
        missing_lua=None if sections["missing_lua"] is None else len(sections["missing_lua"]),
        unjudged=None if found is None else found.unjudged,
        quarantined_last_hour=None if found is None else found.quarantined_last_hour,
        stats_ready_age_seconds=ages.get(Source.STATS_READY),
        other_sources_age_seconds=min(others, default=None),
    )


def _age_seconds(then: datetime | None, now: datetime) -> int | None:
    return None if then is None else max(0, int((now - then).total_seconds()))
