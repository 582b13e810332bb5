"""Is it alive, is it ready, how is it: for supervisors, load balancers and people with curl. Needs no token."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse

from ingest_api.http.state import AppState, app_state
from ingest_api.services.health import CheckStatus, read_vitals, readiness, service_version
from ingest_api.services.reception import reception_checks
from ingest_api.services.spool import spool_told
from shared.db.health import Vitals
from shared.domain.diagnostics import Status, health_status
from shared.ops.clock import utc_now

router = APIRouter(tags=["health"])
OK, UNAVAILABLE = 200, 503
_NOT_CACHED = {"Cache-Control": "no-store"}


def _told_as_json(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": {"type": "object"}}}}


@router.get("/livez")
async def livez() -> JSONResponse:
    """Does the process answer? Asks nobody else, so it also answers while the database is away."""
    return JSONResponse({"status": "ok"}, headers=_NOT_CACHED)


@router.get("/readyz", responses={UNAVAILABLE: _told_as_json("Not ready: see `checks` with `?verbose`")})
def readyz(state: Annotated[AppState, Depends(app_state)], verbose: str | None = None) -> JSONResponse:
    """Is the database reachable and its schema of this version? `?verbose` lists every check."""
    checks = (*readiness(state.engine), *reception_checks(state.reception, utc_now()))
    is_ready = all(check.status is CheckStatus.OK for check in checks if check.is_needed)
    body: dict[str, Any] = {"status": "ready" if is_ready else "not_ready"}
    if verbose is not None:
        body["checks"] = [{"name": check.name, "status": check.status, "detail": check.detail} for check in checks]
    return JSONResponse(body, OK if is_ready else UNAVAILABLE, _NOT_CACHED)


@router.get("/health", responses={UNAVAILABLE: _told_as_json("The database cannot be asked: figures are null")})
def health(state: Annotated[AppState, Depends(app_state)]) -> Response:
    """One JSON line for people. What cannot be told is null, never 0."""
    now = utc_now()
    found = read_vitals(state.engine, now)
    told = _told(found, now.timestamp()) | {"spool": spool_told(state.reception.totals.read(now).spool, now)}
    line = json.dumps(told, separators=(", ", ": ")) + "\n"
    return Response(line, UNAVAILABLE if found is None else OK, _NOT_CACHED, media_type="application/json")


def _told(found: Vitals | None, now_unix: float) -> dict[str, Any]:
    about_us = {"version": service_version(), "now_unix": int(now_unix)}
    if found is None:
        unknown = dict.fromkeys(
            ("rounds_24h", "newest_round_age_seconds", "pending_publications", "oldest_pending_seconds", "quarantined")
        )
        return {"status": Status.ERROR, "database": "unreachable", **unknown, **about_us}
    waits = None if found.oldest_pending_at is None else _age_seconds(found.oldest_pending_at.timestamp(), now_unix)
    return {
        "status": health_status(waits, found.quarantined_last_hour),
        "database": "ok",
        "rounds_24h": found.rounds_24h,
        "newest_round_age_seconds": _age_seconds(found.newest_round_end_unix, now_unix),
        "pending_publications": found.pending_publications,
        "oldest_pending_seconds": waits,
        "quarantined": found.quarantined,
        **about_us,
    }


def _age_seconds(then_unix: float | None, now_unix: float) -> int | None:
    """Whole seconds; a clock ahead of ours makes nothing younger than now."""
    return None if then_unix is None else max(0, int(now_unix - then_unix))
