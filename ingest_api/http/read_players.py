"""`/api/players` and `/api/leaderboards`: who did how much, over rounds that count, by GUID and never by name."""

import re
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response
from pydantic import BeforeValidator
from sqlalchemy import Connection

from ingest_api.http.answers import NOT_FOUND, UNREADABLE, answered, json_answer
from ingest_api.http.figure_shapes import LeaderboardBody, PlayerBody
from ingest_api.http.paging import DEFAULT_LIMIT, Limit, Name
from ingest_api.http.snapshot import snapshot
from ingest_api.http.state import AppState, app_state
from ingest_api.services.sections import Sections
from ingest_api.services.telling.rounds import side_label, told_line
from shared.db.player_totals import PlayerHistory, Span, newest_names, totals
from shared.domain.player_figures import FIGURES, ranked
from shared.domain.player_key import PREFIX_LENGTH
from shared.ops.clock import utc_now

router = APIRouter(tags=["players"])
State = Annotated[AppState, Depends(app_state)]
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_USUAL_SPAN = timedelta(days=90)
_ROUNDS_SHOWN = 20
_OF_THE_ROUND = (
    "kills",
    "deaths",
    "damage_given",
    "damage_received",
    "headshots",
    "headshot_kills",
    "accuracy",
    "dpm",
    "kd_ratio",
    "time_played_seconds",
)


def _as_written(day: str) -> date:
    """A date as people write it. Nothing else is one: neither seconds since 1970 nor an instant."""
    if not _DAY.fullmatch(day):
        raise ValueError("a date is written YYYY-MM-DD")
    return date.fromisoformat(day)


Day = Annotated[
    date | None,
    BeforeValidator(_as_written, json_schema_input_type=date),
    Query(description="A date of rounds' starts, UTC, included"),
]


@router.get("/api/leaderboards/{metric}", responses=answered(LeaderboardBody) | NOT_FOUND | UNREADABLE)
def get_leaderboard(
    request: Request,
    metric: Annotated[str, Path(json_schema_extra={"enum": list(FIGURES)})],
    state: State,
    since: Day = None,
    until: Day = None,
    server: Name = None,
    map_name: Annotated[Name, Query(alias="map")] = None,
    least_rounds: Annotated[int | None, Query(ge=1, le=10_000, description="Who played fewer is not ranked")] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Response:
    """Players by one metric in one unit, the highest first. Without `since`: the last 90 days.

    Only rounds that count in which the metric is known; ratios are made of sums. Bots are not ranked.
    """
    figure = FIGURES.get(metric)
    if figure is None:
        raise HTTPException(404, f"no such metric; there are {', '.join(FIGURES)}")
    since = since or _usual_beginning(until or utc_now().date())
    least = least_rounds or figure.least_rounds
    with snapshot(state.engine) as connection:
        summed = totals(connection, figure, Span(since, until, server, map_name))
        places = ranked(figure, summed.sums, summed.rounds, least)
        names = newest_names(connection, [place.guid for place in places[:limit]])
    told = {
        "metric": metric,
        "unit": figure.unit,
        "meaning": figure.meaning,
        "since": since,
        "until": until,
        "server_id": server,
        "map_name": map_name,
        "least_rounds": least,
        "ranked": len(places),
        "not_ranked": len(summed.rounds) - len(places),
        "players": [
            {
                "rank": place.rank,
                "guid": place.guid,
                "name": names.get(place.guid),
                "value": place.value,
                "rounds": place.rounds,
                "sums": summed.sums[place.guid],
            }
            for place in places[:limit]
        ],
    }
    return json_answer(request, told)


def _usual_beginning(until: date) -> date:
    """The usual span before a date; the calendar has a first one."""
    return until - _USUAL_SPAN if until - date.min > _USUAL_SPAN else date.min


@router.get("/api/players/{guid}", responses=answered(PlayerBody) | NOT_FOUND | UNREADABLE)
def get_player(
    request: Request,
    guid: Annotated[str, Path(max_length=64, pattern=r"^[^\x00-\x1f]+$", description="A GUID, or its first 8 digits")],
    state: State,
) -> Response:
    """One player: every name he had, his figures over all rounds that count, his newest rounds with their confidence."""
    with snapshot(state.engine) as connection:
        told = _told_player(connection, guid if "#" in guid else guid[:PREFIX_LENGTH].upper())
    return json_answer(request, told)


def _told_player(connection: Connection, guid: str) -> dict[str, Any]:
    history = PlayerHistory(connection, guid)
    names = history.names()
    if not names:
        raise HTTPException(404, "there is no player of that GUID")
    sections = Sections(connection)
    figures = sections.read("figures", lambda: history.figures(FIGURES))
    return {
        "guid": guid,
        "name": names[0]["clean_name"],
        "names": [{"name": one["clean_name"], "rounds": one["rounds"], "last_date": one["last_date"]} for one in names],
        **_told_span(sections.read("rounds", history.span)),
        "figures": figures and {name: _told_figure(name, value) for name, value in figures.items()},
        "newest_rounds": sections.read("newest_rounds", lambda: _told_rounds(history)),
        **sections.state(),
    }


def _told_span(span: Any) -> dict[str, Any]:
    known = span or dict.fromkeys(("guid_full", "rounds", "first_date", "last_date"))
    return {key: known[key] for key in ("guid_full", "rounds", "first_date", "last_date")}


def _told_figure(name: str, value: float | None) -> dict[str, Any]:
    return {"value": value, "unit": FIGURES[name].unit, "meaning": FIGURES[name].meaning}


def _told_rounds(history: PlayerHistory) -> list[dict[str, Any]]:
    return [
        {
            "round": told_line(row),
            "side": row["side"],
            "side_label": side_label(row["side"]),
            **{key: row[key] for key in _OF_THE_ROUND},
        }
        for row in history.newest_rounds(_ROUNDS_SHOWN)
    ]
