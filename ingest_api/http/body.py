"""What every door reads of a request: its bytes, no more than it takes, and whose token it carries."""

from fastapi import Request

from shared.domain.errors import TooLarge


async def read_body(request: Request, largest_bytes: int) -> bytes | TooLarge:
    """The body's bytes as received, read no further than the bound; beyond it, the refusal."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > largest_bytes:
        return _too_large(largest_bytes)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest_bytes:
            return _too_large(largest_bytes)
    return bytes(body)


def bearer_token(request: Request) -> str:
    """The token of `Authorization: Bearer`; empty when there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _too_large(largest_bytes: int) -> TooLarge:
    return TooLarge(f"the body is larger than {largest_bytes} bytes")
