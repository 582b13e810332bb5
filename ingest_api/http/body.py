"""What every door reads of a request: its bytes, no more than it takes, and whose token it carries."""

import asyncio
import io

from fastapi import HTTPException, Request

from shared.domain.errors import TooLarge

READ_SECONDS = 120.0
_REQUEST_TIMEOUT = 408


async def read_body(request: Request, largest_bytes: int) -> bytes | TooLarge:
    """The body's bytes as received, read no further than the bound; beyond it, the refusal.

    Raises HTTPException 408 when a body takes longer than anybody needs.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > largest_bytes:
        return _too_large(largest_bytes)
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await _read(request, largest_bytes)
    except TimeoutError as error:
        raise HTTPException(_REQUEST_TIMEOUT, f"the body took longer than {READ_SECONDS:.0f} seconds") from error


def bearer_token(request: Request) -> str:
    """The token of `Authorization: Bearer`; empty when there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def _read(request: Request, largest_bytes: int) -> bytes | TooLarge:
    body = io.BytesIO()  # gives its content away without a copy
    async for chunk in request.stream():
        body.write(chunk)
        if body.tell() > largest_bytes:
            return _too_large(largest_bytes)
    return body.getvalue()


def _too_large(largest_bytes: int) -> TooLarge:
    return TooLarge(f"the body is larger than {largest_bytes} bytes")
