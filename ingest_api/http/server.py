"""uvicorn's server, and two things more: it says when it is ready, and it leaves nobody standing who has just come in."""

import os
import socket
from typing import Any

import uvicorn
from fastapi import FastAPI

from ingest_api.http.protocol import HangingUpProtocol
from shared.ops.readiness import tell_ready

_GRACE_SECONDS = 8  # below the patience of whoever asked us to stop


class AnnouncingServer(uvicorn.Server):
    """Says that it is ready once it takes connections."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does, and then the word."""
        await super().startup(sockets)
        if self.started:
            tell_ready(os.environ)


def serve(app: FastAPI, listeners: list[socket.socket]) -> None:
    """Serve on these sockets until told to stop. What is under way then, or has just connected, is answered first."""
    AnnouncingServer(configuration(app)).run(listeners)


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
