"""What tells in one look whether rounds come in and go out: every figure by an index, none by reading a whole table."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

DAY = timedelta(hours=24)

# A round's date is that of its start, so a round that ended within the last day began on its first date or later.
_VITALS = text("""
    SELECT
        (SELECT count(*) FROM rounds
         WHERE round_date >= CAST(:since AS date) - 1 AND round_end_unix >= extract(epoch FROM CAST(:since AS timestamptz))
        ) AS rounds_24h,
        (SELECT max(round_end_unix) FROM rounds WHERE round_date = (SELECT max(round_date) FROM rounds))
            AS newest_round_end_unix,
        (SELECT count(*) FROM publications WHERE status IN ('pending', 'claimed')) AS pending_publications,
        (SELECT count(*) FROM publications WHERE status = 'dead') AS dead_publications,
        (SELECT count(*) FROM round_events WHERE state = 'seen') AS unjudged,
        (SELECT count(*) FROM round_events WHERE state = 'quarantined') AS quarantined,
        (SELECT count(*) FROM round_events WHERE state = 'quarantined' AND received_at >= :an_hour_ago)
            AS quarantined_last_hour
""")
# An edit waits since its round was judged anew, not since its message was first asked for. Of many edits the first few
# are looked at.
_OLDEST_PENDING = text("""
    SELECT min(waits_since) FROM (
        (SELECT created_at AS waits_since FROM publications
         WHERE status IN ('pending', 'claimed') AND posted_to IS NULL ORDER BY id LIMIT 1)
        UNION ALL
        (SELECT r.updated_at FROM (
            SELECT CASE kind WHEN 'round_post' THEN subject::bigint END AS round_id FROM publications
            WHERE status IN ('pending', 'claimed') AND posted_to IS NOT NULL ORDER BY id LIMIT 100) AS edits
         JOIN rounds r ON r.id = edits.round_id)
    ) AS waiting
""")


@dataclass(frozen=True, slots=True)
class Vitals:
    """Rounds and what waits. `newest_round_end_unix` and `oldest_pending_at` are None when there is none.

    `unjudged`: events of kept deliveries whose judgement failed and is tried again.
    """

    rounds_24h: int
    newest_round_end_unix: int | None
    pending_publications: int
    dead_publications: int
    oldest_pending_at: datetime | None
    unjudged: int
    quarantined: int
    quarantined_last_hour: int


def vitals(connection: Connection, now: datetime) -> Vitals:
    """The figures at `now`."""
    row = connection.execute(_VITALS, {"since": now - DAY, "an_hour_ago": now - timedelta(hours=1)}).one()
    return Vitals(**row._mapping, oldest_pending_at=oldest_pending_at(connection))  # noqa: SLF001  public row mapping


def oldest_pending_at(connection: Connection) -> datetime | None:
    """Since when the publication waits that has waited longest; None when none waits."""
    since: datetime | None = connection.execute(_OLDEST_PENDING).scalar_one()
    return since
