"""HTTP as uvicorn speaks it, and three things more.

A request may be ended by closing its connection without any answer. ASGI has no message for that. Some older senders delete
their only copy after any answer, 503 included, and keep it when there was none; for them silence is the one thing that says
"keep it". When the process stops, who has connected and not asked yet may still ask. And a head that takes too long, or is
longer than any sender's, is not waited for.
"""

import asyncio
from collections.abc import Callable
from typing import cast

from fastapi import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from ingest_api.http.safe_answers import BEFORE_THE_APPLICATION

HEAD_SECONDS = 20.0
LARGEST_HEAD_BYTES = 65_536
LAST_REQUEST_SECONDS = 2.0
_EXTENSION = "roundwire.hang_up"
_BARE_END = BEFORE_THE_APPLICATION + b"Content-Length: 0\r\nConnection: close\r\n\r\n"
_HEAD_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\n" + _BARE_END
_NOT_HTTP = b"HTTP/1.1 400 Bad Request\r\n" + _BARE_END


class HangingUpProtocol(HttpToolsProtocol):
    """The protocol class for uvicorn's `http` setting: offers each request the extension that `NoAnswer` uses."""

    _head_timer: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _is_in_head = True
    _is_last_request = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        super().connection_made(cast("asyncio.Transport", transport))
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._close_unless_busy)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Called by the event loop. A head that does not end is not held."""
        super().data_received(data)
        if self._is_in_head and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > LARGEST_HEAD_BYTES:
                self.transport.write(_HEAD_TOO_LARGE)
                self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Called for what is no request. Nothing of what is wrong with it is told."""
        del msg
        self.transport.write(_NOT_HTTP)
        self.transport.close()

    def on_message_begin(self) -> None:
        """Called by the parser. From its first byte on a head has its time."""
        super().on_message_begin()
        self._is_in_head, self._head_bytes = True, 0
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._close_unless_busy)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser, for what follows a body in chunks too, which nobody here asks for."""
        if self._is_in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Called by the parser. The request's task exists then and has not begun, so it will see the extension."""
        self._is_in_head = False
        self._stop_timer()
        before = self.cycle
        super().on_headers_complete()
        if self.cycle is not before:
            self.cycle.scope["extensions"] = {_EXTENSION: {"hang_up": _hanging_up(self.cycle)}}
            if self._is_last_request:
                self.cycle.keep_alive = False

    def shutdown(self) -> None:
        """Called when the process is to stop. A connection on which nothing is under way may bring one more request.

        It may be on its way already: closed now, its sender would find the service gone, although another process stands
        ready behind the same socket.
        """
        self._is_last_request = True
        if self._is_busy():
            self.cycle.keep_alive = False
            return
        self._stop_timer()
        self._head_timer = self.loop.call_later(LAST_REQUEST_SECONDS, self._close_unless_busy)

    def _is_busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _close_unless_busy(self) -> None:
        if not self._is_busy():
            self.transport.close()

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


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
