"""`POST /api/webhooks/{server}/{token}`: what scripts post to a chat webhook, answered as the chat would.

These senders take any answer for success and then delete their copy; only a connection that closes without one makes them
keep it. So whatever is durable is a success here, and where nothing durable could be done nothing is answered at all. A
token that is not known is met with silence too: it may be registered tomorrow, and the rounds will still be there.
"""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from ingest_api.http.body import read_body
from ingest_api.http.client import client_of
from ingest_api.http.delivery import arrival_of, location_of
from ingest_api.http.limits import Metered
from ingest_api.http.posted_message import as_posted
from ingest_api.http.protocol import NoAnswer
from ingest_api.http.shapes import Problem
from ingest_api.http.state import AppState, app_state
from ingest_api.services.admission import Credentials
from ingest_api.services.arrival import RateLimits, Receipt
from shared.domain.errors import NotAuthenticated, NotJson, TooLarge, TooMany, UnsupportedEncoding
from shared.domain.vocabulary import Kind
from shared.ops.clock import utc_now
from shared.parsers import content, lenient_json
from shared.parsers.webhook_message import kind_of

log = structlog.get_logger()
LARGEST_BODY_BYTES = 1 << 20
_ANSWERED = (TooLarge, UnsupportedEncoding, ClientDisconnect)  # no later attempt of the same bytes could fare better
_OK, _NO_CONTENT = 200, 204


class SilentRoute(APIRoute):
    """A route on which every failure that a later attempt may mend ends without an answer."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with silence in the place of its failures."""
        handle = super().get_route_handler()

        async def handle_or_hang_up(request: Request) -> Response:
            try:
                return await handle(request)
            except _ANSWERED:
                raise
            except (NotAuthenticated, TooMany) as refusal:
                log.warning("webhook_not_answered", code=refusal.code)
            except Exception:  # whatever went wrong here, an answer would make the sender delete its only copy
                log.exception("webhook_not_answered", code="unavailable")
            return NoAnswer()

        return handle_or_hang_up


router = APIRouter(route_class=SilentRoute, tags=["older senders"])
REQUEST_BODY = {
    "required": True,
    "description": "A chat message: a round (`content` is `STATS_READY`), the name of a file, or anything else, which is kept.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {
                    "username": {"type": "string"},
                    "content": {"type": "string"},
                    "embeds": {"type": "array", "items": {"type": "object"}},
                },
            },
            "examples": {
                "file name": {"value": {"content": "`2026-02-03-235512-supply-round-1.txt`", "embeds": []}},
                "round": {
                    "value": {
                        "username": "ET:Legacy Stats",
                        "content": "STATS_READY",
                        "embeds": [{"fields": [{"name": "Map", "value": "supply"}, {"name": "Round", "value": "1"}]}],
                    }
                },
            },
        }
    },
}
WAIT = {
    "name": "wait",
    "in": "query",
    "description": "`true` or `1`: answer with the message; anything else is no",
    "schema": {"type": "string"},
}
RESPONSES: dict[int | str, dict[str, Any]] = {
    _OK: {
        "description": "Durable: the message, asked for by `?wait=true`",
        "content": {"application/json": {"schema": {}}},
    },
    _NO_CONTENT: {"description": "Durable. No answer at all: send it again later"},
    413: {"description": "More than 1 MiB", "model": Problem},
    415: {"description": "An encoding this door does not read", "model": Problem},
}


@router.post(
    "/api/webhooks/{server}/{token}",
    status_code=_NO_CONTENT,
    openapi_extra={"requestBody": REQUEST_BODY, "parameters": [WAIT]},
    responses=RESPONSES,
)
@router.post("/api/v{version}/webhooks/{server}/{token}", include_in_schema=False)
async def post_message(request: Request, server: str, token: str) -> Response:
    """Take what a script posts to its webhook. `server`: the server's name, or the webhook id registered for it."""
    body = await read_body(request, LARGEST_BODY_BYTES)
    return await run_in_threadpool(_take, request, body, server, token)


@router.post("/api/webhooks/{rest:path}", include_in_schema=False)
@router.post("/api/v{version}/webhooks/{rest:path}", include_in_schema=False)
async def post_elsewhere(request: Request, rest: str) -> Response:
    """An address slightly wrong must not cost the rounds: anything answered here would."""
    del rest
    await read_body(request, LARGEST_BODY_BYTES)  # closed on unread bytes, a connection looks broken
    log.warning("webhook_not_answered", code="unknown_path")
    return NoAnswer()


def _take(request: Request, body: bytes | TooLarge, server: str, token: str) -> Response:
    state, now = app_state(request), utc_now()
    if isinstance(body, TooLarge):
        state.reception.refuse(body, now)
        raise body
    admitted = state.reception.admission.server_of_webhook(
        server, Credentials(token, client_of(request).household), now
    )
    try:
        message = _message(request, body)
    except (TooLarge, UnsupportedEncoding) as refusal:
        state.reception.refuse(refusal, now)
        raise
    kind = Kind.STATS_MESSAGE if message is None else kind_of(message)
    arrival = arrival_of(request, body, kind, admitted=admitted)
    receipt = None
    with suppress(NotJson):  # its bytes are kept all the same
        receipt = state.reception.receive(arrival, Metered(_limits(state, kind), request))
    if request.query_params.get("wait", "").lower() not in ("true", "1"):
        return Response(status_code=_NO_CONTENT, headers=location_of(receipt))
    delivery_id = receipt.delivery_id if isinstance(receipt, Receipt) else None
    return JSONResponse(as_posted(message, server, delivery_id, arrival.received_at), headers=location_of(receipt))


def _message(request: Request, body: bytes) -> Any:
    """The posted JSON, read kindly; None when it is none. Such bytes are a round's, of the versions that did not escape."""
    inflated = content.inflated(body, request.headers.get("content-encoding"), LARGEST_BODY_BYTES)
    try:
        return lenient_json.parse(inflated)
    except NotJson:
        return None


def _limits(state: AppState, kind: Kind) -> RateLimits:
    return state.notice_limits if kind is Kind.FILENAME_NOTICE else state.limits
