"""`/api/sessions`: gaming sessions as they were scored, as a list and one by one, by id or by date."""

from collections.abc import Callable
from datetime import tzinfo
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy import Connection

from ingest_api.http.answers import NOT_FOUND, UNREADABLE, answered, found, json_answer
from ingest_api.http.figure_shapes import GraphsBody, SessionTimingBody
from ingest_api.http.paging import DEFAULT_LIMIT, Cursor, Limit, Name, cursor_of, position
from ingest_api.http.score_shapes import ScoringBody
from ingest_api.http.session_shapes import SessionBody, SessionsPage
from ingest_api.http.snapshot import snapshot
from ingest_api.http.state import AppState, app_state
from ingest_api.services.telling.session import tell_graphs, tell_scoring, tell_session, tell_timing
from ingest_api.services.telling.sessions import told_session_line
from shared.db.session_list import sessions_page
from shared.ops.clock import utc_now

router = APIRouter(tags=["sessions"])
State = Annotated[AppState, Depends(app_state)]
SessionName = Annotated[str, Path(max_length=20, description="A gaming_session_id, or a date YYYY-MM-DD")]


@router.get("/api/sessions", responses=answered(SessionsPage) | UNREADABLE)
def list_sessions(
    request: Request,
    state: State,
    server: Annotated[Name, Query(description="A server_id")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Sessions, the one that began last first. `next_cursor` leads to the next page; it is null on the last one.

    `scores`, `map_wins_*` and `points_*` are null until something counts; `confidence` says how sure they are.
    """
    now = utc_now()
    with snapshot(state.engine) as connection:
        page = sessions_page(connection, request.app.state.people_memory, limit, position(cursor), server)
    told = {
        "sessions": [told_session_line(row, now) for row in page.rows],
        "next_cursor": cursor_of(page.following),
    }
    return json_answer(request, told)


@router.get("/api/sessions/{id_or_date}", responses=answered(SessionBody) | NOT_FOUND | UNREADABLE)
def get_session(request: Request, id_or_date: SessionName, state: State) -> Response:
    """One session: its score, every match with its rounds, everybody's figures. A date names the newest that began on it.

    A section that cannot be read is null and named in `errors`.
    """
    return _answer(request, state, id_or_date, tell_session)


@router.get("/api/sessions/{id_or_date}/scoring", responses=answered(ScoringBody) | NOT_FOUND | UNREADABLE)
def get_scoring(request: Request, id_or_date: SessionName, state: State) -> Response:
    """How each verdict of a session was reached, a map each: sides, defender, rule, confidence, counted or why not, note."""
    return _answer(request, state, id_or_date, tell_scoring)


@router.get("/api/sessions/{id_or_date}/timing", responses=answered(SessionTimingBody) | NOT_FOUND | UNREADABLE)
def get_timing(request: Request, id_or_date: SessionName, state: State) -> Response:
    """Every round of a session with its times as stats file and Lua tell them, marked by how they agree."""
    return _answer(request, state, id_or_date, tell_timing)


@router.get("/api/sessions/{id_or_date}/graphs", responses=answered(GraphsBody) | NOT_FOUND | UNREADABLE)
def get_graphs(request: Request, id_or_date: SessionName, state: State) -> Response:
    """What the graphs of a session are drawn from: every player's figures, by GUID, most kills first."""
    return _answer(request, state, id_or_date, tell_graphs)


def _answer(
    request: Request, state: AppState, name: str, tell: Callable[[Connection, str, tzinfo], dict[str, Any] | None]
) -> Response:
    with snapshot(state.engine) as connection:
        told = tell(connection, name, state.settings.display_time_zone)
    return json_answer(request, found(told, "gaming session of that id or date"))
