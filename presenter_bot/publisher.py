"""The publisher: claims what is due, has its card drawn, carries it to its place and settles what came of it.

A claim is committed before anything is sent and settled after; whatever dies in between is found again by its lease,
and its message by the mark it bears. Never lost, never said twice.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from presenter_bot.cards.builder import Message
from presenter_bot.cards.round_card import build_round_card
from presenter_bot.delivery import Channels, Delivered, DeliveryError, TokenRefusedError
from presenter_bot.store import Store
from shared.db.publications import PREVIEW, Claim
from shared.domain.publications import FailureKind, after_failure
from shared.domain.vocabulary import PublicationKind

IDLE_SECONDS = 0.1
DATABASE_AWAY_SECONDS = 1.0
EXPIRY_EVERY_SECONDS = 600.0

log = structlog.get_logger()


class Publisher:
    """One presenter's loop. `channels` None: everything goes to the preview channel."""

    def __init__(
        self, store: Store, channels: Channels | None, clock: Callable[[], datetime], *, autopost: bool
    ) -> None:
        self._store = store
        self._channels = channels
        self._clock = clock
        self._autopost = autopost

    async def run(self, stop: asyncio.Event) -> None:
        """Publish until told to stop; what is under way then is finished first."""
        expired_at = -EXPIRY_EVERY_SECONDS
        while not stop.is_set():
            try:
                if time.monotonic() - expired_at >= EXPIRY_EVERY_SECONDS:
                    await self._expire()
                    expired_at = time.monotonic()
                pause_seconds = 0.0 if await self.publish_next() else IDLE_SECONDS
            except SQLAlchemyError as error:
                log.warning("database_away", error=type(error).__name__)
                pause_seconds = DATABASE_AWAY_SECONDS
            except Exception:
                log.exception("publisher_stumbled")
                pause_seconds = DATABASE_AWAY_SECONDS
            await _sleep_or_stop(stop, pause_seconds)

    async def publish_next(self) -> bool:
        """Claim one publication and bring it to an end or to its next attempt. False when none was due."""
        reachable = self._channels is not None and self._channels.available
        claim = await self._store.claim(
            self._clock(), new_posts=reachable or self._channels is None, discord_edits=reachable
        )
        if claim is None:
            return False
        started = time.monotonic()
        try:
            await self._publish(claim)
        except DeliveryError as error:
            await self._failed(claim, error)
        except TokenRefusedError:
            log.critical("discord_token_refused", advice="set a valid DISCORD_TOKEN and restart the presenter")
            await self._failed(claim, DeliveryError(FailureKind.TOKEN_REFUSED, "token_refused"))
        except SQLAlchemyError:
            raise
        except Exception:
            log.exception("card_failed", publication_id=claim.id)
            await self._failed(claim, DeliveryError(FailureKind.INTERNAL, "internal_error"))
        log.debug("publication_handled", publication_id=claim.id, seconds=round(time.monotonic() - started, 3))
        return True

    async def _publish(self, claim: Claim) -> None:
        if not self._autopost and not claim.is_edit:
            await self._store.switch_off(claim)
            log.info("publication_switched_off", publication_id=claim.id)
            return
        place = claim.posted_to or (self._channels and self._channels.place_of(claim.channel)) or PREVIEW
        messages = await self._draw(claim)
        if not messages:
            await self._take_away(claim, place)
            return
        if place == PREVIEW:
            is_ours = await self._store.deliver_to_preview(claim, messages, self._clock())
        else:
            is_ours = await self._settle(claim, await self._deliver(claim, place, messages))
        event = ("publication_edited" if claim.is_edit else "publication_posted") if is_ours else "lease_lost"
        log.info(event, publication_id=claim.id, subject=claim.subject, revision=claim.revision, place=place)

    async def _take_away(self, claim: Claim, place: str) -> None:
        """Delete what stands of a post whose round turned out to be another, which has a post of its own."""
        if place == PREVIEW:
            is_ours = await self._store.withdraw_from_preview(claim)
        else:
            if claim.is_edit or claim.maybe_sent:
                await self._deliver(claim, place, ())
            is_ours = await self._store.settle_withdrawn(claim)
        event = "publication_withdrawn" if is_ours else "lease_lost"
        log.info(event, publication_id=claim.id, subject=claim.subject, place=place)

    async def _deliver(self, claim: Claim, place: str, messages: tuple[Message, ...]) -> Delivered:
        if self._channels is None:
            raise DeliveryError(FailureKind.BLOCKED, "discord_not_configured")
        return await self._channels.deliver(claim, place, messages)

    async def _draw(self, claim: Claim) -> tuple[Message, ...]:
        """The card of its round; nothing of a round that turned out to be another."""
        if claim.kind != PublicationKind.ROUND_POST:
            raise DeliveryError(FailureKind.REJECTED, "unknown_kind")
        view = await self._store.round_view(int(claim.subject))
        if view is None:
            if await self._store.has_become_another(int(claim.subject)):
                return ()
            raise DeliveryError(FailureKind.REJECTED, "unknown_round")
        return build_round_card(view, claim.id)

    async def _settle(self, claim: Claim, delivered: Delivered) -> bool:
        """Keep trying to write down what was said until the lease ends; after that the message's mark must do."""
        while True:
            try:
                return await self._store.settle_sent(claim, delivered, self._clock())
            except SQLAlchemyError:
                if self._clock() >= claim.lease_until:
                    raise
                log.warning("settlement_delayed", publication_id=claim.id)
                await asyncio.sleep(DATABASE_AWAY_SECONDS)

    async def _failed(self, claim: Claim, error: DeliveryError) -> None:
        following = after_failure(claim.attempts, self._clock(), error.kind, error.retry_after)
        await self._store.settle_failed(claim, following, error.error_code)
        tell = log.error if error.kind in (FailureKind.BLOCKED, FailureKind.REJECTED) else log.warning
        tell(
            "publication_failed",
            publication_id=claim.id,
            error_code=error.error_code,
            attempts=following.attempts,
            status=following.status.value,
            next_attempt_at=following.next_attempt_at and following.next_attempt_at.isoformat(),
        )

    async def _expire(self) -> None:
        expired = await self._store.expire(self._clock())
        if expired:
            log.warning("publications_too_old", count=expired)


async def _sleep_or_stop(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
