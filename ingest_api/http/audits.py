"""`GET /diagnostics/time-audit` and `/diagnostics/side-audit`: what is wrong with times, numbers and sides, by rule."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse

from ingest_api.http.snapshot import snapshot
from ingest_api.http.state import AppState, app_state
from ingest_api.services.audit_times import side_audit, time_audit
from shared.ops.clock import utc_now

router = APIRouter(tags=["diagnostics"])
State = Annotated[AppState, Depends(app_state)]


@router.get("/diagnostics/time-audit")
def get_time_audit(state: State) -> JSONResponse:
    """Broken invariants and implausible numbers: every rule with its count, and the newest examples. Nothing is altered."""
    with snapshot(state.engine) as connection:
        return _told(time_audit(connection))


@router.get("/diagnostics/side-audit")
def get_side_audit(state: State) -> JSONResponse:
    """Rounds of the last 30 days without a winner or a defender, per day and source, each with its reason."""
    with snapshot(state.engine) as connection:
        return _told(side_audit(connection, utc_now()))


def _told(answer: dict[str, Any]) -> JSONResponse:
    return JSONResponse(jsonable_encoder(answer), headers={"Cache-Control": "no-store"})
