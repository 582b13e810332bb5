"""`/api/matches`: one play of one map: who won it, how sure that is, how it was reached, and its rounds."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from ingest_api.http.answers import NOT_FOUND, UNREADABLE, answered, found, json_answer
from ingest_api.http.score_shapes import MatchBody
from ingest_api.http.snapshot import snapshot
from ingest_api.http.state import AppState, app_state
from ingest_api.services.telling.match import tell_match

router = APIRouter(tags=["matches"])
State = Annotated[AppState, Depends(app_state)]


@router.get("/api/matches/{match_id:path}", responses=answered(MatchBody) | NOT_FOUND | UNREADABLE)
def get_match(
    request: Request,
    match_id: Annotated[str, Path(max_length=300, pattern=r"^[^\x00-\x1f]+$", description="As rounds carry it")],
    state: State,
) -> Response:
    """The verdict on a match with its confidence, both of its rounds, and every attempt beside them.

    `completeness_pct`: how much of what could have been told of it was told. `verdict`: A, B, draw or none.
    """
    with snapshot(state.engine) as connection:
        told = tell_match(connection, match_id)
    return json_answer(request, found(told, "match of that match_id"))
