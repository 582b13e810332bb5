"""The calls of the gzip JSON stats suite, under its own paths, answered so that it works unmodified.

Its `curl` never comes back once it has ended. An error answer buys further attempts only when its body is empty, and
`Retry-After: 4` spreads the four it makes over all the time it has.
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from sqlalchemy import Engine
from starlette.requests import ClientDisconnect

from ingest_api.http.access import INGEST
from ingest_api.http.credentials import credentials_of
from ingest_api.http.delivery import arrival_of, take
from ingest_api.http.large_body import admitted_body
from ingest_api.http.shapes import ReceiptBody, SpooledBody
from ingest_api.http.state import AppState, app_state
from ingest_api.services.arrival import REFUSAL_CODES
from ingest_api.services.evidence import LARGEST_FILE_BYTES
from ingest_api.services.suite_versions import SuiteVersions
from shared.domain.errors import NotAuthenticated, Refused, TooMany
from shared.domain.vocabulary import Kind
from shared.ops.clock import utc_now

log = structlog.get_logger()
SUITE = "/api/v2/stats/etl"
LARGEST_NOTICE_BYTES = 1 << 20
RETRY_AFTER_SECONDS = 4
UNKNOWN_VERSION = "0.0.0"
_UNAVAILABLE = 503


class EmptyErrorsRoute(APIRoute):
    """A route whose errors have no body: with one, this sender's curl gives up at once."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, its errors as bare codes."""
        handle = super().get_route_handler()

        async def handle_or_refuse(request: Request) -> Response:
            try:
                return await handle(request)
            except ClientDisconnect:
                raise
            except Refused as refusal:
                log.info("suite_refused", code=refusal.code)
                return _bare(REFUSAL_CODES[type(refusal)])
            except Exception:  # whatever went wrong here: the sender has a few seconds left to try again
                log.exception("suite_refused", code="unavailable")
                return _bare(_UNAVAILABLE)

        return handle_or_refuse


router = APIRouter(prefix=SUITE, route_class=EmptyErrorsRoute, tags=["older senders"])
REQUEST_BODY = {
    "required": True,
    "description": "One round as the suite tells it, with `Content-Encoding: gzip` or plain; at most 32 MiB inflated.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["round_info"],
                "properties": {
                    "round_info": {"type": "object"},
                    "player_stats": {"type": ["object", "array"]},
                    "metadata": {"type": "object"},
                    "gamelog": {"type": "array"},
                },
            },
            "example": {
                "round_info": {"mapname": "supply", "round": 1, "round_start_unix": 1770159062},
                "player_stats": {},
            },
        }
    },
}
ERRORS: dict[int | str, dict[str, Any]] = {
    401: {"description": "No registered server's token. Like every error here without a body"},
    429: {"description": "Too many rounds a minute: see Retry-After"},
    503: {"description": "Nothing durable can be done now: see Retry-After"},
}
SUBMIT_ANSWERS: dict[int | str, dict[str, Any]] = ERRORS | {
    200: {"description": "Here already, or another report of a known round", "model": ReceiptBody},
    202: {"description": "Kept, but not understood, or `spooled`", "model": ReceiptBody | SpooledBody},
    413: {"description": "More than 32 MiB"},
    415: {"description": "Not in the encoding it claims"},
    422: {"description": "Not JSON at all"},
}
NOTICE_BODY = {
    "description": "Whatever the suite says of the match that is about to begin; at most 1 MiB.",
    "content": {"application/json": {"schema": {}}},
}
NOTIFY_ANSWERS: dict[int | str, dict[str, Any]] = ERRORS | {
    200: {"description": "This notice is here already", "model": ReceiptBody},
    202: {"description": "`spooled`", "model": SpooledBody},
    413: {"description": "More than 1 MiB"},
    415: {"description": "Not in the encoding it claims"},
}


def _versions(request: Request) -> SuiteVersions:
    versions = request.app.state.suite_versions
    if not isinstance(versions, SuiteVersions):
        raise TypeError("the application was built without the suite's door")
    return versions


@router.post(
    "/matches/stats/submit",
    status_code=201,
    response_model=ReceiptBody,
    openapi_extra={"requestBody": REQUEST_BODY},
    responses=SUBMIT_ANSWERS,
)
async def submit(request: Request) -> Response:
    """Take one round of the suite."""
    async with admitted_body(request, LARGEST_FILE_BYTES) as body:
        return await run_in_threadpool(_take, request, body, Kind.SUITE_JSON)


@router.post(
    "/matches/auto-start/notify",
    status_code=201,
    response_model=ReceiptBody,
    openapi_extra={"requestBody": NOTICE_BODY},
    responses=NOTIFY_ANSWERS,
)
async def auto_start_notify(request: Request) -> Response:
    """A gather match is about to begin: kept, tells of no round."""
    async with admitted_body(request, LARGEST_NOTICE_BYTES) as body:
        return await run_in_threadpool(_take, request, body, Kind.OTHER_MESSAGE)


@router.get("/matches/stats/version", responses=ERRORS)
def version(
    request: Request,
    state: Annotated[AppState, Depends(app_state)],
    versions: Annotated[SuiteVersions, Depends(_versions)],
) -> dict[str, str]:
    """The version this server's suite told last, so that it never finds a newer one and tells all players about it."""
    server_id = state.reception.admission.server_of(credentials_of(request), utc_now())
    newest = versions.of(server_id) or UNKNOWN_VERSION
    return {"version": newest, "latest_version": newest}


@router.get("/match-manager/{ip}/{port}", responses=ERRORS)
def match_manager(
    request: Request, ip: str, port: str, state: Annotated[AppState, Depends(app_state)]
) -> dict[str, str]:
    """A match id and nothing else: whatever more were told, the suite would rename, move and start players by it.

    The id is of the form the suite makes up itself when nobody gives it one, which every reader knows for none.
    """
    del ip, port
    now = utc_now()
    state.reception.admission.server_of(credentials_of(request), now)
    return {"match_id": str(int(now.timestamp()))}


@router.get("/players/by-guid")
async def players_by_guid() -> list[str]:
    """Nobody has a clan tag here. The game stands still until this is answered, so nothing is asked of anybody."""
    return []


def install(app: FastAPI, engine: Engine) -> None:
    """Add the suite's calls, with a memory of their own for what each server told last."""
    app.state.suite_versions = SuiteVersions(engine)
    app.include_router(router, dependencies=INGEST)


def _take(request: Request, body: bytes, kind: Kind) -> JSONResponse:
    return take(request, arrival_of(request, body, kind), app_state(request).limits)


def _bare(status: int) -> Response:
    later = status in (REFUSAL_CODES[TooMany], _UNAVAILABLE)
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if later else {}
    if status == REFUSAL_CODES[NotAuthenticated]:
        headers["WWW-Authenticate"] = 'Bearer realm="roundwire"'
    return Response(status_code=status, headers=headers)
