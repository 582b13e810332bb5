"""How a delivery is to be taken, as its sender asks: under which key, in earnest or for a trial."""

from typing import Any

from fastapi import Request

from ingest_api.http.state import app_state
from ingest_api.services.reception import Reception
from ingest_api.services.rehearsal import rehearsal_of
from shared.domain.idempotency import HEADER, LONGEST_KEY, UNCLEAR_PARAMETER

DRY_RUN = "dry_run"
_CLEAR: tuple[list[str], ...] = ([], ["true"], ["false"])
PARAMETERS: list[dict[str, Any]] = [
    {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Stands for this delivery for good: what else comes under it is withheld.",
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!#-+\\--:<-\\[\\]-~]+$"},
    },
    {
        "name": DRY_RUN,
        "in": "query",
        "description": "`true`: say what would become of it, and keep nothing.",
        "schema": {"type": "boolean"},
    },
]
"""As OpenAPI tells them."""


def is_dry_run(request: Request) -> bool:
    """Whether nothing is to be kept."""
    return bool(request.scope["query_string"]) and request.query_params.getlist(DRY_RUN) == ["true"]


def reception_of(request: Request) -> Reception:
    """Who takes a delivery; of one that is on trial, who keeps and counts nothing."""
    reception = app_state(request).reception
    return rehearsal_of(reception) if is_dry_run(request) else reception


def how_asked(request: Request) -> dict[str, str]:
    """The key, and the name of a parameter that nobody can follow, to be kept with the delivery."""
    told: dict[str, str] = {}
    if keys := request.headers.getlist(HEADER):
        told[HEADER] = ", ".join(keys)
    if request.scope["query_string"] and request.query_params.getlist(DRY_RUN) not in _CLEAR:
        told[UNCLEAR_PARAMETER] = DRY_RUN
    return told
