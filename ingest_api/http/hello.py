"""`POST /v1/hello`: a reporter says who it is and how it is, and learns who it is taken for."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from ingest_api.http.body import read_body
from ingest_api.http.credentials import whose
from ingest_api.http.shapes import Problem
from ingest_api.http.state import AppState, app_state
from shared.domain.errors import TooLarge
from shared.domain.greeting import LARGEST_BODY_BYTES
from shared.ops.clock import utc_now

router = APIRouter(tags=["ingest"])
REQUEST_BODY = {
    "required": True,
    "description": "The reporter's handshake. Only `instance` must be there; unknown keys are ignored.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["instance"],
                "properties": {
                    "server_id": {"type": ["string", "null"]},
                    "instance": {"type": "string", "minLength": 1},
                    "boot_id": {"type": ["string", "null"]},
                    "sender_version": {"type": ["string", "null"]},
                    "lua_kind": {"type": ["string", "null"]},
                    "config_problems": {"type": "array", "items": {"type": "string"}},
                    "spool": {
                        "type": "object",
                        "properties": {"files": {"type": "integer"}, "bytes": {"type": "integer"}},
                    },
                },
            }
        }
    },
}
RESPONSES: dict[int | str, dict[str, Any]] = {
    401: {"description": "No registered server's token", "model": Problem},
    413: {"description": "More than 64 KiB", "model": Problem},
    422: {"description": "Not a handshake", "model": Problem},
    429: {"description": "Too many wrong tokens from your address: see Retry-After", "model": Problem},
    503: {"description": "The handshake cannot be kept now: see Retry-After", "model": Problem},
}


class HelloBody(BaseModel):
    """Whom the token names, and what time it is here."""

    server_id: str
    now_unix: int


async def _body(request: Request) -> bytes | TooLarge:
    return await read_body(request, LARGEST_BODY_BYTES)


@router.post("/v1/hello", openapi_extra={"requestBody": REQUEST_BODY}, responses=RESPONSES)
def post_hello(
    request: Request,
    body: Annotated[bytes | TooLarge, Depends(_body)],
    state: Annotated[AppState, Depends(app_state)],
) -> HelloBody:
    """Take a reporter's handshake. It is no delivery: the newest one of each instance is kept."""
    if isinstance(body, TooLarge):
        raise body
    now = utc_now()
    server_id = state.reception.greet(whose(request, body, is_counted=False), body, now)
    return HelloBody(server_id=server_id, now_unix=int(now.timestamp()))
