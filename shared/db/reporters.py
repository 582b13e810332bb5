"""The newest word of each reporter: which server, which instance, which version, what it complains of."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
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

    @property
    def last_seen_at(self) -> datetime | None:
        """The newer of handshake and report."""
        return max((at for at in (self.last_hello_at, self.last_report_at) if at is not None), default=None)


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
