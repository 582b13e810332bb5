"""The contract, for machines: the JSON Schema of what a reporter sends."""

import json
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from shared.domain.contract import RoundReport

router = APIRouter(tags=["ingest"])
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "The schema", "content": {"application/schema+json": {"schema": {"type": "object"}}}}
}


@router.get("/v1/schemas/round_report.json", response_class=Response, responses=_ANSWERS)
def round_report_schema() -> Response:
    """JSON Schema (2020-12) of `round_report` version 1. Keys it does not know are welcome and kept."""
    return Response(_schema(), media_type="application/schema+json", headers={"Cache-Control": "max-age=300"})


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request) -> JSONResponse:
    """The API as it is published."""
    return JSONResponse(request.app.openapi())


@lru_cache(maxsize=1)
def _schema() -> str:
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(dialect | RoundReport.model_json_schema(), indent=1) + "\n"
