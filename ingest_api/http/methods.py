"""HEAD and OPTIONS for every address: HEAD is GET without its body, OPTIONS names what an address takes."""

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

_NO_CONTENT, _METHOD_NOT_ALLOWED = 204, 405


class HeadAsGet:
    """Lets GET answer HEAD; the server sends its head alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, HEAD as GET."""
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)


def install(app: FastAPI) -> None:
    """Add HEAD to the application."""
    app.add_middleware(HeadAsGet)


def options(request: Request, error: HTTPException) -> Response | None:
    """The answer to OPTIONS where no route takes it: 204 and the methods that one does."""
    if request.method != "OPTIONS" or error.status_code != _METHOD_NOT_ALLOWED:
        return None
    return Response(status_code=_NO_CONTENT, headers=dict(error.headers or {}))
