"""What can come of carrying messages to a place: they are there, or it failed for a reason that decides what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from presenter_bot.cards.builder import Message
from shared.db.publications import Claim
from shared.domain.publications import FailureKind


@dataclass(frozen=True, slots=True)
class Delivered:
    """Where the messages are now, and their ids in order."""

    posted_to: str
    message_ids: tuple[str, ...]


class DeliveryError(Exception):
    """An attempt failed. `error_code` is what an operator sees beside the publication."""

    def __init__(self, kind: FailureKind, error_code: str, retry_after: timedelta | None = None) -> None:
        super().__init__(error_code)
        self.kind = kind
        self.error_code = error_code
        self.retry_after = retry_after


class TokenRefusedError(Exception):
    """Discord does not know our token (any more): nothing can be said there until a person acts."""


class Channels(Protocol):
    """The chat service as the publisher sees it."""

    @property
    def available(self) -> bool:
        """Has our token been accepted, so that something may be delivered?"""

    def place_of(self, channel: str) -> str | None:
        """Where messages for a logical channel go (`discord:<id>`), None when it is mapped to nothing."""

    async def deliver(self, claim: Claim, place: str, messages: Sequence[Message]) -> Delivered:
        """Post or edit; raises DeliveryError or TokenRefusedError. Bounded in time, well within a lease."""
