"""`PUT /v1/files/{filename}`: one file of a game server, so that `curl -T FILE URL/` is all it takes."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from ingest_api.http.asking import PARAMETERS, reception_of
from ingest_api.http.delivery import arrival_of, take
from ingest_api.http.large_body import admitted_body
from ingest_api.http.shapes import Problem, ReceiptBody, SpooledBody
from ingest_api.http.state import app_state
from ingest_api.http.trial import TrialBody
from ingest_api.services.evidence import LARGEST_FILE_BYTES
from shared.domain.errors import BadFileName
from shared.ops.clock import utc_now
from shared.parsers import file_name
from shared.parsers.file_name import NameProblem

router = APIRouter(tags=["ingest"])
REQUEST_BODY = {
    "required": True,
    "description": "The file as it is, at most 32 MiB. gzip is welcome.",
    "content": {
        "text/plain": {
            "schema": {"type": "string"},
            "example": "^1Pub\\supply\\legacy3\\1\\1\\2\\12:00\\4:07\\246812\n",
        },
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
    },
}
RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Here already, or another report of a known round; or what `dry_run` found out",
        "model": ReceiptBody | TrialBody,
    },
    202: {
        "description": "Kept, but not understood: see `problems`; or `spooled` while the database is away",
        "model": ReceiptBody | SpooledBody,
    },
    401: {"description": "No registered server's token", "model": Problem},
    413: {"description": "More than 32 MiB", "model": Problem},
    415: {"description": "An encoding this door does not read", "model": Problem},
    422: {"description": "No plain file name", "model": Problem},
    429: {"description": "Too many files a minute: see Retry-After", "model": Problem},
    503: {"description": "Nothing durable can be done now: see Retry-After", "model": Problem},
}
_NO_NAMES = (NameProblem.NOT_A_PLAIN_NAME, NameProblem.TOO_LONG)


@router.put(
    "/v1/files/{filename}",
    status_code=201,
    response_model=ReceiptBody,
    openapi_extra={"requestBody": REQUEST_BODY, "parameters": PARAMETERS},
    responses=RESPONSES,
)
async def put_file(request: Request, filename: str) -> JSONResponse:
    """Take one file. Its name says which format it is; one of no known format is kept all the same."""
    async with admitted_body(request, LARGEST_FILE_BYTES) as body:
        return await run_in_threadpool(_take, request, body, filename)


def _take(request: Request, body: bytes, filename: str) -> JSONResponse:
    named = file_name.read(file_name.last_part(filename))
    if named.problem in _NO_NAMES:
        refusal = BadFileName("the address does not end in a plain file name of at most 255 characters")
        reception_of(request).refuse(refusal, utc_now())
        raise refusal
    arrival = arrival_of(request, body, named.kind, filename=named.name)
    return take(request, arrival, app_state(request).file_limits)
