"""A body that may be large is read for a registered server only: whoever has no token is refused before it is sent."""

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Engine

from ingest_api.http.body import bearer_token, read_body
from ingest_api.http.state import app_state
from ingest_api.services.receive import refuse
from shared.db.servers import Servers
from shared.domain.errors import NotAuthenticated, TooLarge
from shared.ops.clock import utc_now


async def read_admitted(request: Request, largest_bytes: int) -> bytes:
    """The body's bytes as received. Raises NotAuthenticated or TooLarge, counted; a client that waits for
    `100 Continue` is answered before it sends anything.
    """
    engine = app_state(request).engine
    await run_in_threadpool(require_server, engine, bearer_token(request))
    body = await read_body(request, largest_bytes)
    if isinstance(body, TooLarge):
        await run_in_threadpool(refuse, engine, body, utc_now())
        raise body
    return body


def require_server(engine: Engine, token: str) -> str:
    """The server of a token. Raises NotAuthenticated, counted."""
    with engine.connect() as connection:
        server_id = Servers(connection).by_token(token)
    if server_id is None:
        refusal = NotAuthenticated("this needs `Authorization: Bearer` with the token of a registered game server")
        refuse(engine, refusal, utc_now())
        raise refusal
    return server_id
