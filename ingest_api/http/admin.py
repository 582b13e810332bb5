"""Who may look behind the doors: whoever has the operators' token, or, where there is none, sits at the machine itself."""

import hmac
from datetime import datetime
from typing import Any

from fastapi import HTTPException, Request

from ingest_api.http.body import bearer_token
from ingest_api.http.client import client_of
from ingest_api.http.limits import tell
from ingest_api.http.shapes import Problem
from ingest_api.http.state import app_state
from shared.domain.errors import NotAuthenticated, TooMany

_FORBIDDEN = 403
ANSWERS: dict[int | str, dict[str, Any]] = {
    401: {"description": "Not the operators' token", "model": Problem},
    403: {"description": "There is no such token, and this is not asked from the machine itself", "model": Problem},
    429: {"description": "Asked, or guessed, too often; see Retry-After", "model": Problem},
}


def require_admin(request: Request, now: datetime) -> None:
    """Let operators pass. Raises HTTPException 403, NotAuthenticated, TooMany.

    Who guesses is not listened to for a while, even when right at last.
    """
    token = app_state(request).settings.admin_token
    if token is None:
        _require_this_machine(request)
        return
    household, guesses = client_of(request).household, app_state(request).address_limits.wrong_admin_tokens
    if waits_seconds := guesses.waits(household, now):
        tell(request, guesses.quota(household, now))
        raise TooMany("too many wrong tokens came from your address", waits_seconds)
    if not hmac.compare_digest(bearer_token(request).encode(), token.get_secret_value().encode()):
        guesses.take(household, now)
        raise NotAuthenticated("this needs `Authorization: Bearer` with the operators' token")


def _require_this_machine(request: Request) -> None:
    """A page of somebody else's, open in a browser on this machine, speaks for nobody."""
    is_own_wish = request.headers.get("sec-fetch-site", "none") in ("none", "same-origin")
    if not (client_of(request).is_this_machine and is_own_wish):
        raise HTTPException(_FORBIDDEN, "this is told on the machine itself only, or by the operators' token")
