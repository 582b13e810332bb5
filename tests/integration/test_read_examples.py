"""What OpenAPI says of every reading endpoint is true: its example and a real answer both have the published shape."""

import pytest
from jsonschema import Draft202012Validator

from ingest_api.main import create_app
from shared.ops.settings import Settings
from tests.integration.scored_evening import EVENING, play_evening

DOCUMENT = create_app(Settings(), "postgresql://nobody@127.0.0.1:1/none").openapi()
READS = {
    "/api/rounds": "/api/rounds",
    "/api/rounds/{fingerprint}": "/api/rounds/{round}",
    "/api/rounds/{fingerprint}/why": "/api/rounds/{round}/why",
    "/api/matches/{match_id}": "/api/matches/{match}",
    "/api/sessions": "/api/sessions",
    "/api/sessions/{id_or_date}": f"/api/sessions/{EVENING}",
    "/api/sessions/{id_or_date}/scoring": f"/api/sessions/{EVENING}/scoring",
    "/api/sessions/{id_or_date}/timing": f"/api/sessions/{EVENING}/timing",
    "/api/sessions/{id_or_date}/graphs": f"/api/sessions/{EVENING}/graphs",
    "/api/players/{guid}": "/api/players/{guid}",
    "/api/leaderboards/{metric}": "/api/leaderboards/kills?since=2026-01-01",
}


def content(path):
    return DOCUMENT["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]


def validator(path):
    return Draft202012Validator({**content(path)["schema"], "components": DOCUMENT["components"]})


def keys(told, path=""):
    """Every key of an answer by where it stands; of a list the keys of all its entries."""
    found = set()
    if isinstance(told, dict):
        for key, value in told.items():
            found |= {f"{path}/{key}"} | keys(value, f"{path}/{key}")
    elif isinstance(told, list):
        for value in told:
            found |= keys(value, f"{path}[]")
    return found


def resolve(schema):
    """A schema without references and without its being null."""
    if "$ref" in schema:
        return resolve(DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    return resolve(choices[0]) if choices else schema


def undocumented(told, schema, path=""):
    """Keys of an answer that its schema does not name."""
    schema = resolve(schema)
    if isinstance(told, list):
        return {one for value in told for one in undocumented(value, schema.get("items", {}), f"{path}[]")}
    if not isinstance(told, dict):
        return set()
    known, others = schema.get("properties", {}), schema.get("additionalProperties")
    found = set()
    for key, value in told.items():
        if key in known:
            found |= undocumented(value, known[key], f"{path}/{key}")
        elif isinstance(others, dict):
            found |= undocumented(value, others, f"{path}/{key}")
        elif others is not True:
            found.add(f"{path}/{key}")
    return found


def test_every_reading_endpoint_is_held_to_what_is_published():
    published = {
        path for path in DOCUMENT["paths"] if path.startswith("/api/") and "content" in str(DOCUMENT["paths"][path])
    }
    reading = {path for path in published if "get" in DOCUMENT["paths"][path] and "/v2/" not in path}
    assert reading == set(READS)


@pytest.mark.parametrize("path", READS)
def test_an_example_has_the_shape_that_is_published(path):
    example = content(path)["example"]
    assert [one.message for one in validator(path).iter_errors(example)] == []
    assert undocumented(example, content(path)["schema"]) == set()


def test_a_real_answer_has_the_shape_that_is_published_and_the_keys_of_the_example(door):
    first, *_ = play_evening(door)
    round_ = door.client.get(f"/api/rounds/{first}").json()
    names = {"round": first, "match": round_["match_id"], "guid": round_["players"][0]["guid"]}
    for path, asked in READS.items():
        answer = door.client.get(asked.format(**names))
        assert answer.status_code == 200, path
        told, example = answer.json(), content(path)["example"]
        assert [one.message for one in validator(path).iter_errors(told)] == [], path
        assert undocumented(told, content(path)["schema"]) == set(), path
        assert keys(example) - keys(told) == set(), path
