"""A kept delivery and what it says of a round: the form in which evidence is weighed, when it comes and ever after."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from ingest_api.services.reading_memory import ReadingMemory
from shared.db.deliveries import Deliveries, StoredDelivery
from shared.db.surroundings import Surroundings
from shared.domain import contract, fingerprint
from shared.domain.fingerprint import Fingerprint
from shared.domain.pairing import match_ids
from shared.domain.precedence import Rank
from shared.domain.round_facts import RoundFacts
from shared.domain.vocabulary import EventState, Kind, Outcome
from shared.parsers import content
from shared.parsers.understanding import understand
from shared.parsers.understood import Origin, Understanding

LARGEST_FILE_BYTES = 32 * 1024 * 1024
_SMALL_BYTES = 64 * 1024
_REMEMBERED = ReadingMemory(32)
_LARGEST_BYTES = {
    Kind.ROUND_REPORT: contract.LARGEST_BODY_BYTES,
    Kind.STATS_MESSAGE: contract.LARGEST_BODY_BYTES,
    Kind.FILENAME_NOTICE: contract.LARGEST_BODY_BYTES,
    Kind.OTHER_MESSAGE: contract.LARGEST_BODY_BYTES,
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A delivery that is durable, as far as judging it needs.

    `event_state`: where its round_event stands; None when it has none yet, and no receipt. `is_imported`: an operator
    brought it. `answered`: outcome and code that its sender was told before it came here, if it waited in the spool.
    """

    delivery_id: int
    content_sha256: str
    byte_count: int
    received_at: datetime
    filename: str | None = None
    event_state: EventState | None = None
    is_imported: bool = False
    answered: tuple[Outcome, int] | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A kept delivery that tells of a round."""

    kept: Kept
    understood: Understanding
    facts: RoundFacts
    aliases: tuple[Fingerprint, ...]

    @property
    def rank(self) -> Rank:
        """How far it is believed against others of its round."""
        return Rank(
            self.understood.kind,
            self.facts.exit_kind,
            self.understood.parse_status,
            self.understood.sequence,
            self.kept.byte_count,
            self.kept.content_sha256,
        )


def largest_bytes(kind: Kind) -> int:
    """How long a delivery of a kind may be when inflated."""
    return _LARGEST_BYTES.get(kind, LARGEST_FILE_BYTES)


def weigh(kept: Kept, understood: Understanding) -> Evidence:
    """An understood delivery as evidence. Raises ValueError when it tells of no round."""
    if understood.facts is None:
        raise ValueError(f"delivery {kept.delivery_id} tells of no round: {understood.quarantine_reason}")
    return Evidence(kept, understood, understood.facts, tuple(aliases_of(understood.facts)))


def read_again(connection: Connection, delivery_id: int, event_state: EventState = EventState.ENRICHED) -> Evidence:
    """A stored delivery as evidence: it says what it said when it came, however late it is asked."""
    return weigh(*understand_again(connection, delivery_id, event_state))


def recall(connection: Connection, stored: StoredDelivery) -> Evidence:
    """As `read_again`, but its bytes are fetched only when what they say is not remembered."""
    return weigh(
        *_understand_stored(stored, EventState.ENRICHED, lambda: Deliveries(connection).body(stored.delivery_id))
    )


def understand_again(
    connection: Connection, delivery_id: int, event_state: EventState | None
) -> tuple[Kept, Understanding]:
    """A stored delivery read anew, whatever it tells. Raises NotJson for a message that is none."""
    stored, body = Deliveries(connection).with_body(delivery_id)
    return _understand_stored(stored, event_state, lambda: body)


def _understand_stored(
    stored: StoredDelivery, event_state: EventState | None, fetch: Callable[[], bytes]
) -> tuple[Kept, Understanding]:
    kept = Kept(
        stored.delivery_id,
        stored.content_sha256,
        stored.byte_count,
        stored.received_at,
        stored.filename,
        event_state,
        stored.is_imported,
    )
    origin = Origin(stored.server_id, stored.received_at, stored.filename, ZoneInfo(stored.time_zone))

    def inflated() -> bytes:
        return content.inflated(fetch(), stored.content_encoding, largest_bytes(stored.kind))

    return kept, understand_once(stored.kind, stored.content_sha256, stored.byte_count, origin, inflated)


def understand_once(
    kind: Kind, content_sha256: str, byte_count: int, origin: Origin, inflated: Callable[[], bytes]
) -> Understanding:
    """What a delivery says, which is remembered for a while if it is small. `inflated`: its bytes, when they are needed.

    Raises NotJson for a message that is none.
    """
    if byte_count > _SMALL_BYTES:
        return understand(kind, inflated(), origin)
    return _REMEMBERED.recall((kind, content_sha256, origin), lambda: understand(kind, inflated(), origin))


def aliases_of(facts: RoundFacts) -> list[Fingerprint]:
    """Every fingerprint the facts allow, strongest first."""
    stamp = facts.stamp.text if facts.stamp else None
    return fingerprint.aliases(
        facts.server_id, facts.map_name, facts.round_number, facts.round_start_unix, facts.round_end_unix, stamp
    )


def surroundings_of(facts: RoundFacts, aliases: Sequence[Fingerprint]) -> Surroundings:
    """Where to look for what may belong to the round the facts tell of."""
    first = facts.first_round
    named = match_ids(facts.server_id, facts.map_name, first.round_start_unix) if first else ()
    return Surroundings(facts.map_name, facts.near_unix, aliases, named)
