"""How many there are of everything, without reading whole tables each time.

Tables that only grow are counted once, as far as no transaction can still be at work, and from there on for each question;
the rare states are counted by indexes of their own, and what is neither rare nor open is what remains of the whole. What is
kept in memory is a saving, no truth: it is thrown away when a row of the table was deleted.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, TextClause, text

from shared.domain.vocabulary import EventState, Kind, Outcome, PublicationStatus

SETTLED_BEHIND = 5_000
"""So many ids behind the newest, a row is committed or will never be: more than ten seconds of the busiest door."""

_RECEIPTS = text("""
    SELECT coalesce(d.kind, '') AS kind, r.outcome, r.answer_code, count(*), max(r.received_at)
    FROM delivery_receipts r LEFT JOIN deliveries d ON d.id = r.delivery_id
    WHERE r.id > :above AND r.id <= :up_to GROUP BY 1, 2, 3
""")
_EVENTS = text("SELECT count(*), max(received_at) FROM round_events WHERE id > :above AND id <= :up_to")
_ROUNDS = text("SELECT count(*), max(created_at) FROM rounds WHERE id > :above AND id <= :up_to")
_PUBLICATIONS = text("SELECT count(*), max(created_at) FROM publications WHERE id > :above AND id <= :up_to")
_EXTENT = """
    SELECT coalesce(max(id), 0) AS newest, coalesce(pg_stat_get_tuples_deleted('{table}'::regclass), 0) AS deleted
    FROM {table}
"""
# One statement per index: a condition must be the index's own to be answered by it.
_OPEN_EVENTS = (
    text(
        "SELECT state, count(*) FROM round_events WHERE state IN ('seen', 'parsed', 'linked_round_id') GROUP BY state"
    ),
    text("SELECT state, count(*) FROM round_events WHERE state = 'enriched' GROUP BY state"),
    text("SELECT state, count(*) FROM round_events WHERE state = 'quarantined' GROUP BY state"),
)
_UNSENT_PUBLICATIONS = (
    text("SELECT status, count(*) FROM publications WHERE status IN ('pending', 'claimed') GROUP BY status"),
    text("""
        SELECT status, count(*) FROM publications WHERE status IN ('dead', 'autopost_off', 'withdrawn') GROUP BY status
    """),
)


@dataclass(frozen=True, slots=True)
class Group:
    """So many rows, the newest of which is from then; None when there is none."""

    count: int = 0
    newest_at: datetime | None = None

    def __add__(self, other: "Group") -> "Group":
        moments = [moment for moment in (self.newest_at, other.newest_at) if moment is not None]
        return Group(self.count + other.count, max(moments, default=None))


Groups = Mapping[tuple[object, ...], Group]


@dataclass(frozen=True, slots=True)
class _Settled:
    """What was counted of the rows up to an id, while so many rows had been deleted."""

    up_to: int = 0
    deleted: int = 0
    groups: Groups = field(default_factory=dict)


class GrowingCount:
    """The rows of one growing table by group; each reading costs the newest few thousand rows."""

    def __init__(self, table: str, statement: TextClause) -> None:
        self._extent = text(_EXTENT.format(table=table))
        self._statement = statement
        self._settled = _Settled()

    def read(self, connection: Connection) -> Groups:
        """Group → rows, exact as of the caller's snapshot."""
        extent = connection.execute(self._extent).one()
        settled = self._settled if self._settled.deleted == extent.deleted else _Settled(deleted=extent.deleted)
        if extent.newest - settled.up_to > 2 * SETTLED_BEHIND:
            up_to = extent.newest - SETTLED_BEHIND
            groups = _sum(settled.groups, self._count(connection, settled.up_to, up_to))
            settled = _Settled(up_to, extent.deleted, groups)
        self._settled = settled
        return _sum(settled.groups, self._count(connection, settled.up_to, extent.newest))

    def total(self, connection: Connection) -> int:
        """All rows."""
        return sum(group.count for group in self.read(connection).values())

    def _count(self, connection: Connection, above: int, up_to: int) -> Groups:
        rows = connection.execute(self._statement, {"above": above, "up_to": up_to})
        return {tuple(row[:-2]): Group(row[-2], row[-1]) for row in rows}


def _sum(some: Groups, others: Groups) -> Groups:
    return {key: some.get(key, Group()) + others.get(key, Group()) for key in {*some, *others}}


@dataclass(frozen=True, slots=True)
class DeliveryCount:
    """Copies that arrived, of one kind, outcome and answer. `kind` is None when nothing of them was kept."""

    kind: Kind | None
    outcome: Outcome
    answer_code: int
    count: int
    newest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Everything counted in one snapshot. Every state and every status is there, with 0 when nothing is in it."""

    deliveries: tuple[DeliveryCount, ...]
    event_states: Mapping[EventState, int]
    publication_statuses: Mapping[PublicationStatus, int]
    rounds: int


class Counting:
    """Counts for one process, which remembers what cannot change any more."""

    def __init__(self) -> None:
        self._receipts = GrowingCount("delivery_receipts", _RECEIPTS)
        self._events = GrowingCount("round_events", _EVENTS)
        self._rounds = GrowingCount("rounds", _ROUNDS)
        self._publications = GrowingCount("publications", _PUBLICATIONS)

    def read(self, connection: Connection) -> Counts:
        """All counts; `connection` should hold one snapshot (repeatable read)."""
        events = _grouped(connection, _OPEN_EVENTS)
        publications = _grouped(connection, _UNSENT_PUBLICATIONS)
        all_events = self._events.total(connection)
        all_publications = self._publications.total(connection)
        return Counts(
            deliveries=self.deliveries(connection),
            event_states={state: events[state] for state in EventState}
            | {EventState.PUBLISHED: all_events - events.total()},
            publication_statuses={status: publications[status] for status in PublicationStatus}
            | {PublicationStatus.SENT: all_publications - publications.total()},
            rounds=self._rounds.total(connection),
        )

    def deliveries(self, connection: Connection) -> tuple[DeliveryCount, ...]:
        """What arrived, by kind, outcome and answer."""
        return tuple(
            DeliveryCount(
                Kind(str(kind)) if kind else None, Outcome(str(outcome)), int(str(code)), group.count, group.newest_at
            )
            for (kind, outcome, code), group in sorted(self._receipts.read(connection).items(), key=str)
        )


def _grouped(connection: Connection, statements: tuple[TextClause, ...]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for statement in statements:
        counts.update({str(word): int(count) for word, count in connection.execute(statement)})
    return counts
