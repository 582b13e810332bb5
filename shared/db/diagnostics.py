"""What can be told about rounds and their Lua data, section by section; each stands alone and may fail alone.

Every section is plain data, ready to be answered as JSON. Windows are read by their indexes; what is asked of all time is
counted over the narrowest table that knows it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, TextClause, text

from shared.domain.diagnostics import linkage_status, share_percent
from shared.domain.vocabulary import QuarantineReason

Rows = list[dict[str, Any]]

DAY = timedelta(hours=24)
TREND_DAYS = 14
ORPHANS_SHOWN = 20
RECENT_SHOWN = 5
MISSING_SHOWN = 50

_COUNTS = text("""
    SELECT count(*) AS total, count(*) FILTER (WHERE round_id IS NULL) AS unlinked_total,
           (SELECT count(*) FROM lua_round_teams WHERE captured_at >= :since) AS last_24h,
           (SELECT count(*) FROM lua_round_teams WHERE captured_at >= :since AND round_id IS NULL) AS unlinked_24h
    FROM lua_round_teams
""")
_COVERAGE = text("""
    SELECT round_number, coalesce(stored.count, 0) AS total_rounds, coalesce(told.count, 0) AS with_lua
    FROM (VALUES (1), (2)) AS halves (round_number)
    LEFT JOIN (SELECT round_number, count(*) FROM rounds GROUP BY 1) AS stored USING (round_number)
    LEFT JOIN (SELECT round_number, count(*) FROM lua_round_teams WHERE round_id IS NOT NULL GROUP BY 1) AS told
        USING (round_number)
    ORDER BY round_number
""")
_ORPHANS = text("""
    SELECT id, match_id, map_name, round_number, round_start_unix, captured_at, link_reason
    FROM lua_round_teams WHERE round_id IS NULL ORDER BY captured_at DESC, id DESC LIMIT :limit
""")
_RECENT = text("""
    SELECT id, map_name, round_number, round_start_unix, round_end_unix, actual_duration_seconds, total_pause_seconds,
           end_reason, captured_at, round_id, lua_version
    FROM lua_round_teams ORDER BY captured_at DESC, id DESC LIMIT :limit
""")
_LUA_BY_DAY = text("""
    SELECT day::date AS day, count(l.id) AS lua_rows, count(l.id) FILTER (WHERE l.round_id IS NULL) AS unlinked_rows
    FROM generate_series(CAST(:first_day AS date), CAST(:last_day AS date), '1 day') AS days (day)
    LEFT JOIN lua_round_teams l ON l.captured_at >= day AND l.captured_at < day + interval '1 day'
    GROUP BY day ORDER BY day
""")
_WITHOUT_LUA_BY_DAY = text("""
    SELECT day::date AS day, count(r.id) AS rounds_total,
           count(r.id) FILTER (WHERE l.round_id IS NULL) AS rounds_without_lua
    FROM generate_series(CAST(:first_day AS date), CAST(:last_day AS date), '1 day') AS days (day)
    LEFT JOIN rounds r ON r.round_date = day::date
    LEFT JOIN lua_round_teams l ON l.round_id = r.id
    GROUP BY day ORDER BY day
""")
_MISSING_LUA = text("""
    SELECT r.id AS round_id, r.match_id, r.map_name, r.round_number, to_timestamp(r.round_end_unix) AS ended_at
    FROM rounds r
    WHERE r.round_date >= :first_day AND NOT EXISTS (SELECT FROM lua_round_teams l WHERE l.round_id = r.id)
    ORDER BY r.round_date DESC, r.round_end_unix DESC NULLS LAST, r.id DESC LIMIT :limit
""")
_TIERS = text("""
    SELECT tier, coalesce(stored.count, 0) FROM (VALUES (1), (2), (3)) AS tiers (tier)
    LEFT JOIN (SELECT fingerprint_tier AS tier, count(*) FROM rounds GROUP BY 1) AS stored USING (tier) ORDER BY tier
""")
_QUARANTINE = text("""
    SELECT coalesce(parse_notes ->> 'quarantine_reason', :unstated) AS reason, count(*)
    FROM round_events WHERE state = 'quarantined' GROUP BY 1 ORDER BY 1
""")
_DEAD_LETTER = text("""
    SELECT count(*) AS count, max(created_at) AS newest_at FROM publications
    WHERE status IN ('dead', 'autopost_off', 'withdrawn') AND status = 'dead'
""")
_RECEIVED_24H = text("""
    SELECT d.kind, r.outcome, count(*) FROM delivery_receipts r LEFT JOIN deliveries d ON d.id = r.delivery_id
    WHERE r.received_at >= :since GROUP BY 1, 2
""")


def lua_counts(connection: Connection, now: datetime) -> dict[str, int]:
    """Rows of Lua data: all, unlinked, and both within 24 h."""
    return dict(connection.execute(_COUNTS, {"since": now - DAY}).mappings().one())


def linkage_health(counts: Mapping[str, int]) -> dict[str, Any]:
    """How many Lua rows found their round; unknown while there are none."""
    linked = counts["total"] - counts["unlinked_total"]
    percent = share_percent(linked, counts["total"])
    return {
        "linked": linked,
        "orphans": counts["unlinked_total"],
        "linkage_pct": percent,
        "status": linkage_status(percent),
    }


def r1_r2_coverage(connection: Connection) -> Rows:
    """Per half: rounds stored, with and without Lua data. A linked round has one Lua row, so two counts are enough."""
    return [
        {
            "round_number": row.round_number,
            "total_rounds": row.total_rounds,
            "with_lua": row.with_lua,
            "without_lua": row.total_rounds - row.with_lua,
            "coverage_pct": share_percent(row.with_lua, row.total_rounds),
        }
        for row in connection.execute(_COVERAGE)
    ]


def orphans(connection: Connection) -> Rows:
    """The newest Lua rows without a round, and why."""
    return _rows(connection, _ORPHANS, {"limit": ORPHANS_SHOWN})


def recent(connection: Connection) -> Rows:
    """The newest Lua rows, newest first."""
    return _rows(connection, _RECENT, {"limit": RECENT_SHOWN})


def trends(connection: Connection, now: datetime) -> dict[str, Rows]:
    """The last two weeks, day by day, today included."""
    days = {"first_day": (now - timedelta(days=TREND_DAYS - 1)).date(), "last_day": now.date()}
    return {
        "lua_rows_by_day": _rows(connection, _LUA_BY_DAY, days),
        "rounds_without_lua_by_day": _rows(connection, _WITHOUT_LUA_BY_DAY, days),
    }


def missing_lua(connection: Connection, now: datetime) -> Rows:
    """Rounds of the last two weeks without Lua data, newest first. Who has been alerted is not known here yet."""
    first_day = (now - timedelta(days=TREND_DAYS - 1)).date()
    found = _rows(connection, _MISSING_LUA, {"first_day": first_day, "limit": MISSING_SHOWN})
    for row in found:
        ended = row["ended_at"]
        row["age_seconds"] = None if ended is None else max(0, int((now - ended).total_seconds()))
        row |= {"level": None, "incident_id": None}
    return found


def fingerprint_tiers(connection: Connection) -> dict[str, int]:
    """Rounds by the strength of their identity."""
    return {str(tier): count for tier, count in connection.execute(_TIERS)}


def quarantine(connection: Connection) -> dict[str, Any]:
    """Deliveries that are kept but not understood, by reason."""
    rows = connection.execute(_QUARANTINE, {"unstated": "unstated"})
    by_reason = {str(reason): int(count) for reason, count in rows}
    return {
        "count": sum(by_reason.values()),
        "by_reason": {reason: by_reason.get(reason, 0) for reason in (*QuarantineReason, *by_reason)},
    }


def dead_letter(connection: Connection) -> dict[str, Any]:
    """Publications that will not be tried again by themselves."""
    return dict(connection.execute(_DEAD_LETTER).mappings().one())


def received_24h(connection: Connection, now: datetime) -> list[tuple[str | None, str, int]]:
    """(kind, outcome, copies) within 24 h; kind is None when nothing was kept."""
    return [(kind, outcome, count) for kind, outcome, count in connection.execute(_RECEIVED_24H, {"since": now - DAY})]


def _rows(connection: Connection, statement: TextClause, parameters: Mapping[str, Any]) -> Rows:
    return [dict(row) for row in connection.execute(statement, parameters).mappings()]


def newest(moments: Sequence[datetime | None]) -> datetime | None:
    """The newest of what is known."""
    return max((moment for moment in moments if moment is not None), default=None)
