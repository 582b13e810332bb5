"""How well it goes: verdicts over facts that others have counted. Pure. Unknown is None and is never taken for good."""

from enum import StrEnum

WARN_PENDING_SECONDS = 120
ERROR_PENDING_SECONDS = 600
QUARANTINE_GROWTH_PER_HOUR = 3
HEALTHY_PERCENT = 90
DEGRADED_PERCENT = 50


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
    return Status.WARNING if waits >= WARN_PENDING_SECONDS else Status.OK


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
