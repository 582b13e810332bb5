"""Every error as problem+json (RFC 9457) with a stable code. No exception text, SQL, path or address ever leaves."""

import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from ingest_api.http import methods
from ingest_api.http.client import client_of
from ingest_api.http.limits import within
from ingest_api.http.state import app_state
from ingest_api.services.arrival import REFUSAL_CODES
from shared.domain.errors import NotAuthenticated, NothingDurable, Refused, TooMany, Withheld
from shared.ops.clock import utc_now

log = structlog.get_logger()
RETRY_AFTER_SECONDS = 5
PROBLEM = "application/problem+json"


def install(app: FastAPI) -> None:
    """Map what the services raise to answers."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(NothingDurable, _nothing_durable)
    app.add_exception_handler(DBAPIError, _nothing_durable)
    app.add_exception_handler(PoolTimeout, _nothing_durable)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(ClientDisconnect, _cut_off)
    app.add_exception_handler(Exception, _unexpected)


def problem(
    status: int,
    code: str,
    detail: str,
    headers: Mapping[str, str] | None = None,
    cause: Exception | None = None,
    errors: Sequence[Mapping[str, str]] = (),
) -> JSONResponse:
    """One problem. `code` is stable; `error_id` finds the log line, which tells the `cause` when the fault is ours.

    `errors`: what exactly is wrong with a request, each with pointer, code and message.
    """
    error_id = secrets.token_hex(8)
    write = log.info if cause is None else log.error
    write("request_refused", error_id=error_id, code=code, status=status, exc_info=cause)
    body = {
        "type": f"urn:roundwire:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "error_id": error_id,
        **({"errors": list(errors)} if errors else {}),
    }
    return JSONResponse(body, status, dict(headers or {}), media_type=PROBLEM)


def _refused(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, Refused):
        raise error
    headers: dict[str, str] = {}
    if isinstance(error, NotAuthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="roundwire"'
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after_seconds)
    errors = (
        [{"pointer": error.pointer, "code": error.code, "message": str(error)}] if isinstance(error, Withheld) else ()
    )
    return problem(REFUSAL_CODES[type(error)], error.code, str(error), headers, errors=errors)


def _nothing_durable(_request: Request, error: Exception) -> JSONResponse:
    detail = "nothing durable can be done at the moment; keep what you sent and try again"
    return problem(503, "unavailable", detail, {"Retry-After": str(RETRY_AFTER_SECONDS)}, error)


def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if allowed := methods.options(request, error):
        return allowed
    if error.status_code == HTTPStatus.NOT_FOUND and "route" not in request.scope:
        try:
            within(app_state(request).address_limits.unknown, request, client_of(request).household, utc_now())
        except TooMany as refusal:
            return _refused(request, refusal)
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
    return problem(error.status_code, code, str(error.detail), error.headers)


def _unreadable(_request: Request, error: Exception) -> Response:
    """Of each parameter where it stands, which rule it breaks and the rule in words; never the value that was sent."""
    if not isinstance(error, RequestValidationError):
        raise error
    errors = [
        {"pointer": "/" + "/".join(map(str, one["loc"])), "code": str(one["type"]), "message": str(one["msg"])}
        for one in error.errors()
    ]
    return problem(422, "bad_parameter", "a parameter of the request cannot be understood", errors=errors)


def _cut_off(_request: Request, _error: Exception) -> JSONResponse:
    """Nobody is left to read it; the log tells it as what it is, no fault of ours."""
    return problem(400, "cut_off", "the connection ended before the body did")


def _unexpected(_request: Request, error: Exception) -> JSONResponse:
    return problem(500, "internal_error", "something went wrong here; the log knows it by this error_id", cause=error)
