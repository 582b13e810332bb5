"""What every answer carries, so that nothing in it can be run, framed or taken for what it is not.

Whatever an answer says of itself stays; this is for what it does not say. It stands around the whole application, so that
pages, reads, refusals and faults are all alike.
"""

from http import HTTPStatus

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Field = tuple[bytes, bytes]
_ALWAYS: tuple[Field, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_UNLESS_TOLD: Field = (b"cache-control", b"no-store")
_POLICY = b"content-security-policy"
_PAGE = (
    _POLICY,
    b"default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
)
_NO_PAGE = (_POLICY, b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
BEFORE_THE_APPLICATION = b"".join(name + b": " + value + b"\r\n" for name, value in (*_ALWAYS, _UNLESS_TOLD, _NO_PAGE))
"""For what is answered before a request is whole: nobody knows then what it asks for."""


class SafeAnswers:
    """Adds the fields to each answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with_fields(message["status"], list(message.get("headers", ())))
            await send(message)

        await self._app(scope, receive, send_safely)


def install(app: FastAPI) -> None:
    """Let every answer of the application carry them, those to its own faults too."""
    build = app.build_middleware_stack
    app.build_middleware_stack = lambda: SafeAnswers(build())  # type: ignore[method-assign]


def _with_fields(status: int, told: list[Field]) -> list[Field]:
    known = dict(told)
    if status == HTTPStatus.NOT_MODIFIED:  # it does not know what it stands for, and replaces what that had said
        fields = _ALWAYS
    else:
        is_page = known.get(b"content-type", b"").startswith(b"text/html")
        fields = (*_ALWAYS, _UNLESS_TOLD, _PAGE if is_page else _NO_PAGE)
    return told + [field for field in fields if field[0] not in known]
