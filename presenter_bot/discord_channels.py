"""Discord by HTTP alone: posts, edits and finds the messages of publications. Publishing never waits for the gateway."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import discord
import structlog

from presenter_bot.cards.builder import Message
from presenter_bot.delivery import Delivered, DeliveryError, TokenRefusedError
from presenter_bot.discord_address import use_api
from presenter_bot.discord_errors import LIBRARY_ERRORS, UNKNOWN_MESSAGE, failure_of
from shared.db.publications import Claim
from shared.domain.publications import back_off, nonce, read_footer_mark

PLACE_PREFIX = "discord:"
DELIVERY_SECONDS = 40.0  # a lease is 60: what is cut off here is settled before anyone else may claim it
LONGEST_WAIT_SECONDS = 30.0  # a longer rate limit is not slept through but noted, and the publication waits
MOST_PARTS = 100  # more messages than any card has: all of them are looked for
CLOCK_TOLERANCE = timedelta(minutes=10)  # between our clock and the one in Discord's message ids

_NO_MENTIONS = discord.AllowedMentions.none()
_Found = dict[int, discord.PartialMessage]

log = structlog.get_logger()


class DiscordChannels:
    """The channels of one bot. `channels` maps logical names (`rounds`) to channel ids."""

    def __init__(
        self, token: str, api_base: str, channels: Mapping[str, int], delivery_seconds: float = DELIVERY_SECONDS
    ) -> None:
        use_api(api_base)
        self._token = token
        self._channels = channels
        self._delivery_seconds = delivery_seconds
        self._client: discord.Client | None = None
        self._accepted = False

    @property
    def available(self) -> bool:
        """Has our token been accepted, so that something may be delivered?"""
        return self._accepted

    def place_of(self, channel: str) -> str | None:
        """Where messages for a logical channel go, None when it is mapped to nothing."""
        channel_id = self._channels.get(channel)
        return None if channel_id is None else f"{PLACE_PREFIX}{channel_id}"

    async def log_in(self) -> None:
        """Log in, trying again for as long as Discord cannot be reached. Raises TokenRefusedError."""
        attempts = 0
        while not self._accepted:
            attempts += 1
            try:
                async with asyncio.timeout(self._delivery_seconds):
                    await self._ready_client()
            except LIBRARY_ERRORS as error:
                await self._begin_afresh()
                failure = failure_of(error)
                if isinstance(failure, TokenRefusedError):
                    raise failure from error
                wait = max(back_off(attempts), failure.retry_after or timedelta())
                log.warning("discord_away", error_code=failure.error_code, retry_seconds=wait.total_seconds())
                await asyncio.sleep(wait.total_seconds())

    async def deliver(self, claim: Claim, place: str, messages: Sequence[Message]) -> Delivered:
        """Post what is not there yet, edit what is, take away what is no longer wanted.

        Raises DeliveryError or TokenRefusedError. Ends within the time of a delivery, come what may.
        """
        try:
            async with asyncio.timeout(self._delivery_seconds):
                client = await self._ready_client()
                delivery = _Delivery(client, int(place.removeprefix(PLACE_PREFIX)), claim)
                return Delivered(place, await delivery.carry(messages))
        except LIBRARY_ERRORS as error:
            failure = failure_of(error)
            if isinstance(error, TimeoutError):
                # A request cut off while it slept through a global rate limit leaves the library's lock closed for good.
                await self._begin_afresh()
            if isinstance(failure, TokenRefusedError):
                self._accepted = False
            raise failure from error

    async def close(self) -> None:
        """End all connections."""
        await self._begin_afresh()
        self._accepted = False

    async def _ready_client(self) -> discord.Client:
        if self._client is None:
            client = discord.Client(
                intents=discord.Intents.none(), max_messages=None, max_ratelimit_timeout=LONGEST_WAIT_SECONDS
            )
            self._client = client
            try:
                await client.login(self._token)
            except BaseException:
                await self._begin_afresh()
                raise
            self._accepted = True
        return self._client

    async def _begin_afresh(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(*LIBRARY_ERRORS):
                await client.close()


class _Delivery:
    """One publication on its way into one channel."""

    def __init__(self, client: discord.Client, channel_id: int, claim: Claim) -> None:
        self._client = client
        self._channel = client.get_partial_messageable(channel_id)
        self._claim = claim
        self._found: _Found | None = None

    async def carry(self, messages: Sequence[Message]) -> tuple[str, ...]:
        """The ids of all parts, each posted or edited; what an earlier revision had beyond them is deleted."""
        known = [int(message_id) for message_id in self._claim.message_ids]
        ids = [
            await self._carry_part(part, len(messages), message, known[part - 1] if part <= len(known) else None)
            for part, message in enumerate(messages, start=1)
        ]
        for surplus in [*known[len(messages) :], *await self._left_standing(messages)]:
            await self._delete(surplus)
        return tuple(map(str, ids))

    async def _left_standing(self, messages: Sequence[Message]) -> list[int]:
        """Of a publication that shows nothing any more: what an attempt without an answer may have posted."""
        if messages or not self._claim.maybe_sent:
            return []
        return [message.id for message in (await self._look_for_ours(MOST_PARTS)).values()]

    async def _carry_part(self, part: int, parts: int, message: Message, message_id: int | None) -> int:
        embeds = _embeds(message)
        if message_id is not None and await self._edit(self._channel.get_partial_message(message_id), embeds):
            return message_id
        found = (await self._look_for_ours(parts)).get(part) if self._claim.maybe_sent else None
        if found is not None and found.id != message_id and await self._edit(found, embeds):
            return found.id
        name = nonce(self._claim.id, part, self._claim.created_at, replaces=message_id)
        posted = await self._channel.send(embeds=embeds, nonce=name, allowed_mentions=_NO_MENTIONS)
        if self._claim.maybe_sent:
            # The answer to a repeated nonce is the first message, which may show an earlier revision.
            await self._edit(self._channel.get_partial_message(posted.id), embeds)
        return posted.id

    async def _edit(self, message: discord.PartialMessage, embeds: list[discord.Embed]) -> bool:
        """False when somebody has deleted it."""
        try:
            await message.edit(embeds=embeds, allowed_mentions=_NO_MENTIONS)
        except discord.NotFound as error:
            if error.code != UNKNOWN_MESSAGE:
                raise
            log.warning("message_deleted_by_others", publication_id=self._claim.id, message_id=message.id)
            return False
        return True

    async def _delete(self, message_id: int) -> None:
        try:
            await self._channel.get_partial_message(message_id).delete()
        except discord.NotFound as error:
            if error.code != UNKNOWN_MESSAGE:
                raise

    async def _look_for_ours(self, parts: int) -> _Found:
        """Messages of this publication in the channel, by part: what an attempt without an answer has left there."""
        if self._found is None:
            try:
                self._found = await self._search(self._claim.created_at - CLOCK_TOLERANCE, parts)
            except discord.HTTPException as error:
                failure = failure_of(error)
                if isinstance(failure, DeliveryError):
                    failure.error_code = f"history_{failure.error_code}"
                raise failure from error
        return self._found

    async def _search(self, since: datetime, parts: int) -> _Found:
        """From the publication's beginning on, where they most likely are, until all are found or the channel ends.

        There is no other end: however much was said in the channel since, what was not looked for may be there.
        """
        found: _Found = {}
        async for message in self._channel.history(limit=None, after=since, oldest_first=True):
            if message.author != self._client.user:
                continue
            for embed in message.embeds:
                mark = read_footer_mark(embed.footer.text or "")
                if mark is not None and mark[0] == self._claim.id:
                    found.setdefault(mark[1], self._channel.get_partial_message(message.id))
            if len(found) >= parts:
                break
        return found


def _embeds(message: Message) -> list[discord.Embed]:
    return [discord.Embed.from_dict(embed) for embed in message["embeds"]]
