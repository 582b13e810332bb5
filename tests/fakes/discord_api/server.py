"""Discord's HTTP door as far as a posting bot uses it: strict about tokens, limits and ids, faulty on demand.

`FakeDiscord` runs it on a thread of its own, so that a test may speak to it from any loop or process.
"""

import asyncio
import json
import threading
import time
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.fakes.discord_api import limits
from tests.fakes.discord_api.faults import Fault
from tests.fakes.discord_api.gateway import GatewayConnection
from tests.fakes.discord_api.state import APPLICATION_ID, BOT_ID, TOKEN, State, bot_user

_HISTORY_LIMIT = 100
_STATE = web.AppKey("state", State)


class Refusal(Exception):
    """An answer other than success."""

    def __init__(self, status: int, code: int, message: str, errors: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, "code": code} | ({"errors": errors} if errors else {})


def application(state: State) -> web.Application:
    """The stand-in as an aiohttp application."""
    app = web.Application(middlewares=[_manners], client_max_size=26 * 1024 * 1024)
    app[_STATE] = state
    api = "/api/v10"
    channel = f"{api}/channels/{{channel_id:\\d+}}"
    app.add_routes(
        [
            web.get(f"{api}/users/@me", _me),
            web.get(f"{api}/oauth2/applications/@me", _application_info),
            web.get(f"{api}/gateway", _gateway),
            web.get(f"{api}/gateway/bot", _gateway_bot),
            web.get(channel, _channel),
            web.get(f"{channel}/messages", _history),
            web.post(f"{channel}/messages", _post),
            web.get(f"{channel}/messages/{{message_id:\\d+}}", _message),
            web.patch(f"{channel}/messages/{{message_id:\\d+}}", _edit),
            web.delete(f"{channel}/messages/{{message_id:\\d+}}", _delete),
            web.get("/gateway", _socket),
            web.get("/_messages", _journal),
        ]
    )
    return app


@web.middleware
async def _manners(request: web.Request, handler: Any) -> web.StreamResponse:
    if not request.path.startswith("/api/"):
        return await handler(request)
    state = request.app[_STATE]
    state.requests.append((request.method, request.path))
    fault = state.next_fault(request.method, request.path)
    if fault is not None and not fault.stores:
        return await _misfortune(request, fault)
    try:
        answer = await _within_rate_limit(request, handler)
    except Refusal as refusal:
        answer = _json(refusal.body, refusal.status)
    return answer if fault is None else await _misfortune(request, fault, answer)


async def _within_rate_limit(request: web.Request, handler: Any) -> web.StreamResponse:
    if request.headers.get("Authorization") != f"Bot {TOKEN}":
        raise Refusal(401, 0, "401: Unauthorized")
    if "channel_id" not in request.match_info:
        return await handler(request)
    name = f"{request.method}-{handler.__name__}"
    bucket, now = request.app[_STATE].bucket(name, _id(request, "channel_id")), time.monotonic()
    if not bucket.take(now):
        retry_after = round(bucket.resets_at - now, 3)
        body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": False}
        extra = {"Retry-After": f"{retry_after:.0f}", "X-RateLimit-Scope": "user"}
        return _json(body, 429, bucket.headers(name, now) | extra)
    try:
        answer = await handler(request)
    except Refusal as refusal:
        answer = _json(refusal.body, refusal.status)
    answer.headers.update(bucket.headers(name, now))
    return answer


async def _misfortune(
    request: web.Request, fault: Fault, answer: web.StreamResponse | None = None
) -> web.StreamResponse:
    await asyncio.sleep(fault.delay_seconds)
    if fault.cuts:
        assert request.transport is not None
        request.transport.abort()
        return web.Response(status=500)
    if fault.status is None:
        return answer or web.Response(status=500)
    if fault.from_edge:
        headers = {"Retry-After": f"{fault.retry_after_seconds:.0f}"}
        return web.Response(text="error code: 1015", status=fault.status, headers=headers)
    extra: dict[str, str] = {}
    if fault.retry_after_seconds is not None:
        extra = {"Retry-After": f"{fault.retry_after_seconds:.0f}", "X-RateLimit-Scope": str(fault.scope)}
        extra |= {"X-RateLimit-Global": "true"} if fault.body()["global"] else {}
    return _json(fault.body(), fault.status, extra)


async def _me(_request: web.Request) -> web.Response:
    return _json(bot_user())


async def _application_info(_request: web.Request) -> web.Response:
    info = {
        "id": str(APPLICATION_ID),
        "name": "roundwire",
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "owner": bot_user(),
        "team": None,
        "rpc_origins": [],
    }
    return _json(info)


async def _gateway(request: web.Request) -> web.Response:
    return _json({"url": _gateway_address(request)})


async def _gateway_bot(request: web.Request) -> web.Response:
    start_limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
    return _json({"url": _gateway_address(request), "shards": 1, "session_start_limit": start_limit})


async def _socket(request: web.Request) -> web.StreamResponse:
    compressed = request.query.get("compress") == "zlib-stream"
    connection = GatewayConnection(request.app[_STATE], _gateway_address(request), compressed=compressed)
    return await connection.serve(request)


async def _channel(request: web.Request) -> web.Response:
    return _json({"id": str(_known_channel(request)), "type": 0, "name": "rounds", "permission_overwrites": []})


async def _history(request: web.Request) -> web.Response:
    channel_id, query = _known_channel(request), request.query
    limit = int(query.get("limit", 50))
    if not 1 <= limit <= _HISTORY_LIMIT:
        errors = {"limit": {"_errors": [{"code": "NUMBER_TYPE_MAX", "message": "1 to 100"}]}}
        raise Refusal(400, 50035, "Invalid Form Body", errors)
    before, after = (int(query[key]) if key in query else None for key in ("before", "after"))
    return _json(request.app[_STATE].history(channel_id, before=before, after=after, limit=limit))


async def _post(request: web.Request) -> web.Response:
    channel_id = _known_channel(request)
    return _json(request.app[_STATE].post(channel_id, await _valid_body(request)))


async def _message(request: web.Request) -> web.Response:
    return _json(_known_message(request))


async def _edit(request: web.Request) -> web.Response:
    payload = await _valid_body(request, is_edit=True)
    return _json(request.app[_STATE].edit(_known_message(request), payload))


async def _delete(request: web.Request) -> web.Response:
    request.app[_STATE].delete(_known_message(request))
    return web.Response(status=204)


async def _journal(request: web.Request) -> web.Response:
    return _json(request.app[_STATE].journal)


async def _valid_body(request: web.Request, *, is_edit: bool = False) -> dict[str, Any]:
    try:
        payload = json.loads(await request.read())
    except ValueError as error:
        raise Refusal(400, 50109, "The request body contains invalid JSON.") from error
    errors = limits.errors_of(payload, is_edit=is_edit)
    if errors:
        raise Refusal(400, 50035, "Invalid Form Body", errors)
    return payload


def _known_channel(request: web.Request) -> int:
    channel_id = _id(request, "channel_id")
    if channel_id not in request.app[_STATE].channels:
        raise Refusal(404, 10003, "Unknown Channel")
    return channel_id


def _known_message(request: web.Request) -> dict[str, Any]:
    channel_id = _known_channel(request)
    message = request.app[_STATE].messages.get(_id(request, "message_id"))
    if message is None or message["channel_id"] != str(channel_id):
        raise Refusal(404, 10008, "Unknown Message")
    if message["author"]["id"] != str(BOT_ID):
        raise Refusal(403, 50005, "Cannot edit a message authored by another user")
    return message


def _id(request: web.Request, name: str) -> int:
    return int(request.match_info[name])


def _gateway_address(request: web.Request) -> str:
    return f"ws://{request.host}/gateway"


def _json(body: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # discord.py compares the whole header, and takes an answer without `Via` for one of the network in front.
    return web.Response(
        body=json.dumps(body).encode(),
        status=status,
        headers={"Content-Type": "application/json", "Via": "1.1 stand-in"} | (headers or {}),
    )


class FakeDiscord:
    """The stand-in on a loopback port, on its own thread: `with FakeDiscord() as discord: … discord.api_base`."""

    def __init__(self, state: State | None = None, port: int = 0) -> None:
        self.state = state or State()
        self.port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="discord stand-in", daemon=True)
        self._runner: web.AppRunner | None = None

    @property
    def api_base(self) -> str:
        """The value for DISCORD_API_BASE."""
        return f"http://127.0.0.1:{self.port}/api"

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _start(self) -> None:
        self._runner = web.AppRunner(application(self.state), shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def _stop(self) -> None:
        """End everything under way, the answers that a fault holds back included."""
        assert self._runner is not None
        await self._runner.cleanup()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
