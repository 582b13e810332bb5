"""`/api/rounds`: rounds as they are judged now, as a list and one by one, and why each is as it is."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from sqlalchemy import Connection

from ingest_api.http.answers import NOT_FOUND, UNREADABLE, json_answer
from ingest_api.http.paging import DEFAULT_LIMIT, Cursor, Limit, Name, cursor_of, position
from ingest_api.http.snapshot import snapshot
from ingest_api.http.state import AppState, app_state
from ingest_api.http.told_rounds import told_line, told_player, told_round
from ingest_api.http.told_why import told_why
from ingest_api.services.explain import NothingKnown, explain
from ingest_api.services.sections import Sections
from shared.db.round_detail import RoundDetail
from shared.db.round_list import Wanted, rounds_page
from shared.db.round_names import round_id_of
from shared.domain.vocabulary import RoundStatus

router = APIRouter(tags=["rounds"])
State = Annotated[AppState, Depends(app_state)]


@router.get("/api/rounds", responses=UNREADABLE)
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


@router.get("/api/rounds/{fingerprint}", responses=NOT_FOUND | UNREADABLE)
def get_round(request: Request, fingerprint: str, state: State) -> Response:
    """The round of any of its fingerprints, or of a round_id. A section that cannot be read is null and named in `errors`.

    `awards` is null as long as no source tells them.
    """
    with snapshot(state.engine) as connection:
        told = _told(connection, fingerprint)
    return json_answer(request, told)


@router.get("/api/rounds/{fingerprint}/why", responses=NOT_FOUND | UNREADABLE)
def get_why(request: Request, fingerprint: str, state: State) -> Response:
    """Everything that arrived for a round: why it is linked, what was believed, where sources disagree, what never came."""
    with snapshot(state.engine) as connection:
        round_id = _round_id(connection, fingerprint)
        try:
            story = explain(connection, str(round_id))
        except NothingKnown:
            raise _no_such_round() from None
    return json_answer(request, told_why(story.rounds[0]))


def _told(connection: Connection, name: str) -> dict[str, Any]:
    detail = RoundDetail(connection, _round_id(connection, name))
    row = detail.round()
    if row is None:
        raise _no_such_round()
    sections = Sections(connection)
    return {
        **told_round(row),
        "aliases": sections.read("aliases", detail.aliases),
        "players": sections.read("players", lambda: [told_player(player) for player in detail.players()]),
        "awards": None,
        "sources": sections.read("sources", detail.sources),
        **sections.state(),
    }


def _round_id(connection: Connection, name: str) -> int:
    round_id = round_id_of(connection, name)
    if round_id is None:
        raise _no_such_round()
    return round_id


def _no_such_round() -> HTTPException:
    return HTTPException(404, "there is no round of that fingerprint or round_id")
