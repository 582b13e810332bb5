"""The gateway's handshake: HELLO, heartbeats, IDENTIFY → READY, RESUME → RESUMED, over one zlib stream."""

import json
import zlib
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.discord_api.state import APPLICATION_ID, TOKEN, State, bot_user

HEARTBEAT_INTERVAL_MS = 41_250
DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, HELLO, HEARTBEAT_ACK = 0, 1, 2, 3, 6, 10, 11
AUTHENTICATION_FAILED = 4004
UNKNOWN_OPCODE = 4001


class GatewayConnection:
    """One bot's connection. A wrong token closes it with 4004, an opcode no bot should send with 4001."""

    def __init__(self, state: State, address: str, *, compressed: bool) -> None:
        self._state = state
        self._address = address
        self._deflate = zlib.compressobj() if compressed else None
        self._sequence = 0
        self._socket = web.WebSocketResponse()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Speak until the bot leaves."""
        await self._socket.prepare(request)
        await self._send(HELLO, {"heartbeat_interval": HEARTBEAT_INTERVAL_MS})
        async for frame in self._socket:
            if frame.type is WSMsgType.TEXT:
                await self._answer(json.loads(frame.data))
        return self._socket

    async def _answer(self, message: dict[str, Any]) -> None:
        opcode = message["op"]
        if opcode == HEARTBEAT:
            await self._send(HEARTBEAT_ACK, None)
        elif opcode == IDENTIFY:
            await self._identify(message["d"])
        elif opcode == RESUME:
            await self._dispatch("RESUMED", {})
        elif opcode != PRESENCE:
            await self._socket.close(code=UNKNOWN_OPCODE)

    async def _identify(self, data: dict[str, Any]) -> None:
        if data.get("token") != TOKEN:
            await self._socket.close(code=AUTHENTICATION_FAILED)
            return
        self._state.identified.append(data)
        ready = {
            "v": 10,
            "user": bot_user(),
            "guilds": [],
            "session_id": "stand-in",
            "resume_gateway_url": self._address,
            "application": {"id": str(APPLICATION_ID), "flags": 0},
        }
        await self._dispatch("READY", ready)

    async def _dispatch(self, name: str, data: dict[str, Any]) -> None:
        self._sequence += 1
        await self._send(DISPATCH, data, name)

    async def _send(self, opcode: int, data: object, name: str | None = None) -> None:
        sequence = self._sequence if opcode == DISPATCH else None
        text = json.dumps({"op": opcode, "d": data, "s": sequence, "t": name})
        if self._deflate is None:
            await self._socket.send_str(text)
        else:
            await self._socket.send_bytes(
                self._deflate.compress(text.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
            )
