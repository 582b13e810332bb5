"""Answers of several sections, read one by one: one that fails costs itself alone, and the answer says so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from shared.domain.diagnostics import Status

log = structlog.get_logger()


@dataclass(slots=True)
class Sections:
    """A reading within the caller's transaction. `errors` names the sections that could not be read."""

    connection: Connection
    errors: list[dict[str, str]] = field(default_factory=list)

    def read(self, section: str, ask: Callable[[], Any], also: Sequence[str] = ()) -> Any:
        """What `ask` answers; None, and a line among `errors`, when the database refuses. A lost connection is raised.

        `also`: further sections that come of the same answer.
        """
        try:
            with self.connection.begin_nested():
                return ask()
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            log.exception("section_failed", section=section)
            self.errors += [{"section": one, "code": "section_failed"} for one in (section, *also)]
            return None

    def state(self) -> dict[str, Any]:
        """The keys which say whether the answer is whole."""
        return {"status": Status.WARNING if self.errors else Status.OK, "errors": self.errors}
