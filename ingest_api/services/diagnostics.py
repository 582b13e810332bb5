"""The answer of `/diagnostics/lua-webhook`: sections read one by one, so that one which fails costs itself alone."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from ingest_api.services.health import UNREACHABLE
from ingest_api.services.sections import Sections
from ingest_api.services.spool import SpoolState, spool_told
from shared.db import diagnostics as read
from shared.db.counting import Counting, DeliveryCount
from shared.db.health import Vitals, vitals
from shared.db.reporters import Reporters
from shared.domain.diagnostics import Findings, verdict
from shared.domain.vocabulary import SOURCE_OF_KIND, Kind, Outcome, PublicationStatus, Source

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


def lua_webhook(engine: Engine, counting: Counting, spool: SpoolState, now: datetime) -> dict[str, Any]:
    """Every section is there; None is what is not known, and `errors` names those that could not be read.

    `spool`: how full our own is, which is known without the database too.
    """
    is_reachable = True
    told: dict[str, Any] = dict.fromkeys(SECTIONS)
    found: Vitals | None = None
    try:
        with engine.execution_options(isolation_level="REPEATABLE READ").connect() as connection:
            sections = Sections(connection)
            found = _read_all(sections, counting, told, now)
            errors = sections.errors
    except UNREACHABLE:
        is_reachable, told = False, dict.fromkeys(SECTIONS)
        errors = [{"section": section, "code": "database_unreachable"} for section in SECTIONS]
    findings = _findings(told, len(errors), found, is_database_reachable=is_reachable)
    return {
        "status": verdict(findings),
        "generated_at": now,
        **told,
        "spool": spool_told(spool, now),
        "errors": errors,
    }


def _read_all(sections: Sections, counting: Counting, told: dict[str, Any], now: datetime) -> Vitals | None:
    connection = sections.connection

    def fill(name: str, ask: Callable[[], Any]) -> None:
        told[name] = sections.read(name, ask)

    counts = sections.read("counts", lambda: read.lua_counts(connection, now), also=("linkage_health",))
    if counts is not None:
        told |= {"counts": counts, "linkage_health": read.linkage_health(counts)}
    fill("r1_r2_coverage", lambda: read.r1_r2_coverage(connection))
    fill("orphans", lambda: read.orphans(connection))
    recent = sections.read("latest", lambda: read.recent(connection), also=("recent",))
    if recent is not None:
        told |= {"latest": recent[0] if recent else None, "recent": recent}
    fill("trends", lambda: read.trends(connection, now))
    received = sections.read(
        "sources",
        lambda: (counting.deliveries(connection), read.received_24h(connection, now)),
        also=("endstats", "duplicates_24h"),
    )
    if received is not None:
        told |= _received(received[0], received[1], now)
    whole = sections.read("states", lambda: counting.read(connection))
    told["states"] = None if whole is None else whole.event_states
    fill("fingerprint_tiers", lambda: read.fingerprint_tiers(connection))
    fill("dead_letter", lambda: read.dead_letter(connection))
    fill("quarantine", lambda: read.quarantine(connection))
    fill("missing_lua", lambda: read.missing_lua(connection, now))
    found: Vitals | None = sections.read("publications", lambda: vitals(connection, now))
    if found is not None:
        told["publications"] = {
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


def _findings(told: dict[str, Any], failed: int, found: Vitals | None, *, is_database_reachable: bool) -> Findings:
    sources = told["sources"] or {}
    ages = {source: one["age_seconds"] for source, one in sources.items()}
    others = [age for source, age in ages.items() if source != Source.STATS_READY and age is not None]
    return Findings(
        is_database_reachable=is_database_reachable,
        failed_sections=failed,
        unlinked_24h=(told["counts"] or {}).get("unlinked_24h"),
        missing_lua=None if told["missing_lua"] is None else len(told["missing_lua"]),
        unjudged=None if found is None else found.unjudged,
        quarantined_last_hour=None if found is None else found.quarantined_last_hour,
        stats_ready_age_seconds=ages.get(Source.STATS_READY),
        other_sources_age_seconds=min(others, default=None),
    )


def _age_seconds(then: datetime | None, now: datetime) -> int | None:
    return None if then is None else max(0, int((now - then).total_seconds()))
