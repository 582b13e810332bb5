"""`GET /diagnostics/lua-webhook`: does every round get its Lua data, and if not, where is it lost?"""

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse

from ingest_api.http.state import AppState, app_state
from ingest_api.services.diagnostics import lua_webhook
from shared.db.counting import Counting
from shared.ops.clock import utc_now

router = APIRouter(tags=["diagnostics"])


def install(app: FastAPI) -> None:
    """Add the endpoint, with a memory of its own for what cannot change any more."""
    app.state.diagnostics_counting = Counting()
    app.include_router(router)


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
    told = lua_webhook(state.engine, counting, utc_now())
    return JSONResponse(jsonable_encoder(told), headers={"Cache-Control": "no-store"})
