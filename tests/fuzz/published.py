"""Asks everything that OpenAPI publishes, in all the ways schemathesis can think of, and holds every answer to the document."""

from collections import Counter
from dataclasses import dataclass, field

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, from_schema
from schemathesis.engine.events import EngineEvent, FatalError, NonFatalError, ScenarioFinished
from schemathesis.engine.recorder import ScenarioRecorder

from tests.fuzz.service import SERVER, Service

# What is authentic is kept whatever it says, so a door takes bodies that break its schema: as quarantined, or in part.
_TAKEN_ALL_THE_SAME = ["200", "201", "202", "204", "4xx"]
# An Idempotency-Key stands for one delivery: what is lawful is refused all the same when it comes under another's.
_OF_A_KEY_TWICE = ["2xx", "401", "422"]
_DOORS = "^(/v1/(rounds|files|filename-triggers|hello)|/api/v2/|/api/webhooks/)"


@dataclass(frozen=True, slots=True)
class Findings:
    """What a run came to: cases by status, and a line for each answer that is not as published."""

    statuses: Counter[int] = field(default_factory=Counter)
    breaches: list[str] = field(default_factory=list)

    @property
    def cases(self) -> int:
        """How many requests were answered."""
        return self.statuses.total()


def ask_everything(
    service: Service, *, token: str | None, examples: int, seed: int, only: str = "", is_short: bool = False
) -> Findings:
    """Every operation whose path matches `only`, with this bearer token or none; so many random cases of each and mode.

    The engine's own phases: published examples, every boundary of every schema, random values, valid and not. `is_short`:
    without the two thousand boundaries of a round report.
    """
    found = Findings()
    config = SchemathesisConfig.from_dict(_config(service, token, examples, seed, only, is_short=is_short))
    schema = schemathesis.openapi.from_url(f"{service.address}/openapi.json", config=config, timeout=30)
    for event in from_schema(schema).execute():
        _note(event, found)
    return found


def _config(
    service: Service, token: str | None, examples: int, seed: int, only: str, *, is_short: bool
) -> dict[str, object]:
    operations: list[dict[str, object]] = [
        {
            "include-path-regex": _DOORS,
            "checks": {
                "negative_data_rejection": {"expected-statuses": _TAKEN_ALL_THE_SAME},
                "positive_data_acceptance": {"expected-statuses": _OF_A_KEY_TWICE},
            },
        },
        {  # with another address nothing is answered, which no document can tell
            "include-path-regex": "^/api/webhooks/",
            "parameters": {"path.server": SERVER, "path.token": service.token},
        },
        {"include-path": "/v1/rounds", "phases": {"coverage": {"enabled": not is_short}}},
        {"exclude-path-regex": only, "enabled": False},
    ]
    return {
        "seed": seed,
        "continue-on-failure": True,
        "request-timeout": 30,
        "warnings": False,
        "headers": {} if token is None else {"Authorization": f"Bearer {token}"},
        "cache": {"enabled": False},
        "generation": {"max-examples": examples, "no-shrink": True, "database": "none"},
        "phases": {"stateful": {"enabled": False}},
        "operations": operations,
    }


def _note(event: EngineEvent, found: Findings) -> None:
    if isinstance(event, ScenarioFinished):
        _note_answers(event.recorder, found)
    elif isinstance(event, NonFatalError):
        found.breaches.append(f"{event.label}: {event.value!r}")
    elif isinstance(event, FatalError):
        raise event.exception


def _note_answers(recorder: ScenarioRecorder, found: Findings) -> None:
    for case, interaction in recorder.interactions.items():
        if interaction.response is not None:
            found.statuses[interaction.response.status_code] += 1
        for check in recorder.checks.get(case, ()):
            if check.status == Status.FAILURE and check.failure_info is not None:
                failure = check.failure_info
                found.breaches.append(f"{recorder.label}: {check.name}: {failure.failure}\n{failure.code_sample}")
