"""`/api/rounds`: rounds as they are judged now, as a list and one by one, and why each is as it is."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from ingest_api.http.answers import NOT_FOUND, UNREADABLE, answered, found, json_answer
from ingest_api.http.paging import DEFAULT_LIMIT, Cursor, Limit, Name, cursor_of, position
from ingest_api.http.round_shapes import RoundBody, RoundsPage
from ingest_api.http.snapshot import snapshot
from ingest_api.http.state import AppState, app_state
from ingest_api.http.why_shapes import WhyBody
from ingest_api.services.telling.round import tell_round
from ingest_api.services.telling.rounds import told_line
from ingest_api.services.telling.why import tell_why
from shared.db.round_list import Wanted, rounds_page
from shared.domain.vocabulary import RoundStatus

router = APIRouter(tags=["rounds"])
State = Annotated[AppState, Depends(app_state)]
_ROUND = "round of that fingerprint or round_id"


@router.get("/api/rounds", responses=answered(RoundsPage) | UNREADABLE)
def list_rounds(
    request: Request,
    state: State,
    map_name: Annotated[Name, Query(alias="map", description="A map's name")] = None,
    server: Annotated[Name, Query(description="A server_id")] = None,
    session: Annotated[int | None, Query(ge=1, le=2**63 - 1, description="A gaming_session_id")] = None,
    status: Annotated[RoundStatus | None, Query(description="A round_status")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Rounds, newest first, whatever became of them. `next_cursor` leads to the next page; it is null on the last one."""
    wanted = Wanted(map_name, server, session, status, position(cursor))
    with snapshot(state.engine) as connection:
        page = rounds_page(connection, wanted, limit)
    told = {"rounds": [told_line(row) for row in page.rows], "next_cursor": cursor_of(page.following)}
    return json_answer(request, told)


@router.get("/api/rounds/{fingerprint}", responses=answered(RoundBody) | NOT_FOUND | UNREADABLE)
def get_round(request: Request, fingerprint: str, state: State) -> Response:
    """The round of any of its fingerprints, or of a round_id. A section that cannot be read is null and named in `errors`.

    `awards` is null as long as no source tells them.
    """
    with snapshot(state.engine) as connection:
        told = tell_round(connection, fingerprint)
    return json_answer(request, found(told, _ROUND))


@router.get("/api/rounds/{fingerprint}/why", responses=answered(WhyBody) | NOT_FOUND | UNREADABLE)
def get_why(request: Request, fingerprint: str, state: State) -> Response:
    """Everything that arrived for a round: why it is linked, what was believed, where sources disagree, what never came."""
    with snapshot(state.engine) as connection:
        told = tell_why(connection, fingerprint)
    return json_answer(request, found(told, _ROUND))
