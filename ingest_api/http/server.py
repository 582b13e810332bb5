"""uvicorn's server, and three things more: it says when it is ready, it leaves nobody standing who has just come in, and
whoever still waits when it has little time left is answered without the database.
"""

import asyncio
import os
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from fastapi import FastAPI

from ingest_api.http.protocol import HangingUpProtocol
from shared.ops.readiness import tell_ready

_GRACE_SECONDS = 8  # below the patience of whoever asked us to stop
_HURRY_AFTER_SECONDS = 3


class AnnouncingServer(uvicorn.Server):
    """Says that it is ready once it takes connections; told to stop, it calls `hurry` when that takes long."""

    def __init__(self, config: uvicorn.Config, hurry: Callable[[], None]) -> None:
        super().__init__(config)
        self._hurry = hurry

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does, and then the word."""
        await super().startup(sockets)
        if self.started:
            tell_ready(os.environ)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does, which cuts off whoever is not answered within the grace."""
        hurrying = asyncio.get_running_loop().call_later(_HURRY_AFTER_SECONDS, self._hurry)
        try:
            await super().shutdown(sockets)
        finally:
            hurrying.cancel()


def serve(app: FastAPI, listeners: list[socket.socket]) -> None:
    """Serve on these sockets until told to stop. What is under way then, or has just connected, is answered first."""
    hurry = app.state.roundwire.reception.watch.give_up
    AnnouncingServer(configuration(app), hurry).run(listeners)


def configuration(app: FastAPI, **others: Any) -> uvicorn.Config:
    """How uvicorn serves us. `others`: of its settings."""
    return uvicorn.Config(
        app,
        http=HangingUpProtocol,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        server_header=False,
        proxy_headers=False,  # whose word about addresses counts is ours to say: `client_of`
        **others,
    )
