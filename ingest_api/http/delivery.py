"""What all doors have in common: a request becomes an arrival, a receipt becomes an answer."""

import hashlib
from dataclasses import fields
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

from ingest_api.http.asking import how_asked, is_dry_run, reception_of
from ingest_api.http.client import client_of
from ingest_api.http.credentials import whose
from ingest_api.http.limits import Metered
from ingest_api.http.trial import has_a_page, trial_of
from ingest_api.services.arrival import Arrival, RateLimits, Receipt, SpooledReceipt
from shared.db.servers import Admitted
from shared.domain.vocabulary import Kind
from shared.ops.clock import utc_now

_KEPT_HEADERS = ("content-type", "content-encoding", "user-agent", "x-forwarded-for")
_TOLD = {
    receipt: [field.name for field in fields(receipt) if field.name != "answer_code"]
    for receipt in (Receipt, SpooledReceipt)
}


def arrival_of(
    request: Request, body: bytes, kind: Kind, filename: str | None = None, admitted: Admitted | None = None
) -> Arrival:
    """The request as it came. Its token or its signature says whose it is, unless the door has made sure of that itself.

    Of one with a signature raises NotAuthenticated and TooMany, counted, and NothingDurable.
    """
    shown = whose(request, body) if admitted is None else admitted
    return Arrival(
        token=shown if isinstance(shown, Admitted) else shown.token,
        kind=kind,
        filename=filename,
        body=body,
        headers=_kept_headers(request) if admitted is not None else _kept_headers(request) | how_asked(request),
        remote_hash=_remote_hash(request),
        received_at=utc_now(),
        household=client_of(request).household,
    )


def take(request: Request, arrival: Arrival, limits: RateLimits) -> JSONResponse:
    """Take an arrival, or try what would become of it: the whole receipt, and where its round is.

    Raises Refused, counted, and NothingDurable.
    """
    receipt = reception_of(request).receive(arrival, Metered(limits, request))
    if is_dry_run(request):
        location = location_of(receipt) if has_a_page(receipt) else {}
        return JSONResponse(trial_of(receipt).model_dump(mode="json"), headers=location)
    told: dict[str, Any] = {name: getattr(receipt, name) for name in _TOLD[type(receipt)]}
    return JSONResponse(told, receipt.answer_code, location_of(receipt))


def location_of(receipt: Receipt | SpooledReceipt | None) -> dict[str, str]:
    """The header that leads to the page of a delivery's round, if it has one by now."""
    if not isinstance(receipt, Receipt) or receipt.round_fingerprint is None:
        return {}
    return {"Location": f"/rounds/{receipt.round_fingerprint}"}


def _kept_headers(request: Request) -> dict[str, str]:
    return {name: value for name in _KEPT_HEADERS if (value := request.headers.get(name)) is not None}


def _remote_hash(request: Request) -> str | None:
    """Addresses are private: two deliveries can be told to come from one place, not from which."""
    address = client_of(request).address
    return None if address is None else hashlib.sha256(str(address).encode()).hexdigest()[:16]
