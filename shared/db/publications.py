"""The outbox: who may say what now, and what became of it. Every claim is a lease, every settlement is guarded by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, text

from shared.domain.publications import LEASE, MAX_AGE, NextState
from shared.domain.vocabulary import PublicationStatus

RETRY_REQUESTED = "retry_requested"
TOO_OLD = "older_than_48_h"
PREVIEW = "preview"
MERGED = "merged"

_DUE = """
    p.status IN ('pending', 'claimed')
    AND CASE p.status WHEN 'pending' THEN coalesce(p.next_attempt_at <= :now, true) ELSE p.lease_until < :now END
    AND CASE WHEN p.posted_to IS NULL THEN :new_posts WHEN p.posted_to = 'preview' THEN true ELSE :discord_edits END
"""
# A round's start, not the order of arrival, decides what is said first; looked up for the first few only, so that
# a long queue costs no more than a short one.
_CLAIM = text(f"""
    WITH due AS (
        SELECT p.id, CASE p.kind WHEN 'round_post' THEN p.subject::bigint END AS round_id
        FROM publications p WHERE {_DUE} ORDER BY p.id LIMIT 32
    ), chosen AS (
        SELECT p.id FROM publications p JOIN due USING (id) LEFT JOIN rounds r ON r.id = due.round_id
        WHERE {_DUE} ORDER BY r.round_start_unix NULLS LAST, p.id LIMIT 1 FOR UPDATE OF p SKIP LOCKED
    )
    UPDATE publications p
    SET status = 'claimed', claimed_by = :holder, lease_until = :lease_until, attempts = p.attempts + 1
    FROM chosen WHERE p.id = chosen.id
    RETURNING p.*
""")
_SETTLE_SENT = text("""
    UPDATE publications
    SET status = CASE WHEN revision > :revision THEN 'pending' ELSE 'sent' END,
        posted_to = :posted_to, message_id = :message_id, further_message_ids = :further_message_ids,
        attempts = 0, next_attempt_at = NULL, error_code = NULL, claimed_by = NULL, lease_until = NULL,
        sent_at = coalesce(sent_at, :now)
    WHERE id = :id AND status = 'claimed' AND claimed_by = :holder
""")
_SETTLE = text("""
    UPDATE publications
    SET status = :status, attempts = :attempts, next_attempt_at = :next_attempt_at, error_code = :error_code,
        claimed_by = NULL, lease_until = NULL
    WHERE id = :id AND status = 'claimed' AND claimed_by = :holder
""")
_SWITCH_OFF = text("""
    UPDATE publications SET status = 'autopost_off', attempts = attempts - 1, claimed_by = NULL, lease_until = NULL
    WHERE id = :id AND status = 'claimed' AND claimed_by = :holder
""")
_EXPIRE = text("""
    UPDATE publications SET status = 'dead', error_code = :too_old
    WHERE status = 'pending' AND posted_to IS NULL AND created_at < :oldest
      AND error_code IS DISTINCT FROM :retry_requested
""")
# One attempt is kept in mind: what may have been sent must be looked for before it is sent again.
_RETRY = text("""
    UPDATE publications
    SET status = 'pending', attempts = least(attempts, 1), next_attempt_at = :now, error_code = :retry_requested
    WHERE id = :id AND status IN ('pending', 'dead', 'autopost_off', 'withdrawn')
""")
_DROP = text("""
    UPDATE publications SET status = 'withdrawn', next_attempt_at = NULL
    WHERE id = :id AND status IN ('pending', 'dead', 'autopost_off')
""")
_LIST = text("""
    SELECT * FROM publications
    WHERE cast(:status AS text) IS NULL OR status = :status
    ORDER BY id DESC LIMIT :limit
""")
_BY_ID = text("SELECT * FROM publications WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to deliver one publication until the lease ends. `revision` is the one that must be shown at least.

    `maybe_sent`: an earlier attempt since the last settlement may have reached its destination, so a part without a
    stored message id must be looked for before it is posted.
    """

    id: int
    kind: str
    subject: str
    channel: str
    revision: int
    posted_to: str | None
    message_ids: tuple[str, ...]
    attempts: int  # this one included
    created_at: datetime
    lease_until: datetime

    @property
    def maybe_sent(self) -> bool:
        """Has an attempt been made before this one?"""
        return self.attempts > 1

    @property
    def is_edit(self) -> bool:
        """Does its message exist already?"""
        return self.posted_to is not None


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """One publication as an operator sees it."""

    id: int
    kind: str
    subject: str
    channel: str
    revision: int
    status: str
    attempts: int
    next_attempt_at: datetime | None
    claimed_by: str | None
    lease_until: datetime | None
    posted_to: str | None
    message_ids: tuple[str, ...]
    error_code: str | None
    created_at: datetime
    sent_at: datetime | None


class Publications:
    """Named questions about the outbox over one connection; the caller commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def claim(self, holder: str, now: datetime, *, new_posts: bool = True, discord_edits: bool = True) -> Claim | None:
        """The next due publication, leased to `holder`; None when nothing is due.

        Due: pending and not waiting, or claimed by someone whose lease has ended. `new_posts` and `discord_edits` leave
        out what the holder cannot deliver at present. Concurrent callers never get the same one.
        """
        parameters = {
            "holder": holder,
            "now": now,
            "lease_until": now + LEASE,
            "new_posts": new_posts,
            "discord_edits": discord_edits,
        }
        row = self._connection.execute(_CLAIM, parameters).mappings().one_or_none()
        return None if row is None else _claim(row)

    def settle_sent(self, claim: Claim, holder: str, posted_to: str, message_ids: Sequence[str], now: datetime) -> bool:
        """It is said, at `posted_to`. False when the lease has passed to somebody else: then nothing is changed.

        When its revision has grown since the claim it is pending again, as an edit.
        """
        parameters = {
            "id": claim.id,
            "holder": holder,
            "revision": claim.revision,
            "posted_to": posted_to,
            "message_id": message_ids[0],
            "further_message_ids": list(message_ids[1:]),
            "now": now,
        }
        return self._connection.execute(_SETTLE_SENT, parameters).rowcount == 1

    def settle_failed(self, claim: Claim, holder: str, following: NextState, error_code: str) -> bool:
        """The attempt failed; `following` says when it is tried again. False when the lease is no longer ours."""
        parameters = {
            "id": claim.id,
            "holder": holder,
            "status": following.status,
            "attempts": following.attempts,
            "next_attempt_at": following.next_attempt_at,
            "error_code": error_code,
        }
        return self._connection.execute(_SETTLE, parameters).rowcount == 1

    def settle_withdrawn(self, claim: Claim, holder: str) -> bool:
        """It is taken away for good. False when the lease is no longer ours."""
        following = NextState(PublicationStatus.WITHDRAWN, claim.attempts, None)
        return self.settle_failed(claim, holder, following, MERGED)

    def switch_off(self, claim: Claim, holder: str) -> bool:
        """End it as `autopost_off`: automatic posting is not wanted. False when the lease is no longer ours."""
        return self._connection.execute(_SWITCH_OFF, {"id": claim.id, "holder": holder}).rowcount == 1

    def expire(self, now: datetime) -> int:
        """Let die what was never posted within 48 h, unless an operator asked for it; answers how many."""
        parameters = {"oldest": now - MAX_AGE, "too_old": TOO_OLD, "retry_requested": RETRY_REQUESTED}
        return self._connection.execute(_EXPIRE, parameters).rowcount

    def retry(self, publication_id: int, now: datetime) -> bool:
        """An operator wants it tried again, now. False when it is unknown, being sent, or sent."""
        parameters = {"id": publication_id, "now": now, "retry_requested": RETRY_REQUESTED}
        return self._connection.execute(_RETRY, parameters).rowcount == 1

    def drop(self, publication_id: int) -> bool:
        """An operator does not want it said. False when it is unknown, being sent, or sent."""
        return self._connection.execute(_DROP, {"id": publication_id}).rowcount == 1

    def newest(self, limit: int, status: str | None = None) -> list[PublicationRow]:
        """The newest `limit` publications, of one status if given."""
        rows = self._connection.execute(_LIST, {"status": status, "limit": limit}).mappings()
        return [_row(row) for row in rows]

    def by_id(self, publication_id: int) -> PublicationRow | None:
        """One publication, None when there is none of that id."""
        row = self._connection.execute(_BY_ID, {"id": publication_id}).mappings().one_or_none()
        return None if row is None else _row(row)


def _message_ids(row: RowMapping) -> tuple[str, ...]:
    return () if row["message_id"] is None else (row["message_id"], *row["further_message_ids"])


def _claim(row: RowMapping) -> Claim:
    return Claim(
        id=row["id"],
        kind=row["kind"],
        subject=row["subject"],
        channel=row["channel"],
        revision=row["revision"],
        posted_to=row["posted_to"],
        message_ids=_message_ids(row),
        attempts=row["attempts"],
        created_at=row["created_at"],
        lease_until=row["lease_until"],
    )


def _row(row: RowMapping) -> PublicationRow:
    return PublicationRow(
        id=row["id"],
        kind=row["kind"],
        subject=row["subject"],
        channel=row["channel"],
        revision=row["revision"],
        status=row["status"],
        attempts=row["attempts"],
        next_attempt_at=row["next_attempt_at"],
        claimed_by=row["claimed_by"],
        lease_until=row["lease_until"],
        posted_to=row["posted_to"],
        message_ids=_message_ids(row),
        error_code=row["error_code"],
        created_at=row["created_at"],
        sent_at=row["sent_at"],
    )
