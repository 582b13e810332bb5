"""Who asks: worked out once for a request, from its connection and, where a trusted proxy made it, from what that says."""

from fastapi import Request

from ingest_api.http.state import app_state
from shared.domain import client_address
from shared.domain.client_address import Client

_FORWARDING = frozenset(
    (b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip", b"x-client-ip")
)


def client_of(request: Request) -> Client:
    """Who sent this request."""
    known = request.scope.get("roundwire.client")
    if not isinstance(known, Client):
        headers = request.headers
        known = request.scope["roundwire.client"] = client_address.client_of(
            request.client.host if request.client else None,
            headers.getlist("x-forwarded-for"),
            headers.get("host", ""),
            app_state(request).trusted_proxies,
            is_forwarded=any(name in _FORWARDING for name, _value in headers.raw),
        )
    return known


def believe_scheme(request: Request) -> None:
    """Let addresses of ours be told as the client knows them, when a trusted proxy says that it came by HTTPS."""
    peer = client_address.parsed(request.client.host) if request.client else None
    is_known = request.client is None or peer is not None
    if (
        is_known
        and request.headers.get("x-forwarded-proto") == "https"
        and app_state(request).trusted_proxies.trusts(peer)
    ):
        request.scope["scheme"] = "https"
