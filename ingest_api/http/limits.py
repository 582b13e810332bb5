"""How often one may ask, as answers tell it: `RateLimit` and `RateLimit-Policy`, on whatever goes by a limit.

The fields are those of draft-ietf-httpapi-ratelimit-headers.
"""

from dataclasses import dataclass
from datetime import datetime

from fastapi import FastAPI, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest_api.services.arrival import RateLimits
from shared.domain.errors import TooMany
from shared.domain.rate import Quota
from shared.ops.settings import Settings

_QUOTAS = "roundwire.quotas"


@dataclass(frozen=True, slots=True)
class AddressLimits:
    """How often one address may read, ask for what is not there, and be wrong about the token of the operators."""

    reads: RateLimits
    unknown: RateLimits
    wrong_admin_tokens: RateLimits


def address_limits(settings: Settings) -> AddressLimits:
    """As the operator decided."""
    reads, unknown, failures = settings.reads_per_minute, settings.unknown_per_minute, settings.failures_per_minute
    return AddressLimits(
        RateLimits(reads, reads, "reads"),
        RateLimits(unknown, unknown, "unknown"),
        RateLimits(failures, failures, "failures"),
    )


@dataclass(frozen=True, slots=True)
class Metered:
    """Limits of senders, on behalf of one request: what is left is told with its answer."""

    limits: RateLimits
    request: Request

    @property
    def per_minute(self) -> int:
        """How many on average."""
        return self.limits.per_minute

    def take(self, who: str, now: datetime) -> int:
        """0, or the seconds to wait."""
        waits_seconds = self.limits.take(who, now)
        tell(self.request, self.limits.quota(who, now))
        return waits_seconds


def within(limits: RateLimits, request: Request, who: str, now: datetime) -> None:
    """Take one turn of `who`. Raises TooMany when there is none left."""
    waits_seconds = limits.take(who, now)
    tell(request, limits.quota(who, now))
    if waits_seconds:
        raise TooMany("you ask more often than this service allows", waits_seconds)


def tell(request: Request, quota: Quota) -> None:
    """Let the answer to this request say what is left."""
    quotas = request.scope.get(_QUOTAS)
    if quotas is not None:
        quotas[:] = [quota]


class RateFields:
    """Adds the fields to each answer that goes by a limit."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        quotas: list[Quota] = []
        scope[_QUOTAS] = quotas

        async def send_with_fields(message: Message) -> None:
            if quotas and message["type"] == "http.response.start":
                (quota,) = quotas
                message["headers"] = [
                    *message["headers"],
                    (b"ratelimit-policy", quota.policy_field.encode()),
                    (b"ratelimit", quota.field.encode()),
                ]
            await send(message)

        await self._app(scope, receive, send_with_fields)


def install(app: FastAPI) -> None:
    """Add the fields to the application's answers."""
    app.add_middleware(RateFields)
