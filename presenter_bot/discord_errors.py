"""What an error of discord.py means for a publication."""

from datetime import timedelta

import aiohttp
import discord

from presenter_bot.delivery import DeliveryError, TokenRefusedError
from shared.domain.publications import FailureKind

UNKNOWN_MESSAGE = 10008
_TOO_MANY_REQUESTS = 429
_UNAUTHORIZED = 401
_CLIENT_ERRORS = range(400, 500)
_FORBIDDEN_OR_GONE = (403, 404)
_BLOCKING_CODES = {10003: "unknown_channel", 50001: "missing_access", 50013: "missing_permissions"}
_DEFAULT_WAIT = timedelta(seconds=60)

LIBRARY_ERRORS = (discord.DiscordException, aiohttp.ClientError, OSError)


def failure_of(error: Exception) -> DeliveryError | TokenRefusedError:
    """The failure that an error of the library, or of the way to Discord, stands for."""
    if isinstance(error, discord.LoginFailure):
        return TokenRefusedError()
    if isinstance(error, discord.RateLimited):
        return DeliveryError(FailureKind.RATE_LIMITED, "rate_limited", timedelta(seconds=error.retry_after))
    if isinstance(error, discord.HTTPException):
        return _answered(error)
    if isinstance(error, TimeoutError):
        return DeliveryError(FailureKind.TRANSIENT, "timeout")
    return DeliveryError(FailureKind.TRANSIENT, "connection_failed")


def _answered(error: discord.HTTPException) -> DeliveryError | TokenRefusedError:
    if error.status == _UNAUTHORIZED:
        return TokenRefusedError()
    if error.status == _TOO_MANY_REQUESTS:
        return DeliveryError(FailureKind.RATE_LIMITED, "rate_limited", _wait_asked_for(error))
    if error.status in _FORBIDDEN_OR_GONE:
        code = _BLOCKING_CODES.get(error.code, f"discord_{error.status}_{error.code}")
        return DeliveryError(FailureKind.BLOCKED, code)
    kind = FailureKind.REJECTED if error.status in _CLIENT_ERRORS else FailureKind.TRANSIENT
    return DeliveryError(kind, f"discord_{error.status}_{error.code}" if error.code else f"discord_{error.status}")


def _wait_asked_for(error: discord.HTTPException) -> timedelta:
    try:
        return max(timedelta(seconds=1), timedelta(seconds=float(error.response.headers["Retry-After"])))
    except (KeyError, ValueError):
        return _DEFAULT_WAIT
