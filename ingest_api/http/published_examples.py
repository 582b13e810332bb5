"""An example of every answer that is read, put into the OpenAPI document: a real answer, cut short. Tests hold them true."""

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("examples")
_BY_PATH = {
    "/api/rounds": "rounds",
    "/api/rounds/{fingerprint}": "round",
    "/api/rounds/{fingerprint}/why": "why",
    "/api/matches/{match_id}": "match",
    "/api/sessions": "sessions",
    "/api/sessions/{id_or_date}": "session",
    "/api/sessions/{id_or_date}/scoring": "scoring",
    "/api/sessions/{id_or_date}/timing": "timing",
    "/api/sessions/{id_or_date}/graphs": "graphs",
    "/api/players/{guid}": "player",
    "/api/leaderboards/{metric}": "leaderboard",
}


def add_examples(document: dict[str, Any]) -> None:
    """Add them. The library that writes the document leaves out every null, so they cannot be told to it."""
    for path, name in _BY_PATH.items():
        answer = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
        answer["example"] = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
