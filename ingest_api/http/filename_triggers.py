"""`POST /v1/filename-triggers`: somebody knows the name of a new file on the game server; the worker fetches it."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from ingest_api.http.asking import PARAMETERS
from ingest_api.http.delivery import arrival_of, take
from ingest_api.http.large_body import admitted_body
from ingest_api.http.shapes import Problem, ReceiptBody, SpooledBody
from ingest_api.http.state import app_state
from ingest_api.http.trial import TrialBody
from shared.domain.vocabulary import Kind

router = APIRouter(tags=["ingest"])
LARGEST_BODY_BYTES = 65_536
REQUEST_BODY = {
    "required": True,
    "description": "The name of a file, or the chat message that names one between back-ticks.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {"filename": {"type": "string"}, "content": {"type": "string"}},
            },
            "examples": {
                "name": {"value": {"filename": "2026-02-03-235512-supply-round-1.txt"}},
                "message": {"value": {"content": "`2026-02-03-235512-supply-round-1.txt`", "embeds": []}},
            },
        }
    },
}
RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "This notice is here already; or what `dry_run` found out", "model": ReceiptBody | TrialBody},
    202: {
        "description": "Kept, but it names no file that could be fetched: see `problems`; or `spooled`",
        "model": ReceiptBody | SpooledBody,
    },
    401: {"description": "No registered server's token", "model": Problem},
    413: {"description": "More than 64 KiB", "model": Problem},
    415: {"description": "An encoding this door does not read", "model": Problem},
    422: {"description": "Not JSON at all", "model": Problem},
    429: {"description": "Too many notices a minute: see Retry-After", "model": Problem},
    503: {"description": "Nothing durable can be done now: see Retry-After", "model": Problem},
}


@router.post(
    "/v1/filename-triggers",
    status_code=201,
    response_model=ReceiptBody,
    openapi_extra={"requestBody": REQUEST_BODY, "parameters": PARAMETERS},
    responses=RESPONSES,
)
async def post_filename(request: Request) -> JSONResponse:
    """Take the name of a file. The worker fetches it where a way to the game server is configured."""
    async with admitted_body(request, LARGEST_BODY_BYTES) as body:
        return await run_in_threadpool(_take, request, body)


def _take(request: Request, body: bytes) -> JSONResponse:
    arrival = arrival_of(request, body, Kind.FILENAME_NOTICE)
    return take(request, arrival, app_state(request).notice_limits)
