"""What the service knows of a game server's reporter, and what is wrong with that."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from shared.db.reporters import ReporterInstance, Reporters
from shared.db.servers import Server, Servers


@dataclass(frozen=True, slots=True)
class ServerCheck:
    """One server: its reporters' newest words, when it was last heard of, and one sentence per trouble."""

    server_id: str
    last_seen_at: datetime | None
    reporters: tuple[ReporterInstance, ...]
    troubles: tuple[str, ...]


def check_servers(connection: Connection, server_id: str | None) -> list[ServerCheck]:
    """Every registered server, or the one named; empty when there is none."""
    reporters = Reporters(connection).all()
    return [
        _check(server, tuple(one for one in reporters if one.server_id == server.server_id))
        for server in Servers(connection).all()
        if server_id in (None, server.server_id)
    ]


def _check(server: Server, reporters: tuple[ReporterInstance, ...]) -> ServerCheck:
    troubles: list[str] = []
    if not server.active or not server.token_count:
        troubles.append(f"it has no valid token; `roundwire server rotate {server.server_id}` gives it one")
    if not reporters and server.last_seen_at is None:
        troubles.append("nothing has ever arrived from it: neither a handshake nor a round")
    elif not reporters:
        troubles.append("rounds arrive, but no reporter has said hello")
    for reporter in reporters:
        troubles += [f"reporter {reporter.instance} complains: {problem}" for problem in reporter.config_problems or ()]
        waiting = _waiting_files(reporter.spool)
        if waiting:
            troubles.append(f"reporter {reporter.instance} had {waiting} unsent reports when it said hello")
    return ServerCheck(server.server_id, server.last_seen_at, reporters, tuple(troubles))


def _waiting_files(spool: Mapping[str, object] | None) -> int:
    files = (spool or {}).get("files")
    return files if isinstance(files, int) else 0
