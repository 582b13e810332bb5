"""What the worker does so that every round is in its gaming session: look again wherever rounds came, changed or went."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from shared.db.servers import Servers
from shared.db.sessions import DateOf, News, PlayedRound, Sessions, date_again, servers_with_news
from shared.domain.play_numbers import LOOK_BACK_SECONDS, is_shown, play_numbers
from shared.domain.session_dates import session_date
from shared.domain.sessions import (
    LONGEST_PAUSE_SECONDS,
    Group,
    Span,
    Standing,
    Stretch,
    beyond,
    place_in,
    regroup,
    whole,
)

log = structlog.get_logger()
BATCH = 500
REST = timedelta(minutes=1)


class SessionAssignment:
    """Assigns sessions, one batch of each server at a time, so that no server's lock is held for long.

    A server with which it failed is left alone for a minute; what was to be done there is still in the database.
    """

    def __init__(self, engine: Engine, zone: tzinfo) -> None:
        self._engine = engine
        self._zone = zone
        self._resting_until: dict[str, datetime] = {}

    def date_all_again(self) -> int:
        """Bring the dates of stored sessions in line with the display time zone; answers how many had another."""
        with self._engine.begin() as connection:
            return date_again(connection, self._date_of)

    def assign(self, now: datetime) -> int:
        """Look once at every server where something happened; answers how many rounds were new or had changed."""
        with self._engine.connect() as connection:
            servers = servers_with_news(connection)
        return sum(self._assign_at(server_id, now) for server_id in servers if self._may_try(server_id, now))

    def _assign_at(self, server_id: str, now: datetime) -> int:
        try:
            with self._engine.begin() as connection:
                Servers(connection).lock(server_id)
                return assign_batch(connection, server_id, self._date_of, now)
        except Exception as error:  # one server's trouble must not keep the others waiting
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise
            log.exception("sessions_not_assigned", server_id=server_id)
            self._resting_until[server_id] = now + REST
            return 0

    def _may_try(self, server_id: str, now: datetime) -> bool:
        return server_id not in self._resting_until or self._resting_until[server_id] <= now

    def _date_of(self, started_at: datetime) -> date:
        return session_date(started_at, self._zone)


def assign_batch(connection: Connection, server_id: str, date_of: DateOf, now: datetime, limit: int = BATCH) -> int:
    """Take what is new at a server, whose lock the caller holds, and settle it; answers how many rounds were looked at."""
    sessions = Sessions(connection, server_id)
    news = sessions.take_news(limit)
    if not news.rounds and not news.left:
        return 0
    standing = sessions.near(place.widened(LONGEST_PAUSE_SECONDS) for place in _places(news))
    groups = regroup(_stretches(sessions, standing, news))
    going_on = {session_id for group in groups for session_id in (group.session_id, *group.absorbed)}
    ended = {session.session_id for session in standing} - going_on
    leavers = [one.round_id for one in news.rounds if one.span is None and one.session_id is not None]
    ids = sessions.write(groups, ended, leavers, date_of)
    for session_id, group in zip(ids, groups, strict=True):
        _number(sessions, session_id, group, now)
    return len(news.rounds)


def _places(news: News) -> Iterable[Span]:
    return {*news.left, *(one.span for one in news.rounds if one.span is not None)}


def _stretches(sessions: Sessions, standing: Sequence[Standing], news: News) -> list[Stretch]:
    """Everything near the news: sessions as one piece, except where a round has left a place in them."""
    known = {session.session_id for session in standing}
    told = {one.round_id for one in news.rounds}
    stretches = [_single(one, one.session_id if one.session_id in known else None) for one in news.rounds]
    for session in standing:
        place = place_in(session, news.left)
        if place is None:
            stretches.append(whole(session))
            continue
        others = [one for one in sessions.around(session.session_id, place) if one.round_id not in told]
        stretches += beyond(session, place)
        stretches += [_single(one, session.session_id, is_settled=True) for one in others]
    return [stretch for stretch in stretches if stretch is not None]


def _single(one: PlayedRound, session_id: int | None, *, is_settled: bool = False) -> Stretch | None:
    """A round by itself; not counted when its session may have counted it already."""
    if one.span is None:
        return None
    rounds_count = 1 if is_settled or session_id is None else None
    return Stretch(one.span, session_id, rounds_count, one.round_id, is_settled)


def _number(sessions: Sessions, session_id: int, group: Group, now: datetime) -> None:
    """Number the plays of a session from where it may differ from what stood."""
    if group.changes_from_unix is None:
        return
    from_unix = group.changes_from_unix - LOOK_BACK_SECONDS
    plays = sessions.plays(session_id, from_unix)
    earlier = sessions.last_plays_before(session_id, from_unix, {play.map_name for play in plays})
    given = play_numbers(plays, earlier)
    changed = {play.round_id: given[play.round_id] for play in plays if given[play.round_id] != play.play_number}
    shown_otherwise = [
        play.round_id
        for play in plays
        if play.round_id in changed and (is_shown(play.play_number) or is_shown(changed[play.round_id]))
    ]
    if changed:
        sessions.number(changed, shown_otherwise, now)
