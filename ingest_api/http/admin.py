"""Who may look behind the doors: for now whoever sits at the machine itself."""

import ipaddress

from fastapi import HTTPException, Request

_FORBIDDEN = 403


def require_admin(request: Request) -> None:
    """A dependency of everything that is neither ingest nor public reading. Raises HTTPException 403.

    A page of somebody else's, open in a browser on this machine, speaks for nobody.
    """
    host = request.client.host if request.client else ""
    if not _is_this_machine(host) or request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise HTTPException(_FORBIDDEN, "this is told on the machine itself only")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
