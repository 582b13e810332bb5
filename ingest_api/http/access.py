"""Which class an address belongs to: every route stands in exactly one, and nobody gets further than it allows.

Ingest is for registered senders: its doors ask themselves who it is, when they have what that takes. Public is what
supervisors and machines ask before anything else. Reading is public too, as often as one address may ask. Administration
is everything else.
"""

from collections.abc import Sequence
from datetime import datetime

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from ingest_api.http.admin import require_admin
from ingest_api.http.client import believe_scheme, client_of
from ingest_api.http.limits import within
from ingest_api.http.state import app_state
from shared.ops.clock import utc_now


async def ingest() -> None:
    """For registered senders; the door itself makes sure of that."""


async def public() -> None:
    """For everybody, however often."""


async def reading(request: Request) -> None:
    """For everybody. Raises TooMany."""
    believe_scheme(request)
    _may_read(request, utc_now())


async def administration(request: Request) -> None:
    """For the operators. Raises HTTPException 403, NotAuthenticated, TooMany."""
    now = utc_now()
    require_admin(request, now)
    _may_read(request, now)


def _may_read(request: Request, now: datetime) -> None:
    within(app_state(request).address_limits.reads, request, client_of(request).household, now)


INGEST: Sequence[Dependency] = (Depends(ingest),)
PUBLIC: Sequence[Dependency] = (Depends(public),)
READING: Sequence[Dependency] = (Depends(reading),)
ADMINISTRATION: Sequence[Dependency] = (Depends(administration),)
CLASSES = (ingest, public, reading, administration)
