"""The OpenAPI document: what FastAPI knows of the routes, and what only we know: bodies the doors read themselves, refusals,
the headers of answers, who may ask.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from ingest_api.http.published_examples import add_examples
from ingest_api.http.shapes import Problem
from shared.domain.contract import RoundReport

_Json = dict[str, Any]
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_OF_THE_FRAMEWORK = ("HTTPValidationError", "ValidationError")
_WITHOUT_DATABASE = ("/livez", "/v1/schemas/round_report.json")
_OWN_WORDS = "older senders"  # their doors answer errors in those senders' way, and say so themselves
_READ_HEADERS: _Json = {
    "ETag": {"description": "Of this very answer, for `If-None-Match`", "schema": {"type": "string"}}
}
_RETRY_AFTER: _Json = {
    "Retry-After": {
        "description": "Seconds to wait before the next attempt",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    }
}
_WWW_AUTHENTICATE: _Json = {
    "WWW-Authenticate": {"description": "How to say who asks", "required": True, "schema": {"type": "string"}}
}
_LOCATION: _Json = {
    "Location": {
        "description": "The page of the round, if there is one; `/api` before it leads to the same as JSON",
        "schema": {"type": "string"},
    }
}
_SECURITY_SCHEMES: _Json = {
    "server": {"type": "http", "scheme": "bearer", "description": "The token of a registered game server"},
    "operators": {"type": "http", "scheme": "bearer", "description": "The operators' token, where one is set"},
}


def published_document(app: FastAPI) -> _Json:
    """OpenAPI 3.1 of everything the application answers, pages apart. Worked out once."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, routes=app.routes)
        _add_shapes(document.setdefault("components", {}))
        for path, operation in _operations(document):
            _tell_refusals(path, operation)
            _tell_headers(path, operation["responses"])
            if _is_for_servers(path):
                operation["security"] = [{"server": []}]
            if _is_for_operators(path):
                operation["security"] = [{"operators": []}, {}]
        add_examples(document)
        app.openapi_schema = document
    return app.openapi_schema


def _operations(document: _Json) -> Iterator[tuple[str, _Json]]:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            yield path, operation


def _add_shapes(components: _Json) -> None:
    """The contract and our own problems, in the place of those that the framework would answer."""
    schemas = components.setdefault("schemas", {})
    for shape in (RoundReport, Problem):
        schema = shape.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schema.pop("$defs", {})
        schemas[shape.__name__] = schema
    for name in _OF_THE_FRAMEWORK:
        schemas.pop(name, None)
    components["securitySchemes"] = _SECURITY_SCHEMES


def _tell_refusals(path: str, operation: _Json) -> None:
    """Every error is a problem, wherever a door does not say otherwise."""
    responses = operation["responses"]
    has_own_words = _OWN_WORDS in operation.get("tags", ())
    if has_own_words:
        _forget_framework(responses)
    for response in responses.values():
        if _is_problem(response):
            response["content"] = _PROBLEM
    if has_own_words:
        return
    responses.setdefault("500", {"description": "A fault of ours; the log knows it by `error_id`", "content": _PROBLEM})
    if path not in _WITHOUT_DATABASE:
        responses.setdefault("503", {"description": "The database cannot be asked now", "content": _PROBLEM})
    if "requestBody" in operation:
        responses["408"] = {"description": "The body took longer than two minutes", "content": _PROBLEM}


def _forget_framework(responses: _Json) -> None:
    for status in [status for status, response in responses.items() if _names(response, "HTTPValidationError")]:
        del responses[status]


def _is_problem(response: _Json) -> bool:
    return any(_names(response, name) for name in ("Problem", "HTTPValidationError"))


def _names(response: _Json, shape: str) -> bool:
    return any(
        media.get("schema", {}).get("$ref") == f"#/components/schemas/{shape}"
        for media in response.get("content", {}).values()
    )


def _tell_headers(path: str, responses: _Json) -> None:
    for status, response in responses.items():
        if status == "401":
            response["headers"] = _WWW_AUTHENTICATE
        elif status == "429" or (status == "503" and path not in ("/readyz", "/health")):
            response["headers"] = _RETRY_AFTER
        elif status in ("200", "201") and _names(response, "ReceiptBody"):
            response["headers"] = _LOCATION
        elif status in ("200", "304") and "304" in responses:
            response["headers"] = _READ_HEADERS


def _is_for_servers(path: str) -> bool:
    if path.startswith("/v1/"):
        return not path.startswith("/v1/schemas/")
    return path.startswith("/api/v2/stats/") and not path.endswith("/players/by-guid")


def _is_for_operators(path: str) -> bool:
    return path.startswith(("/diagnostics/", "/metrics"))
