"""Scripted misfortune: what the stand-in answers instead of doing, or besides doing, what it was asked.

A fault waits for the next request it fits and is then used up. `stores` says whether the request had its effect all
the same: a message that was posted although the sender saw an error is what makes exactly-once hard.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Scope(StrEnum):
    """Whose rate limit was hit."""

    USER = "user"
    GLOBAL = "global"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Fault:
    """One misfortune. `method` and `path_part` pick the request; None and "" fit any."""

    method: str | None = None
    path_part: str = "/messages"
    status: int | None = None  # answer with this status
    code: int = 0  # Discord's own error code beside it
    message: str = ""
    stores: bool = False  # do what was asked before answering
    cuts: bool = False  # drop the connection instead of answering
    delay_seconds: float = 0.0  # wait before answering
    retry_after_seconds: float | None = None
    scope: Scope | None = None
    passes: int = 0  # lets so many requests it fits go by first
    from_edge: bool = False  # answered by the network in front of Discord: no JSON, no `Via`

    def fits(self, method: str, path: str) -> bool:
        """Is it meant for this request?"""
        return self.method in (None, method) and self.path_part in path

    def body(self) -> dict[str, Any]:
        """The JSON Discord would answer with."""
        if self.status == 429:
            return {
                "message": "You are being rate limited.",
                "retry_after": self.retry_after_seconds,
                "global": self.scope is Scope.GLOBAL,
            }
        return {"message": self.message, "code": self.code}


def rate_limited(retry_after_seconds: float, scope: Scope = Scope.USER, method: str | None = "POST") -> Fault:
    """429 of the given scope."""
    return Fault(method, status=429, retry_after_seconds=retry_after_seconds, scope=scope)


def blocked_at_the_edge(retry_after_seconds: float) -> Fault:
    """429 by the network in front of Discord, after too many bad requests: plain text, no `Via`."""
    return Fault("POST", status=429, retry_after_seconds=retry_after_seconds, from_edge=True)


def server_error(status: int, *, stores: bool = False, method: str | None = "POST") -> Fault:
    """500, 502, 503 …, the message posted all the same or not."""
    return Fault(method, status=status, message=f"{status}: Server Error", stores=stores)


def stored_but_cut(method: str = "POST", passes: int = 0) -> Fault:
    """The message is posted and the connection drops before the answer."""
    return Fault(method, stores=True, cuts=True, passes=passes)


def cut(method: str = "POST") -> Fault:
    """The connection drops and nothing was done."""
    return Fault(method, cuts=True)


def slow(seconds: float, *, stores: bool = True, method: str = "POST") -> Fault:
    """The answer takes that long; the message is posted at once or not at all."""
    return Fault(method, delay_seconds=seconds, stores=stores, cuts=not stores)


def unauthorized(path_part: str = "/messages") -> Fault:
    """401: the token has been reset."""
    return Fault(path_part=path_part, status=401, message="401: Unauthorized")


def missing_permissions(method: str | None = "POST") -> Fault:
    """403 with 50013."""
    return Fault(method, status=403, code=50013, message="Missing Permissions")


def missing_access(method: str | None = None) -> Fault:
    """403 with 50001: the channel may not even be seen."""
    return Fault(method, status=403, code=50001, message="Missing Access")
