"""HTTP as uvicorn speaks it, and one thing more: a request may be ended by closing its connection without any answer.

ASGI has no message for that. Some older senders delete their only copy after any answer, 503 included, and keep it when
there was none; for them silence is the one thing that says "keep it".
"""

from collections.abc import Callable

from fastapi import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

_EXTENSION = "roundwire.hang_up"


class HangingUpProtocol(HttpToolsProtocol):
    """The protocol class for uvicorn's `http` setting: offers each request the extension that `NoAnswer` uses."""

    def on_headers_complete(self) -> None:
        """Called by the parser. The request's task exists then and has not begun, so it will see the extension."""
        before = self.cycle
        super().on_headers_complete()
        if self.cycle is not before:
            self.cycle.scope["extensions"] = {_EXTENSION: {"hang_up": _hanging_up(self.cycle)}}


class NoAnswer(Response):
    """Not one byte is answered: what was written before is flushed and the connection closed."""

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        """Hang up. Raises KeyError when the server does not speak `HangingUpProtocol`."""
        scope["extensions"][_EXTENSION]["hang_up"]()


def _hanging_up(cycle: RequestResponseCycle) -> Callable[[], None]:
    """Ends one request. uvicorn is told that the other side has gone, so it sends nothing in our stead."""

    def hang_up() -> None:
        cycle.disconnected = True
        cycle.transport.close()

    return hang_up
