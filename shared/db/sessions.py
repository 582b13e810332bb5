"""The gaming sessions of one server in the database: what is new or has changed, what lies around it, and what it comes to."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from shared.db import session_statements as sql
from shared.db.rewrite_statements import REVISE
from shared.domain.play_numbers import COUNTED, Play
from shared.domain.sessions import Group, Span, Standing, affected, joins, span
from shared.domain.vocabulary import RoundStatus

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DateOf = Callable[[datetime], date]


@dataclass(frozen=True, slots=True)
class PlayedRound:
    """A stored round as far as sessions go. `span` None: it is part of no session, or nobody knows when it was."""

    round_id: int
    session_id: int | None
    span: Span | None


@dataclass(frozen=True, slots=True)
class News:
    """What happened since sessions were last looked at: rounds that are new or have changed, and the places they left."""

    rounds: tuple[PlayedRound, ...]
    left: tuple[Span, ...]


def servers_with_news(connection: Connection) -> list[str]:
    """The servers whose sessions have to be looked at."""
    return [str(server_id) for server_id in connection.execute(sql.SERVERS).scalars()]


class Sessions:
    """The sessions of a server within the caller's transaction, who holds that server's lock."""

    def __init__(self, connection: Connection, server_id: str) -> None:
        self._connection = connection
        self._server_id = server_id

    def take_news(self, limit: int) -> News:
        """Every change, and at most `limit` new rounds. The changes are taken: they are gone once this is committed.

        All of them, for sessions are where their rounds are only when no round has left its place unnoticed.
        """
        changes = self._connection.execute(sql.TAKE_CHANGES, {"server_id": self._server_id}).all()
        rows = [
            *self._connection.execute(sql.AWAITING, {"server_id": self._server_id, "limit": limit}),
            *self._connection.execute(sql.BY_ID, {"round_ids": [change.round_id for change in changes]}),
        ]
        left = {place for change in changes if (place := _span(change)) is not None}
        return News(tuple({row.round_id: _played(row) for row in rows}.values()), tuple(left))

    def near(self, places: Iterable[Span]) -> list[Standing]:
        """The sessions that any of these places meets."""
        spans = list(places)
        parameters = {
            "server_id": self._server_id,
            "from_at": [_instant(place.start_unix) for place in spans],
            "until_at": [_instant(place.end_unix) for place in spans],
        }
        return [
            Standing(row.session_id, Span(_unix(row.started_at), _unix(row.ended_at)), row.rounds_count)
            for row in self._connection.execute(sql.NEAR, parameters)
        ]

    def around(self, session_id: int, place: Span) -> list[PlayedRound]:
        """The rounds of a session that may be torn apart by what happened in a place of it."""
        near = affected(place)
        parameters = {"session_id": session_id, "from_unix": near.start_unix, "until_unix": near.end_unix}
        return [_played(row) for row in self._connection.execute(sql.AROUND, parameters)]

    def write(
        self, groups: Sequence[Group], ended: Collection[int], leavers: Collection[int], date_of: DateOf
    ) -> list[int]:
        """Make the sessions so; answers the id of each group. `ended`: sessions of which nothing is left.

        `leavers`: rounds that are part of no session any more.
        """
        standing = [group.session_id for group in groups if group.session_id is not None]
        absorbed = [session_id for group in groups for session_id in group.absorbed]
        self._connection.execute(sql.SET_ASIDE, {"session_ids": [*standing, *absorbed, *ended]})
        ids = [group.session_id or self._found(group, date_of) for group in groups]
        if leavers:
            self._connection.execute(sql.LEAVE, {"round_ids": list(leavers)})
        self._move(groups, ids, leavers)
        for session_id, group in zip(ids, groups, strict=True):
            described = {"session_id": session_id, "rounds_count": group.rounds_count} | _times(group, date_of)
            self._connection.execute(sql.DESCRIBE, described)
            if group.absorbed:
                self._connection.execute(sql.RETIRE, {"session_id": session_id, "absorbed": list(group.absorbed)})
        return ids

    def plays(self, session_id: int, from_unix: int) -> list[Play]:
        """The rounds of a session from an instant on, and those of an unknown start."""
        parameters = {"session_id": session_id, "from_unix": from_unix}
        return [_play(row) for row in self._connection.execute(sql.FROM_THERE_ON, parameters)]

    def last_plays_before(self, session_id: int, from_unix: int, maps: Collection[str]) -> dict[str, Play]:
        """Per map the last counted round of a session before an instant."""
        parameters = {
            "session_id": session_id,
            "from_unix": from_unix,
            "maps": list(maps),
            "counted": sorted(COUNTED),
        }
        return {row.map_name: _play(row) for row in self._connection.execute(sql.LAST_BEFORE, parameters)}

    def number(self, numbers: Mapping[int, int], shown_otherwise: Collection[int], now: datetime) -> None:
        """Give rounds their play numbers; `shown_otherwise` are those which look different with them."""
        parameters = {"round_ids": list(numbers), "play_numbers": list(numbers.values())}
        self._connection.execute(sql.NUMBER, parameters)
        if shown_otherwise:
            revised = [{"round_id": round_id, "now": now} for round_id in shown_otherwise]
            self._connection.execute(REVISE, revised)

    def _found(self, group: Group, date_of: DateOf) -> int:
        parameters = {"server_id": self._server_id} | _times(group, date_of)
        return int(self._connection.execute(sql.FOUND, parameters).scalar_one())

    def _move(self, groups: Sequence[Group], ids: Sequence[int], leavers: Collection[int]) -> None:
        placed = [(stretch, to) for group, to in zip(groups, ids, strict=True) for stretch in group.stretches]
        singles = [stretch.round_id for stretch, _ in placed if stretch.round_id is not None]
        moves = [(stretch, to) for stretch, to in placed if stretch.session_id != to]
        parts = [(stretch, to) for stretch, to in moves if stretch.round_id is None]
        if parts:
            parameters = {
                "from_sessions": [stretch.session_id for stretch, _ in parts],
                "to_sessions": [to for _, to in parts],
                "from_unix": [stretch.span.start_unix for stretch, _ in parts],
                "until_unix": [stretch.span.end_unix for stretch, _ in parts],
                "others": [*singles, *leavers],
            }
            self._connection.execute(sql.MOVE_PARTS, parameters)
        rounds = {stretch.round_id: to for stretch, to in moves if stretch.round_id is not None}
        if rounds:
            parameters = {"round_ids": list(rounds), "to_sessions": list(rounds.values())}
            self._connection.execute(sql.MOVE_ROUNDS, parameters)


def date_again(connection: Connection, date_of: DateOf) -> int:
    """Give every session the date it goes by now, after the display time zone was changed; answers how many had another."""
    dates = {
        row.session_id: given
        for row in connection.execute(sql.DATES)
        if (given := date_of(row.started_at)) != row.session_date
    }
    if dates:
        connection.execute(sql.DATE_AGAIN, {"session_ids": list(dates), "session_dates": list(dates.values())})
    return len(dates)


def _played(row: Row[Any]) -> PlayedRound:
    takes_part = joins(RoundStatus(row.round_status), is_bot_round=row.is_bot_round)
    return PlayedRound(row.round_id, row.gaming_session_id, _span(row) if takes_part else None)


def _play(row: Row[Any]) -> Play:
    when = _span(row)
    if when is None:
        raise ValueError(f"round {row.round_id} has a gaming session but was at no time")
    return Play(
        row.round_id, row.map_name, row.match_id, when.start_unix, RoundStatus(row.round_status), row.play_number
    )


def _span(row: Row[Any]) -> Span | None:
    """When a round was. Date and time are its start's, or its end's when no start is known."""
    end_unix = row.round_end_unix
    if end_unix is None and row.round_start_unix is None and row.round_date is not None and row.round_time is not None:
        end_unix = _unix(datetime.combine(row.round_date, row.round_time, UTC))
    duration = row.actual_duration_seconds
    return span(row.round_start_unix, end_unix, None if duration is None else round(duration))


def _times(group: Group, date_of: DateOf) -> dict[str, datetime | date]:
    started_at = _instant(group.span.start_unix)
    return {"started_at": started_at, "ended_at": _instant(group.span.end_unix), "session_date": date_of(started_at)}


def _instant(unix: int) -> datetime:
    return EPOCH + timedelta(seconds=unix)


def _unix(instant: datetime) -> int:
    return int(instant.timestamp())
