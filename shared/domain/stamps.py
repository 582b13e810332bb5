"""Which instant a file's stamp means: local time of a game server, once, twice or never in a day of changing clocks. Pure."""

from datetime import UTC, datetime, tzinfo

from shared.domain.instants import plausible
from shared.domain.round_facts import Stamp

SAVED_AFTER_SECONDS = 3
"""What a writer waits after a round's end before it saves; on the way out of a map it does not wait."""


def stamp(
    round_date: str, round_time: str, time_zone: tzinfo, now: datetime, saved_after_seconds: int = SAVED_AFTER_SECONDS
) -> Stamp:
    """The stamp of a name, `YYYY-MM-DD` and `HHMMSS`, with the ends of a round it may mean, the earlier one first.

    In the hour that is put back both readings count; in the hour that is skipped there is none. `now`: when the file
    arrived; a stamp of later is no measured instant.
    """
    local = datetime.strptime(f"{round_date} {round_time}", "%Y-%m-%d %H%M%S")  # noqa: DTZ007 - the zone is applied below
    instants = {
        instant
        for fold in (0, 1)
        if (instant := _instant(local.replace(tzinfo=time_zone, fold=fold))) is not None
        and plausible(instant, now) is not None
    }
    return Stamp(round_date, round_time, tuple(sorted(instant - saved_after_seconds for instant in instants)))


def _instant(local: datetime) -> int | None:
    """Unix seconds; None for a time that the clocks never showed."""
    instant = local.astimezone(UTC)
    is_shown = instant.astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None)
    return int(instant.timestamp()) if is_shown else None
