"""The pages of what was played: sessions, one session, one round. They show what the API tells, and work out nothing."""

import math
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection, Engine

from ingest_api.services.health import UNREACHABLE
from ingest_api.services.telling.round import tell_round
from ingest_api.services.telling.session import tell_graphs, tell_session
from ingest_api.services.telling.sessions import told_session_line
from ingest_api.services.telling.why import tell_why
from ingest_api.web.rendering import page
from shared.db.paging import Position
from shared.db.session_list import PeopleMemory, sessions_page
from shared.ops.clock import utc_now
from shared.ops.settings import Settings

_SHOWN = 30
_NOT_FOUND, _UNAVAILABLE = 404, 503
_DIFFERS = {"Vary": "Accept"}
_Facts = dict[str, Any]
After = Annotated[str | None, Query(pattern=r"^[0-9]{1,11}\.[0-9]{1,18}$")]


def router(engine: Engine, settings: Settings) -> APIRouter:
    """The routes of these pages."""
    routes = APIRouter(include_in_schema=False)
    memory = PeopleMemory()

    def answer(request: Request, template: str, ask: Callable[[Connection], _Facts | None]) -> Response:
        try:
            with engine.execution_options(isolation_level="REPEATABLE READ").connect() as connection:
                facts = ask(connection)
        except UNREACHABLE:
            return page(request, "away.html", _UNAVAILABLE)
        return page(request, "nothing.html", _NOT_FOUND) if facts is None else page(request, template, **facts)

    @routes.get("/sessions")
    def sessions(request: Request, after: After = None) -> Response:
        return answer(request, "sessions.html", lambda connection: _sessions(connection, memory, after))

    @routes.get("/sessions/{name}")
    def session(request: Request, name: str) -> Response:
        return answer(request, "session.html", lambda connection: _session(connection, name, settings))

    @routes.get("/rounds/{name}")
    def round_(request: Request, name: str) -> Response:
        if _wants_json(request):
            return RedirectResponse(f"/api/rounds/{quote(name, safe=':')}", headers=_DIFFERS)
        found = answer(request, "round.html", lambda connection: _round(connection, name))
        found.headers.update(_DIFFERS)
        return found

    return routes


def _wants_json(request: Request) -> bool:
    """A receipt leads here; who follows it by a program wants the facts, and says so."""
    accepted = request.headers.get("accept", "")
    return "application/json" in accepted and "text/html" not in accepted


def _sessions(connection: Connection, memory: PeopleMemory, after: str | None) -> _Facts:
    position = None
    if after is not None:
        at_unix, _, row_id = after.partition(".")
        position = Position(int(at_unix), int(row_id))
    found = sessions_page(connection, memory, _SHOWN, position)
    now = utc_now()
    following = found.following
    return {
        "sessions": [told_session_line(row, now) for row in found.rows],
        "following": None if following is None else f"{following.at_unix}.{following.row_id}",
        "is_first": after is None,
    }


def _session(connection: Connection, name: str, settings: Settings) -> _Facts | None:
    told = tell_session(connection, name, settings.display_time_zone)
    if told is None:
        return None
    graphs = tell_graphs(connection, name, settings.display_time_zone)
    return {
        "session": told,
        "rounds": _in_order(told),
        "graphs": {one["guid"]: one for one in (graphs or {}).get("players") or ()},
    }


def _in_order(session: _Facts) -> list[_Facts]:
    """All rounds of a session as they were played; they may have come in any order."""
    of_matches = [one for match in session["matches"] or () for one in match["rounds"]]
    return sorted(of_matches + session["other_rounds"], key=_played_at)


def _played_at(one: _Facts) -> tuple[float, int, int]:
    began_unix, ended_unix = one["round_start_unix"], one["round_end_unix"]
    at_unix = next((unix for unix in (began_unix, ended_unix) if unix is not None), math.inf)
    return at_unix, one["round_number"], one["round_id"]


def _round(connection: Connection, name: str) -> _Facts | None:
    told = tell_round(connection, name)
    return None if told is None else {"round": told, "why": tell_why(connection, name)}
