"""Fills a database with many rounds fast: copies of really judged and published ones, in every table, days apart.

A copy keeps everything of its original but what tells rounds apart: ids, digests, names of identity and all times.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, text

from bench.databases import Databases

_MOST_COPIES_AT_ONCE = 25
_SECONDS_PER_DAY = 86_400

# What is referred to comes first. The column with which a table's rows are told from copies of them, and what it counts.
_TABLES = {
    "deliveries": ("id", "deliveries"),
    "delivery_receipts": ("id", "delivery_receipts"),
    "gaming_sessions": ("id", "gaming_sessions"),
    "rounds": ("id", "rounds"),
    "round_events": ("id", "round_events"),
    "round_event_moves": ("id", "round_event_moves"),
    "round_fingerprints": ("round_id", "rounds"),
    "lua_round_teams": ("id", "lua_round_teams"),
    "lua_spawn_stats": ("id", "lua_spawn_stats"),
    "player_comprehensive_stats": ("id", "player_comprehensive_stats"),
    "weapon_comprehensive_stats": ("id", "weapon_comprehensive_stats"),
    "publications": ("id", "publications"),
    "matches": ("gaming_session_id", "gaming_sessions"),
    "session_teams": ("id", "session_teams"),
    "session_results": ("id", "session_results"),
}
_REFERENCES = {
    "gaming_session_id": "gaming_sessions",
    "retired_into": "gaming_sessions",
    "delivery_id": "deliveries",
    "round_id": "rounds",
    "event_id": "round_events",
    "first_event_id": "round_events",
    "r1_round_id": "rounds",
    "r2_round_id": "rounds",
    "detected_from_round_id": "rounds",
}
_IDENTITIES = {  # made with the shift of a round's id, which no copy made before has had
    "content_sha256": "encode(sha256((content_sha256 || (k * {rounds}))::bytea), 'hex')",
    "event_id": "event_id || '~' || (k * {rounds})",
    "webhook_id": "webhook_id || '~' || (k * {rounds})",
    "round_fingerprint": "left(round_fingerprint, 6) || md5(round_fingerprint || (k * {rounds}))",
    "match_id": "left(match_id, -10) || (right(match_id, 10)::bigint - k * {days} * 86400)",
    "subject": "(subject::bigint + k * {rounds})::text",
    "message_id": "(message_id::bigint + k * {rounds})::text",
}


def fill(databases: Databases, name: str, rounds: int) -> None:
    """Bring a database that holds published rounds to about `rounds` of them, and leave it tidy."""
    with databases.transaction(name) as connection:
        stored, span_seconds = connection.execute(
            text("SELECT count(*), max(round_start_unix) - min(round_start_unix) FROM rounds")
        ).one()
        sizes = {table: _highest(connection, table) for table in _TABLES}
        sizes["days"] = span_seconds // _SECONDS_PER_DAY + 2  # so that no copy comes near another one
    copies = rounds // stored - 1
    for first in range(1, copies + 1, _MOST_COPIES_AT_ONCE):
        with databases.transaction(name) as connection:
            connection.execute(text("SET LOCAL synchronous_commit = off"))
            last = min(first + _MOST_COPIES_AT_ONCE - 1, copies)
            for table in _TABLES:
                connection.execute(text(_copy_statement(connection, table, sizes)), {"first": first, "last": last})
    with databases.transaction(name) as connection:
        for table, (column, _) in _TABLES.items():
            if column == "id":
                connection.execute(
                    text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
                )
    databases.tidy(name)


def _highest(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f"SELECT coalesce(max({_TABLES[table][0]}), 0) FROM {table}")).scalar_one())


def _copy_statement(connection: Connection, table: str, sizes: Mapping[str, int]) -> str:
    columns = connection.execute(
        text("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = :table"),
        {"table": table},
    ).all()
    copied = [_copied(table, name, data_type).format_map(sizes) for name, data_type in columns]
    told_by, counts = _TABLES[table]
    return (
        f"INSERT INTO {table} ({', '.join(name for name, _ in columns)}) OVERRIDING SYSTEM VALUE "
        f"SELECT {', '.join(copied)} FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS k, {table} "
        f"WHERE {told_by} <= {sizes[counts]} ORDER BY k, {told_by}"
    )


def _copied(table: str, column: str, data_type: str) -> str:
    """A column of the `k`th copy, in SQL."""
    if data_type == "bigint" and (refers_to := {"id": table, **_REFERENCES}.get(column)):
        return f"{column} + k * {{{refers_to}}}"
    if column in _IDENTITIES:
        return _IDENTITIES[column]
    if column.endswith("_unix"):
        return f"{column} - k * {{days}} * 86400"
    return {
        "date": f"{column} - k * {{days}}",
        "timestamp with time zone": f"{column} - k * {{days}} * interval '1 day'",
    }.get(data_type, column)
