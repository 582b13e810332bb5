"""`/api/sessions`: gaming sessions as they were scored, as a list and one by one, by id or by date."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response
from sqlalchemy import Connection

from ingest_api.http.answers import NOT_FOUND, UNREADABLE, json_answer
from ingest_api.http.paging import DEFAULT_LIMIT, Cursor, Limit, Name, cursor_of, position
from ingest_api.http.snapshot import snapshot
from ingest_api.http.state import AppState, app_state
from ingest_api.http.told_session import NOT_SCORED_YET, told_counts, told_matches, told_people
from ingest_api.http.told_sessions import told_graphs, told_session_line
from ingest_api.services.sections import Sections
from shared.db.session_list import sessions_page
from shared.db.session_names import NamedSession, named_session
from shared.db.session_rounds import player_rounds, session_rounds
from shared.db.session_scores import SessionScores
from shared.domain.session_players import SessionPlayer, session_players
from shared.ops.clock import utc_now

router = APIRouter(tags=["sessions"])
State = Annotated[AppState, Depends(app_state)]
SessionName = Annotated[str, Path(max_length=20, description="A gaming_session_id, or a date YYYY-MM-DD")]


@router.get("/api/sessions", responses=UNREADABLE)
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
        page = sessions_page(connection, limit, position(cursor), server)
    told = {
        "sessions": [told_session_line(row, now) for row in page.rows],
        "next_cursor": cursor_of(page.following),
    }
    return json_answer(request, told)


@router.get("/api/sessions/{id_or_date}", responses=NOT_FOUND | UNREADABLE)
def get_session(request: Request, id_or_date: SessionName, state: State) -> Response:
    """One session: its score, every match with its rounds, everybody's figures. A date names the newest that began on it.

    A section that cannot be read is null and named in `errors`.
    """
    with snapshot(state.engine) as connection:
        session = _named(connection, id_or_date, state)
        told = {**_about(session), **_told_session(connection, session.session_id)}
    return json_answer(request, told)


@router.get("/api/sessions/{id_or_date}/scoring", responses=NOT_FOUND | UNREADABLE)
def get_scoring(request: Request, id_or_date: SessionName, state: State) -> Response:
    """How each verdict of a session was reached, a map each: sides, defender, rule, confidence, counted or why not, note."""
    with snapshot(state.engine) as connection:
        session = _named(connection, id_or_date, state)
        sections = Sections(connection)
        debug = sections.read("maps", lambda: SessionScores(connection).debug(session.session_id))
    return json_answer(request, {**_about(session), "maps": debug, **sections.state()})


@router.get("/api/sessions/{id_or_date}/graphs", responses=NOT_FOUND | UNREADABLE)
def get_graphs(request: Request, id_or_date: SessionName, state: State) -> Response:
    """What the graphs of a session are drawn from: every player's figures, by GUID, most kills first."""
    with snapshot(state.engine) as connection:
        session = _named(connection, id_or_date, state)
        sections = Sections(connection)
        players = sections.read("players", lambda: _told_graphs(connection, session.session_id))
    return json_answer(request, {**_about(session), "players": players, **sections.state()})


def _told_session(connection: Connection, session_id: int) -> dict[str, Any]:
    sections, scores = Sections(connection), SessionScores(connection)
    scoring = sections.read("scoring", lambda: scores.scoring(session_id) or NOT_SCORED_YET)
    teams = sections.read("teams", lambda: scores.teams(session_id))
    rounds = session_rounds(connection, session_id)
    players = sections.read("leaderboard", lambda: _players(connection, rounds))
    matches, other_rounds = told_matches(scoring, rounds)
    return {
        **told_counts(rounds, matches),
        "matches": None if scoring is None else matches,
        "other_rounds": other_rounds,
        **told_people(players, teams),
        "scoring": scoring and {key: value for key, value in scoring.items() if key not in {"maps", "warnings"}},
        "warnings": scoring and scoring.get("warnings", []),
        **sections.state(),
    }


def _told_graphs(connection: Connection, session_id: int) -> list[dict[str, Any]]:
    rounds = session_rounds(connection, session_id)
    return told_graphs(_players(connection, rounds), [one for one in rounds if one["is_valid"]])


def _players(connection: Connection, rounds: Sequence[Mapping[str, Any]]) -> list[SessionPlayer]:
    return session_players(player_rounds(connection, [one["id"] for one in rounds if one["is_valid"]]))


def _named(connection: Connection, name: str, state: AppState) -> NamedSession:
    found = named_session(connection, name, state.settings.display_time_zone)
    if found is None:
        raise HTTPException(404, "there is no gaming session of that id or date")
    return found


def _about(session: NamedSession) -> dict[str, Any]:
    return {
        "date": session.date,
        "server_id": session.server_id,
        "started_at": session.started_at,
        "ended_at": session.ended_at,
        "gaming_session_id": session.session_id,
        "gaming_session_ids": session.of_that_date,
    }
