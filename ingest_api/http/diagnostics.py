"""`GET /diagnostics/…`: does every round get its Lua data, and is everything bound to the round it tells of?"""

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse

from ingest_api.http.state import AppState, app_state
from ingest_api.services.diagnostics import lua_webhook
from ingest_api.services.round_linkage import round_linkage
from shared.db.counting import Counting
from shared.ops.clock import utc_now

router = APIRouter(tags=["diagnostics"])


def install(app: FastAPI) -> None:
    """Give the application a memory for what cannot change any more."""
    app.state.diagnostics_counting = Counting()


def _counting(request: Request) -> Counting:
    counting = request.app.state.diagnostics_counting
    if not isinstance(counting, Counting):
        raise TypeError("the application was built without its diagnostics")
    return counting


@router.get("/diagnostics/lua-webhook")
def get_lua_webhook(
    state: Annotated[AppState, Depends(app_state)], counting: Annotated[Counting, Depends(_counting)]
) -> JSONResponse:
    """Every section is always there: null is unknown, `errors` names what could not be read, `status` judges the whole."""
    now = utc_now()
    told = lua_webhook(state.engine, counting, state.reception.totals.read(now).spool, now)
    return JSONResponse(jsonable_encoder(told), headers={"Cache-Control": "no-store"})


@router.get("/diagnostics/round-linkage")
def get_round_linkage(state: Annotated[AppState, Depends(app_state)]) -> JSONResponse:
    """Metrics and breaches of what is bound to which round, what waits for one, and what only a lesser source tells of.

    `ok` is null when that could not be read; `errors` names the sections that failed.
    """
    told = round_linkage(state.engine, utc_now())
    return JSONResponse(jsonable_encoder(told), headers={"Cache-Control": "no-store"})
