"""Taking a reporter's handshake: authenticated like a delivery, kept as its newest word, counted nowhere."""

from datetime import datetime

import structlog
from sqlalchemy import Engine

from shared.db.reporters import Reporters
from shared.db.servers import Admitted, Servers
from shared.domain.errors import NotAuthenticated
from shared.parsers import hello

log = structlog.get_logger()


def take_hello(engine: Engine, whose: str | Admitted, body: bytes, now: datetime) -> str:
    """Keep the handshake; answers the server the token belongs to. Raises NotAuthenticated, NotJson, NotAHandshake.

    `whose`: a token, or the server that was let in by something else.
    """
    with engine.connect() as connection:
        server_id = whose.server_id if isinstance(whose, Admitted) else Servers(connection).by_token(whose)
        if server_id is None:
            raise NotAuthenticated("this needs `Authorization: Bearer` with the token of a registered game server")
        greeting = hello.read(body)
        Reporters(connection).greet(server_id, greeting, now)
        connection.commit()
    log.info(
        "reporter_greeted",
        server_id=server_id,
        instance=greeting.instance,
        sender_version=greeting.sender_version,
        server_id_disagrees=greeting.claimed_server_id not in (None, server_id),
        config_problem_count=None if greeting.config_problems is None else len(greeting.config_problems),
    )
    return server_id
