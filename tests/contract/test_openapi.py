"""The API is published as it is: nothing of it changes unnoticed."""

import json
from pathlib import Path

from ingest_api.main import create_app
from shared.ops.settings import Settings

EXPECTED = Path(__file__).with_name("openapi.json")
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


def openapi():
    return create_app(Settings(), NOWHERE).openapi()


def test_the_api_is_the_published_one(golden_file):
    golden_file(EXPECTED, json.dumps(openapi(), indent=1, ensure_ascii=False) + "\n")


def test_it_is_openapi_3_1_and_knows_the_contract():
    document = openapi()
    assert document["openapi"].startswith("3.1")
    assert "RoundReport" in document["components"]["schemas"]


def test_every_reference_leads_somewhere():
    document = openapi()
    schemas = document["components"]["schemas"]
    wanted = {part.split('"')[0] for part in json.dumps(document).split("#/components/schemas/")[1:]}
    assert wanted <= set(schemas)
