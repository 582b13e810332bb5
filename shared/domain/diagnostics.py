"""How well it goes: verdicts over facts that others have counted. Pure. Unknown is None and is never taken for good."""

from dataclasses import dataclass
from enum import StrEnum

WARN_PENDING_SECONDS = 120
ERROR_PENDING_SECONDS = 600
QUARANTINE_GROWTH_PER_HOUR = 3
HEALTHY_PERCENT = 90
DEGRADED_PERCENT = 50
SILENCE_SECONDS = 30 * 60


class Status(StrEnum):
    """One look at the whole; the worst finding decides."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class LinkageStatus(StrEnum):
    """How many Lua rows found their round."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    POOR = "poor"
    UNKNOWN = "unknown"


def health_status(oldest_pending_seconds: float | None, quarantined_last_hour: int) -> Status:
    """The health of a service whose database answers. `oldest_pending_seconds`: None when nothing waits."""
    waits = oldest_pending_seconds or 0
    if waits >= ERROR_PENDING_SECONDS or quarantined_last_hour >= QUARANTINE_GROWTH_PER_HOUR:
        return Status.ERROR
    return Status.WARNING if waits >= WARN_PENDING_SECONDS or quarantined_last_hour else Status.OK


def share_percent(part: int, whole: int) -> float | None:
    """`part` of `whole` in percent, one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def linkage_status(linkage_percent: float | None) -> LinkageStatus:
    """The word for a share of linked rows."""
    if linkage_percent is None:
        return LinkageStatus.UNKNOWN
    if linkage_percent >= HEALTHY_PERCENT:
        return LinkageStatus.HEALTHY
    return LinkageStatus.DEGRADED if linkage_percent >= DEGRADED_PERCENT else LinkageStatus.POOR


@dataclass(frozen=True, slots=True)
class Findings:
    """What decides the verdict on the Lua webhook. None: that section could not be read, which `failed_sections` counts.

    The ages are of the newest delivery through the door of the reporter, and through any other; None also when none came.
    """

    is_database_reachable: bool
    failed_sections: int = 0
    unlinked_24h: int | None = None
    missing_lua: int | None = None
    unjudged: int | None = None
    quarantined_last_hour: int | None = None
    stats_ready_age_seconds: float | None = None
    other_sources_age_seconds: float | None = None
    open_p1_incidents: int | None = None


def verdict(findings: Findings) -> Status:
    """`error`: nothing can be asked, the reporter is silent while others tell of rounds, or a P1 is open.

    `warning`: something is unlinked, missing, not judged, newly not understood, or could not be read.
    """
    if not findings.is_database_reachable or findings.open_p1_incidents or _is_silent(findings):
        return Status.ERROR
    troubles = (
        findings.failed_sections,
        findings.unlinked_24h,
        findings.missing_lua,
        findings.unjudged,
        findings.quarantined_last_hour,
    )
    return Status.WARNING if any(troubles) else Status.OK


def _is_silent(findings: Findings) -> bool:
    others, ours = findings.other_sources_age_seconds, findings.stats_ready_age_seconds
    if others is None or others > SILENCE_SECONDS:
        return False
    return ours is None or ours > SILENCE_SECONDS
