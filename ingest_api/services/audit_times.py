"""The audits of times and numbers: what is broken or cannot have been. They flag, and alter nothing."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from ingest_api.services.sections import Sections
from shared.db.audits import Audits
from shared.db.side_audit import missing_sides
from shared.domain import invariants, plausibility
from shared.domain.plausibility import Implausible, implausible

log = structlog.get_logger()
PLAUSIBILITY = "plausibility"
EVERY = timedelta(days=1)
BATCH = 100
SIDE_AUDIT_DAYS = 30
_OVERLAP = timedelta(minutes=10)  # a round may be written by a transaction that began before the last audit did


@dataclass(frozen=True, slots=True)
class Checked:
    """How many rounds were looked at, and what of them is not plausible, by round_id."""

    rounds: int
    found: dict[int, list[Implausible]]


class DailyAudit:
    """The audit of plausibility once a day, a few rounds at a time: nothing waits for it. Only new and changed rounds."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._due_at: datetime | None = None
        self._started_at: datetime | None = None
        self._pending: deque[int] = deque()
        self._checked = 0

    def step(self, now: datetime) -> bool:
        """Look at the next rounds, if the day's audit is due or under way; False when there is nothing to do."""
        if self._started_at is None and not self._begin(now):
            return False
        batch = [self._pending.popleft() for _ in range(min(BATCH, len(self._pending)))]
        try:
            self._look(batch, now)
        except (OperationalError, InterfaceError):  # the database is away; these rounds are looked at when it is back
            self._pending.extendleft(reversed(batch))
            raise
        except Exception:  # rounds that cannot be looked at must not keep the others from it
            log.exception("plausibility_audit_failed", round_ids=batch)
        if not self._pending:
            self._end(now)
        return True

    def _look(self, batch: Sequence[int], now: datetime) -> None:
        with self._engine.begin() as connection:
            self._checked += check_plausibility(connection, batch, now).rounds

    def _end(self, now: datetime) -> None:
        started_at = self._started_at or now
        with self._engine.begin() as connection:
            Audits(connection).note_run(PLAUSIBILITY, started_at, self._checked)
        log.info("plausibility_audited", rounds=self._checked)
        self._due_at, self._started_at = started_at + EVERY, None

    def _begin(self, now: datetime) -> bool:
        if self._due_at is not None and now < self._due_at:
            return False
        with self._engine.connect() as connection:
            last = Audits(connection).last_run(PLAUSIBILITY)
            if last is not None and now < last.started_at + EVERY:
                self._due_at = last.started_at + EVERY
                return False
            since = None if last is None else last.started_at - _OVERLAP
            self._pending = deque(Audits(connection).changed_since(since))
        self._started_at, self._checked = now, 0
        return True


def check_plausibility(connection: Connection, round_ids: Sequence[int], now: datetime) -> Checked:
    """Look at these rounds and keep what is found of them, in the caller's transaction."""
    audits = Audits(connection)
    found = {one.round_id: implausible(one) for one in audits.numbers(round_ids)}
    audits.flag(found, now)
    return Checked(len(found), found)


def check_all(engine: Engine, now: datetime, server_id: str | None = None) -> Iterator[Checked]:
    """Look at every stored round of one server or all, some at a time, each part in a transaction of its own."""
    with engine.connect() as connection:
        round_ids = Audits(connection).changed_since(None, server_id)
    for start in range(0, len(round_ids), BATCH):
        with engine.begin() as connection:
            yield check_plausibility(connection, round_ids[start : start + BATCH], now)


def time_audit(connection: Connection) -> dict[str, Any]:
    """The answer of `/diagnostics/time-audit`: counts by rule, every rule named, and the newest examples."""
    sections, audits = Sections(connection), Audits(connection)
    broken = sections.read("invariants", audits.breaches_by_rule)
    flagged = sections.read("plausibility", audits.flags_by_rule)
    last = sections.read("last_run", lambda: audits.last_run(PLAUSIBILITY))
    return {
        "invariants": None if broken is None else _by_rule(broken, invariants.MEANINGS, "breaches"),
        "invariant_examples": sections.read("invariant_examples", audits.broken_rounds),
        "plausibility": None if flagged is None else _by_rule(flagged, plausibility.MEANINGS, "flags"),
        "plausibility_examples": sections.read("plausibility_examples", audits.flagged),
        "plausibility_checked_at": None if last is None else last.started_at,
        "plausibility_rounds_checked": None if last is None else last.rounds_checked,
        **sections.state(),
    }


def side_audit(connection: Connection, now: datetime) -> dict[str, Any]:
    """The answer of `/diagnostics/side-audit`: the last 30 days."""
    sections = Sections(connection)
    first_day = (now - timedelta(days=SIDE_AUDIT_DAYS - 1)).date()
    days = sections.read("days", lambda: missing_sides(connection, first_day, now.date()))
    known = days or ()
    return {
        "window_days": SIDE_AUDIT_DAYS,
        "rounds": None if days is None else sum(row["rounds"] for row in known),
        "winner_missing": None if days is None else sum(row["winner_missing"] for row in known),
        "defender_missing": None if days is None else sum(row["defender_missing"] for row in known),
        "both_missing": None if days is None else sum(row["both_missing"] for row in known),
        "days": days,
        **sections.state(),
    }


def _by_rule(counted: Sequence[dict[str, Any]], meanings: Mapping[Any, str], name: str) -> list[dict[str, Any]]:
    """Every rule with its meaning, also those that nothing breaks."""
    by_rule = {row["rule"]: row for row in counted}
    nothing: dict[str, Any] = {}
    return [
        {
            "rule": rule,
            "meaning": meaning,
            "rounds": by_rule.get(rule, nothing).get("rounds", 0),
            name: by_rule.get(rule, nothing).get(name, 0),
        }
        for rule, meaning in meanings.items()
    ]
