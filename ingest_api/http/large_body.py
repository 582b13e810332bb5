"""A body that may be large: read for a registered server only, and few at a time, so that memory stays bounded.

A small one is read at once, as at the door for rounds: whose it is will be asked when it is stored. So is one that is only
signed, since nobody can tell by whom before it is there; a large one must show a token too.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool

from ingest_api.http.asking import reception_of
from ingest_api.http.body import read_body
from ingest_api.http.credentials import credentials_of, is_only_signed
from ingest_api.services.reception import Reception
from shared.domain.errors import Refused, TooLarge, TooMany
from shared.ops.clock import utc_now

SMALL_BYTES = 1 << 20
LARGE_AT_ONCE = 4
_TURN_SECONDS = 5.0
_RETRY_SECONDS = 4


def install(app: FastAPI) -> None:
    """Give the application the turns that large bodies take."""
    app.state.large_body_turns = asyncio.Semaphore(LARGE_AT_ONCE)


@asynccontextmanager
async def admitted_body(request: Request, largest_bytes: int) -> AsyncIterator[bytes]:
    """The body's bytes as received; a large one holds its turn until the end of the block.

    Raises TooLarge, and of a large one NotAuthenticated and TooMany, each counted. A client that waits for `100 Continue`
    is refused before it sends anything. Raises HTTPException 408 when a body takes longer than anybody needs.
    """
    reception = reception_of(request)
    if is_only_signed(request):
        yield await _read(request, reception, min(largest_bytes, _most_small(request)))
        return
    is_small = largest_bytes <= SMALL_BYTES or _is_small(request)
    if not is_small or "expect" in request.headers:
        await run_in_threadpool(reception.admission.server_of, credentials_of(request), utc_now())
    async with nullcontext() if is_small else _turn(request, reception):
        yield await _read(request, reception, largest_bytes)


async def _read(request: Request, reception: Reception, largest_bytes: int) -> bytes:
    body = await read_body(request, largest_bytes)
    if isinstance(body, TooLarge):
        raise await run_in_threadpool(_counted, reception, body)
    return body


def _is_small(request: Request) -> bool:
    declared = request.headers.get("content-length", "")
    return declared.isdecimal() and int(declared) <= _most_small(request)


def _most_small(request: Request) -> int:
    is_packed = request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity")
    return SMALL_BYTES // 16 if is_packed else SMALL_BYTES


@asynccontextmanager
async def _turn(request: Request, reception: Reception) -> AsyncIterator[None]:
    turns: asyncio.Semaphore = request.app.state.large_body_turns
    try:
        async with asyncio.timeout(_TURN_SECONDS):
            await turns.acquire()
    except TimeoutError:
        refusal = TooMany("too many large bodies at once", _RETRY_SECONDS)
        raise await run_in_threadpool(_counted, reception, refusal) from None
    try:
        yield
    finally:
        turns.release()


def _counted(reception: Reception, refusal: Refused) -> Refused:
    reception.refuse(refusal, utc_now())
    return refusal
