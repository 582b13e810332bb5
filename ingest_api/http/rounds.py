"""`POST /v1/rounds`: the door for round reports."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from ingest_api.http.asking import PARAMETERS, reception_of
from ingest_api.http.body import read_body
from ingest_api.http.delivery import arrival_of, take
from ingest_api.http.shapes import Problem, ReceiptBody, SpooledBody
from ingest_api.http.state import app_state
from ingest_api.http.trial import TrialBody
from ingest_api.services.arrival import ACCEPTED_FOR_LATER, CREATED, OK
from shared.domain import contract
from shared.domain.errors import TooLarge
from shared.domain.vocabulary import Kind
from shared.ops.clock import utc_now

router = APIRouter()
REQUEST_BODY = {
    "required": True,
    "description": "One round, contract `round_report` version 1. gzip is welcome.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RoundReport"}}},
}
RESPONSES: dict[int | str, dict[str, Any]] = {
    CREATED: {"description": "Kept: the first report of its round", "model": ReceiptBody},
    OK: {
        "description": "Here already (`duplicate`), or another report of a known round (`revised`); or what `dry_run` found out",
        "model": ReceiptBody | TrialBody,
    },
    ACCEPTED_FOR_LATER: {
        "description": "Kept, but not understood: see `problems`; or `spooled` while the database is away",
        "model": ReceiptBody | SpooledBody,
    },
    401: {"description": "No registered server's token", "model": Problem},
    413: {"description": "More than 1 MiB", "model": Problem},
    415: {"description": "An encoding this door does not read", "model": Problem},
    422: {"description": "Not JSON at all", "model": Problem},
    429: {"description": "Too many rounds a minute: see Retry-After", "model": Problem},
    503: {"description": "Nothing durable can be done now: see Retry-After", "model": Problem},
}


@router.post(
    "/v1/rounds",
    status_code=CREATED,
    openapi_extra={"requestBody": REQUEST_BODY, "parameters": PARAMETERS},
    responses=RESPONSES,
)
async def post_round(request: Request) -> JSONResponse:
    """Take one finished round. Whatever is authentic is kept before it is answered; sending twice is harmless."""
    body = await read_body(request, contract.LARGEST_BODY_BYTES)
    return await run_in_threadpool(_take, request, body)


def _take(request: Request, body: bytes | TooLarge) -> JSONResponse:
    if isinstance(body, TooLarge):
        reception_of(request).refuse(body, utc_now())
        raise body
    return take(request, arrival_of(request, body, Kind.ROUND_REPORT), app_state(request).limits)
