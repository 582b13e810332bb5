"""One round takes over what another had: its names, its posts and its id. The events are moved one by one, elsewhere."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, text

from shared.domain.publications import Handover, PostStanding, handover
from shared.domain.vocabulary import EventState, PublicationKind, PublicationStatus

_EVENTS = text("SELECT id, state, link_reason FROM round_events WHERE round_id = :absorbed ORDER BY id FOR UPDATE")
_NAMES = text("UPDATE round_fingerprints SET round_id = :survivor WHERE round_id = :absorbed")
_OLD_REDIRECTS = text("UPDATE round_redirects SET round_id = :survivor WHERE round_id = :absorbed")
_REDIRECT = text("INSERT INTO round_redirects (old_round_id, round_id, at) VALUES (:absorbed, :survivor, :now)")
# Above both, so that whoever is drawing either of them sees that it is not the newest.
_REVISE = text("""
UPDATE rounds SET revision = 1 + greatest(revision, (SELECT revision FROM rounds WHERE id = :absorbed)), updated_at = :now
WHERE id = :survivor
""")
_POSTS = text("""
SELECT id, subject, channel, status, attempts, posted_to FROM publications
WHERE kind = :kind AND subject IN (CAST(:survivor AS text), CAST(:absorbed AS text)) ORDER BY id FOR UPDATE
""")
_DROP = text("DELETE FROM publications WHERE id = :id")
_MOVE = text("UPDATE publications SET subject = CAST(:survivor AS text) WHERE id = :id")
_TAKE_AWAY = text("""
UPDATE publications SET revision = revision + 1, next_attempt_at = NULL, error_code = NULL,
    status = CASE status WHEN 'claimed' THEN status ELSE 'pending' END,
    attempts = CASE status WHEN 'claimed' THEN attempts ELSE least(attempts, 1) END
WHERE id = :id
""")
_SHOW_ANEW = text("""
UPDATE publications SET revision = rounds.revision,
    next_attempt_at = CASE publications.status WHEN 'sent' THEN NULL ELSE publications.next_attempt_at END,
    status = CASE publications.status WHEN 'sent' THEN 'pending' ELSE publications.status END
FROM rounds WHERE rounds.id = :survivor AND publications.kind = :kind AND publications.subject = CAST(:survivor AS text)
""")


@dataclass(frozen=True, slots=True)
class MovingEvent:
    """An event that is to tell of another round from here on."""

    round_event_id: int
    state: EventState
    link_reason: str


class Merges:
    """What passes from a round to the one it turned out to be, within the caller's transaction."""

    def __init__(self, connection: Connection, survivor_id: int, absorbed_id: int) -> None:
        self._connection = connection
        self._two = {"survivor": survivor_id, "absorbed": absorbed_id}
        self._absorbed = str(absorbed_id)

    def events(self) -> list[MovingEvent]:
        """Every event of the round that goes, which are ours alone from here on."""
        rows = self._connection.execute(_EVENTS, self._two)
        return [MovingEvent(row.id, EventState(row.state), row.link_reason) for row in rows]

    def take_over_names(self, now: datetime) -> None:
        """Its fingerprints and its id, and the ids it took over before, mean the survivor, which is a new revision."""
        self._connection.execute(_REVISE, self._two | {"now": now})
        self._connection.execute(_NAMES, self._two)
        self._connection.execute(_OLD_REDIRECTS, self._two)
        self._connection.execute(_REDIRECT, self._two | {"now": now})

    def take_over_posts(self) -> None:
        """Of two posts of one channel one is left; what may stand somewhere beside it is left to be taken away."""
        whose = self._two | {"kind": PublicationKind.ROUND_POST}
        posts = self._connection.execute(_POSTS, whose).mappings().all()
        kept = {post["channel"]: post for post in posts if post["subject"] != self._absorbed}
        for post in posts:
            if post["subject"] == self._absorbed:
                self._hand_over(kept.get(post["channel"]), post)
        self._connection.execute(_SHOW_ANEW, whose)

    def _hand_over(self, kept: RowMapping | None, other: RowMapping) -> None:
        way = handover(None if kept is None else _standing(kept), _standing(other))
        whose = self._two | {"id": other["id"]}
        if way is Handover.DROP:
            self._connection.execute(_DROP, whose)
        elif way is Handover.TAKE_AWAY:
            self._connection.execute(_TAKE_AWAY, whose)
        else:
            if kept is not None:
                self._connection.execute(_DROP, {"id": kept["id"]})
            self._connection.execute(_MOVE, whose)


def _standing(row: RowMapping) -> PostStanding:
    return PostStanding(PublicationStatus(row["status"]), row["attempts"], is_posted=row["posted_to"] is not None)
