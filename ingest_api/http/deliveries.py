"""`GET /diagnostics/deliveries`: what arrived, by outcome, and each delivery with its bytes as they came."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse

from ingest_api.http.answers import NOT_FOUND
from ingest_api.http.paging import Limit
from ingest_api.http.state import AppState, app_state
from ingest_api.services.delivery_story import Named, named, raw_bytes, tell
from ingest_api.services.health import UNREACHABLE
from ingest_api.services.totals import Totals
from shared.db.delivery_details import DeliveryDetails, Record
from shared.ops.clock import utc_now

_BYTES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The bytes",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_MISSING = 404
_PRIVATE = {"Cache-Control": "no-store"}
router = APIRouter(tags=["diagnostics"])
State = Annotated[AppState, Depends(app_state)]
Before = Annotated[int | None, Query(ge=1, le=(1 << 63) - 1, description="`next_before` of the page before")]


@router.get("/diagnostics/deliveries")
def get_deliveries(state: State, limit: Limit = 50, before: Before = None) -> JSONResponse:
    """Counts at this moment, the spool's share of them, and the newest deliveries.

    `received` is the sum of `outcomes`. While the database is away it counts with what was last known of it, as of
    `counted_at`, and `deliveries` is null.
    """
    now = utc_now()
    totals = state.reception.totals.read(now)
    rows = _newest(state, limit, before)
    told = _counts(totals) | {
        "generated_at": now,
        "deliveries": rows,
        "next_before": rows[-1]["delivery_id"] if rows and len(rows) == limit else None,
        "errors": [] if rows is not None else [{"section": "deliveries", "code": "database_unreachable"}],
    }
    return JSONResponse(jsonable_encoder(told), headers=_PRIVATE)


@router.get("/diagnostics/deliveries/{delivery}", responses=NOT_FOUND)
def get_delivery(state: State, delivery: str) -> JSONResponse:
    """One delivery, by its id or by the spool id its sender was told: every copy's receipt, and what became of it."""
    found = tell(state.engine, state.reception.spool, _named(delivery))
    if found is None:
        raise HTTPException(_MISSING, "there is no such delivery")
    return JSONResponse(jsonable_encoder(found), headers=_PRIVATE)


@router.get("/diagnostics/deliveries/{delivery}/raw", response_class=Response, responses=_BYTES | NOT_FOUND)
def get_raw_delivery(state: State, delivery: str) -> Response:
    """Its bytes as they came, compressed when they came so. Nothing a browser would show or run."""
    name = _named(delivery)
    body = raw_bytes(state.engine, state.reception.spool, name)
    if body is None:
        raise HTTPException(_MISSING, "there is no such delivery")
    headers = {
        "Content-Disposition": f'attachment; filename="delivery-{name.delivery_id or name.spool_id}.bin"',
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    }
    return Response(body, headers=headers | _PRIVATE, media_type="application/octet-stream")


def _named(delivery: str) -> Named:
    name = named(delivery)
    if name is None:
        raise HTTPException(_MISSING, "there is no such delivery")
    return name


def _newest(state: AppState, limit: int, before: int | None) -> list[Record] | None:
    try:
        with state.engine.connect() as connection:
            return DeliveryDetails(connection).newest(limit, before)
    except UNREACHABLE:
        return None


def _counts(totals: Totals) -> dict[str, Any]:
    spool = totals.spool
    return {
        "received": totals.received,
        "outcomes": totals.outcomes,
        "groups": [
            {"kind": kind, "outcome": outcome, "answer_code": code, "count": count}
            for (kind, outcome, code), count in sorted(totals.groups.items(), key=str)
        ],
        "database": "ok" if totals.is_database_there else "unreachable",
        "counted_at": totals.counted_at,
        "spool": {
            "waiting": spool.waiting,
            "oldest_received_at": spool.oldest_at,
            "kept_bytes": spool.kept_bytes,
            "bound_bytes": spool.bound_bytes,
            "became": totals.became,
        },
    }
