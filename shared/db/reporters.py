"""The newest word of each reporter: which server, which instance, which version, what it complains of."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from shared.domain.greeting import Greeting

_GREET = text("""
    INSERT INTO reporter_instances
        (server_id, instance, boot_id, sender_version, lua_kind, config_problems, spool, last_hello_at)
    VALUES (:server_id, :instance, :boot_id, :sender_version, :lua_kind, CAST(:config_problems AS jsonb),
            CAST(:spool AS jsonb), :now)
    ON CONFLICT ON CONSTRAINT reporter_instances_pkey DO UPDATE
    SET boot_id = excluded.boot_id, sender_version = excluded.sender_version, lua_kind = excluded.lua_kind,
        config_problems = excluded.config_problems, spool = excluded.spool, last_hello_at = excluded.last_hello_at
    WHERE reporter_instances.last_hello_at IS NULL OR reporter_instances.last_hello_at <= excluded.last_hello_at
""")
# A reporter that never greeted is known by what its reports said of the last two weeks.
_VERSIONS = text("""
    SELECT s.server_id, i.instance, coalesce(i.sender_version, told.lua_version) AS version,
           greatest(i.last_hello_at, i.last_report_at, told.captured_at) AS last_seen_at
    FROM servers s
    LEFT JOIN reporter_instances i ON i.server_id = s.server_id
    LEFT JOIN LATERAL (
        SELECT l.lua_version, l.captured_at FROM lua_round_teams l JOIN rounds r ON r.id = l.round_id
        WHERE l.captured_at >= :since AND r.server_id = s.server_id ORDER BY l.captured_at DESC LIMIT 1) AS told ON true
    WHERE i.instance IS NOT NULL OR told.captured_at IS NOT NULL
    ORDER BY s.server_id, i.instance
""")
_ALL = text("""
    SELECT server_id, instance, boot_id, sender_version, lua_kind, config_problems, spool, last_hello_at, last_report_at
    FROM reporter_instances
    WHERE CAST(:server_id AS text) IS NULL OR server_id = :server_id
    ORDER BY server_id, instance
""")


@dataclass(frozen=True, slots=True)
class ReporterInstance:
    """What a reporter said last, and when."""

    server_id: str
    instance: str
    boot_id: str | None
    sender_version: str | None
    lua_kind: str | None
    config_problems: Sequence[str] | None
    spool: Mapping[str, Any] | None
    last_hello_at: datetime | None
    last_report_at: datetime | None


@dataclass(frozen=True, slots=True)
class SenderVersion:
    """Which version reports for a server. `instance` is None for a reporter that never greeted."""

    server_id: str
    instance: str | None
    version: str | None
    last_seen_at: datetime


class Reporters:
    """Questions about reporters, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def greet(self, server_id: str, greeting: Greeting, now: datetime) -> None:
        """Keep a handshake as the newest state of its instance."""
        parameters = {
            "server_id": server_id,
            "instance": greeting.instance,
            "boot_id": greeting.boot_id,
            "sender_version": greeting.sender_version,
            "lua_kind": greeting.lua_kind,
            "config_problems": None if greeting.config_problems is None else json.dumps(list(greeting.config_problems)),
            "spool": None if greeting.spool is None else json.dumps(dict(greeting.spool)),
            "now": now,
        }
        self._connection.execute(_GREET, parameters)

    def all(self, server_id: str | None = None) -> list[ReporterInstance]:
        """Every reporter ever heard of, or those of one server."""
        rows = self._connection.execute(_ALL, {"server_id": server_id}).mappings()
        return [ReporterInstance(**row) for row in rows]

    def versions(self, now: datetime) -> list[SenderVersion]:
        """Every reporter that has greeted, or reported within two weeks."""
        rows = self._connection.execute(_VERSIONS, {"since": now - timedelta(days=14)}).mappings()
        return [SenderVersion(**row) for row in rows]
