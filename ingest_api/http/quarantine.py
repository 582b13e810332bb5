"""`/diagnostics/quarantine`: what nobody could make sense of; each can be looked at and read again."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse

from ingest_api.http.answers import NOT_FOUND
from ingest_api.http.paging import Limit
from ingest_api.http.state import AppState, app_state
from ingest_api.services.quarantine import NotInQuarantine, requeue
from shared.db.diagnostics import quarantine as counts
from shared.db.quarantine import Quarantine
from shared.ops.clock import utc_now

_MISSING = 404
_LARGEST_ID = (1 << 63) - 1
_PRIVATE = {"Cache-Control": "no-store"}
router = APIRouter(tags=["diagnostics"])
State = Annotated[AppState, Depends(app_state)]
DeliveryId = Annotated[int, Path(ge=1, le=_LARGEST_ID)]
Before = Annotated[int | None, Query(ge=1, le=_LARGEST_ID, description="`next_before` of the page before")]
Reason = Annotated[str | None, Query(max_length=64, description="Only those that wait for this reason")]


@router.get("/diagnostics/quarantine")
def get_quarantine(state: State, limit: Limit = 50, before: Before = None, reason: Reason = None) -> JSONResponse:
    """How many wait for which reason, and the newest of them with what is wrong, by JSON pointer."""
    with state.engine.connect() as connection:
        rows = Quarantine(connection).newest(limit, reason, before)
        told = counts(connection) | {
            "deliveries": rows,
            "next_before": rows[-1].delivery_id if len(rows) == limit else None,
        }
    return JSONResponse(jsonable_encoder(told), headers=_PRIVATE)


@router.post("/diagnostics/quarantine/{delivery_id}/requeue", responses=NOT_FOUND)
def post_requeue(state: State, delivery_id: DeliveryId) -> JSONResponse:
    """Read one again. `is_released`: it is understood now, and told of its round; otherwise `problems` say what is wrong."""
    try:
        told = requeue(state.engine, delivery_id, state.rules, utc_now())
    except NotInQuarantine as error:
        raise HTTPException(_MISSING, str(error)) from error
    return JSONResponse(jsonable_encoder(told), headers=_PRIVATE)
