"""How reads are answered: JSON with an ETag, so that who has it already is not sent it again."""

import hashlib
import json
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from fastapi import HTTPException, Request, Response
from pydantic import BaseModel

from ingest_api.http.shapes import Problem

NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"description": "Nothing of that name", "model": Problem}}
UNREADABLE: dict[int | str, dict[str, Any]] = {
    422: {"description": "A parameter that cannot be understood", "model": Problem},
    429: {"description": "Asked too often; `Retry-After` says when to ask again", "model": Problem},
}


def answered(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """How OpenAPI tells an answer: its shape. Its example comes from `published_examples`."""
    return {
        200: {"description": "The answer", "model": model},
        304: {"description": "What the client has already, by `If-None-Match`"},
    }


def json_answer(request: Request, told: Any) -> Response:
    """`told` as JSON, or 304 when the client has the very same. Numbers that JSON cannot write are a fault of ours."""
    body = json.dumps(told, default=_plain, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if is_known(request, etag):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def found(told: dict[str, Any] | None, what: str) -> dict[str, Any]:
    """What was found; a 404 that says there is no such thing."""
    if told is None:
        raise HTTPException(404, f"there is no {what}")
    return told


def is_known(request: Request, etag: str) -> bool:
    """Whether the client said that it has what this ETag names, alone or in a list, weakly or strongly."""
    offered = request.headers.get("if-none-match", "")
    return offered.strip() == "*" or etag in {one.strip().removeprefix("W/") for one in offered.split(",")}


def _plain(value: object) -> float | str:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):  # a datetime too
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    raise TypeError(f"{type(value).__name__} has no place in an answer")
