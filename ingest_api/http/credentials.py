"""What a request shows to say whose it is: a bearer token, a signature of its body, or both."""

from fastapi import Request

from ingest_api.http.asking import reception_of
from ingest_api.http.body import bearer_token
from ingest_api.http.client import client_of
from ingest_api.services.admission import Credentials
from shared.db.servers import Admitted
from shared.domain.webhook_signature import Signature
from shared.ops.clock import utc_now

_SIGNATURE = "webhook-signature"


def credentials_of(request: Request) -> Credentials:
    """Its bearer token, none maybe, and where it came from."""
    return Credentials(bearer_token(request), client_of(request).household)


def is_only_signed(request: Request) -> bool:
    """Whether nobody can tell whose it is before the whole body is there."""
    return _SIGNATURE in request.headers and not bearer_token(request)


def whose(request: Request, body: bytes, *, is_counted: bool = True) -> Credentials | Admitted:
    """Who signed it, if somebody did; otherwise what is still to be looked up.

    Raises NotAuthenticated and TooMany, counted if it `is_counted`, or NothingDurable.
    """
    shown, headers = credentials_of(request), request.headers
    if _SIGNATURE not in headers:
        return shown
    signature = Signature(
        headers.get("webhook-id", ""), headers.get("webhook-timestamp", ""), headers.get(_SIGNATURE, "")
    )
    admission = reception_of(request).admission
    return admission.server_of_signed(shown, signature, body, utc_now(), is_counted=is_counted)
