"""The presenter's way to the database: the shared, synchronous code on a thread, here and nowhere else."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine

from presenter_bot.cards.builder import Message
from presenter_bot.delivery import Delivered
from shared.db.preview import PreviewMessages
from shared.db.publications import PREVIEW, Claim, Publications
from shared.db.read import round_view
from shared.db.redirects import survivor_of
from shared.domain.publications import NextState
from shared.domain.round_view import RoundView

_Answer = TypeVar("_Answer")


class Store:
    """The questions and settlements of one presenter, named `holder` in its leases. Raises sqlalchemy's errors."""

    def __init__(self, engine: Engine, holder: str) -> None:
        self._engine = engine
        self._single_statements = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._holder = holder

    async def claim(self, now: datetime, *, new_posts: bool, discord_edits: bool) -> Claim | None:
        """The next due publication, ours for the length of a lease; durable when this returns."""

        def ask(connection: Connection) -> Claim | None:
            publications = Publications(connection)
            return publications.claim(self._holder, now, new_posts=new_posts, discord_edits=discord_edits)

        return await self._statement(ask)

    async def round_view(self, round_id: int) -> RoundView | None:
        """What may be shown of a round."""
        return await self._statement(lambda connection: round_view(connection, round_id))

    async def has_become_another(self, round_id: int) -> bool:
        """Whether a round that is gone turned out to be another one."""
        return await self._statement(lambda connection: survivor_of(connection, round_id)) is not None

    async def settle_sent(self, claim: Claim, delivered: Delivered, now: datetime) -> bool:
        """It is said; False when the lease has passed to somebody else."""

        def settle(connection: Connection) -> bool:
            publications = Publications(connection)
            return publications.settle_sent(claim, self._holder, delivered.posted_to, delivered.message_ids, now)

        return await self._statement(settle)

    async def settle_failed(self, claim: Claim, following: NextState, error_code: str) -> bool:
        """It failed; False when the lease has passed to somebody else."""
        return await self._statement(
            lambda connection: Publications(connection).settle_failed(claim, self._holder, following, error_code)
        )

    async def settle_withdrawn(self, claim: Claim) -> bool:
        """Nothing of it stands any more; False when the lease has passed to somebody else."""
        return await self._statement(lambda connection: Publications(connection).settle_withdrawn(claim, self._holder))

    async def withdraw_from_preview(self, claim: Claim) -> bool:
        """Take it out of the preview channel and settle, both or neither; False when the lease is no longer ours."""

        def withdraw() -> bool:
            with self._engine.connect() as connection:
                PreviewMessages(connection).write(claim.id, (), claim.created_at)
                is_ours = Publications(connection).settle_withdrawn(claim, self._holder)
                if is_ours:
                    connection.commit()
                return is_ours

        return await asyncio.to_thread(withdraw)

    async def switch_off(self, claim: Claim) -> bool:
        """Automatic posting is not wanted; False when the lease has passed to somebody else."""
        return await self._statement(lambda connection: Publications(connection).switch_off(claim, self._holder))

    async def expire(self, now: datetime) -> int:
        """Let die what is too old to be news; answers how many."""
        return await self._statement(lambda connection: Publications(connection).expire(now))

    async def deliver_to_preview(self, claim: Claim, messages: Sequence[Message], now: datetime) -> bool:
        """Post to the preview channel and settle, both or neither; False when the lease has passed to somebody else."""

        def deliver() -> bool:
            with self._engine.connect() as connection:
                ids = PreviewMessages(connection).write(claim.id, messages, now)
                is_ours = Publications(connection).settle_sent(claim, self._holder, PREVIEW, ids, now)
                if is_ours:
                    connection.commit()
                return is_ours

        return await asyncio.to_thread(deliver)

    async def _statement(self, ask: Callable[[Connection], _Answer]) -> _Answer:
        def on_a_thread() -> _Answer:
            with self._single_statements.connect() as connection:
                return ask(connection)

        return await asyncio.to_thread(on_a_thread)
