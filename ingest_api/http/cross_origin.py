"""Pages of other origins may read what is public where the operator names them, and nothing else; by default none may.

A browser asks us before it lets such a page see an answer. Whoever is not named gets the answer without that leave, which
a browser then keeps from the page.
"""

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.ops.settings import Settings

Field = tuple[bytes, bytes]
READABLE = ("/api/rounds", "/api/matches", "/api/sessions", "/api/players", "/api/leaderboards")
ANYBODY = "*"
_NO_CONTENT = 204
_METHODS = ("GET", "HEAD")
_TOLD = (b"access-control-expose-headers", b"ETag, Retry-After, RateLimit, RateLimit-Policy")
_MAY_ASK: tuple[Field, ...] = (
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-allow-headers", b"If-None-Match"),
    (b"access-control-max-age", b"600"),
)


class ReadFromElsewhere:
    """Gives the named origins leave to read."""

    def __init__(self, app: ASGIApp, origins: frozenset[str]) -> None:
        self._app, self._origins = app, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, or answer what a browser asks beforehand."""
        if scope["type"] != "http" or not _is_readable(scope["path"]):
            await self._app(scope, receive, send)
            return
        asked = dict(scope["headers"])
        leave = self._leave(asked.get(b"origin", b"").decode("latin-1"))
        if leave and scope["method"] == "OPTIONS" and b"access-control-request-method" in asked:
            told = [*leave, *_MAY_ASK]
            await send({"type": "http.response.start", "status": _NO_CONTENT, "headers": told})
            await send({"type": "http.response.body"})
            return

        async def send_with_leave(message: Message) -> None:
            if message["type"] == "http.response.start" and scope["method"] in _METHODS:
                message["headers"] = [*message["headers"], *(leave or [(b"vary", b"Origin")])]
            await send(message)

        await self._app(scope, receive, send_with_leave)

    def _leave(self, origin: str) -> list[Field]:
        if ANYBODY in self._origins:
            return [(b"access-control-allow-origin", b"*"), _TOLD]
        if origin not in self._origins:
            return []
        return [(b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"Origin"), _TOLD]


def install(app: FastAPI, settings: Settings) -> None:
    """Let others read, where the operator names any."""
    if settings.read_origin_names:
        app.add_middleware(ReadFromElsewhere, origins=settings.read_origin_names)


def _is_readable(path: str) -> bool:
    return any(path == one or path.startswith(f"{one}/") for one in READABLE)
