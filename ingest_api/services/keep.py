"""One arrival of any kind: round reports are judged, what no rule judges yet is kept verbatim and answered."""

import hashlib

from sqlalchemy import Engine

from ingest_api.services.arrival import CREATED, OK, REFUSAL_CODES, Arrival, RateLimits, Receipt
from ingest_api.services.digest import Rules
from ingest_api.services.receive import receive
from shared.db.deliveries import Deliveries, RawDelivery
from shared.db.rounds import Rounds, Surroundings
from shared.db.servers import Servers
from shared.domain.errors import NotAuthenticated, NotJson, Refused, TooMany
from shared.domain.vocabulary import Kind, Outcome
from shared.parsers import content, lenient_json

LARGEST_FILE_BYTES = 32 << 20
_JSON_KINDS = (Kind.STATS_MESSAGE, Kind.SUITE_JSON, Kind.FILENAME_NOTICE, Kind.OTHER_MESSAGE)


def take(engine: Engine, arrival: Arrival, rules: Rules, limits: RateLimits) -> Receipt:
    """Judge or keep. Raises Refused, or a database error when nothing durable could be done."""
    if arrival.kind is Kind.ROUND_REPORT:
        return receive(engine, arrival, rules, limits)
    with engine.connect() as connection:
        deliveries = Deliveries(connection)
        try:
            server_id = Servers(connection).lock_by_token(arrival.token)
            if server_id is None:
                raise NotAuthenticated("this needs `Authorization: Bearer` with the token of a registered game server")
            if wait_seconds := limits.take(server_id, arrival.received_at):
                raise TooMany(f"more than {limits.per_minute} a minute", wait_seconds)
            body = content.inflated(arrival.body, arrival.content_encoding, LARGEST_FILE_BYTES)
        except Refused as refusal:
            deliveries.write_receipt(None, refusal.outcome, REFUSAL_CODES[type(refusal)], arrival.received_at)
            connection.commit()
            raise
        raw = RawDelivery(
            server_id=server_id,
            kind=arrival.kind,
            content_sha256=hashlib.sha256(body).hexdigest(),
            body=arrival.body,
            byte_count=len(body),
            headers=arrival.headers,
            content_type=arrival.headers.get("content-type"),
            remote_hash=arrival.remote_hash,
            received_at=arrival.received_at,
        )
        kept = Rounds(connection).keep_and_look(raw, None, Surroundings()).delivery_id
        outcome, code = (Outcome.DUPLICATE, OK) if kept is None else (Outcome.ACCEPTED, CREATED)
        delivery_id = kept or deliveries.first_result(server_id, raw.kind, raw.content_sha256).delivery_id
        refusal_of_text: NotJson | None = None
        if arrival.kind in _JSON_KINDS:
            try:
                lenient_json.parse(body)
            except NotJson as error:
                refusal_of_text, outcome, code = error, error.outcome, REFUSAL_CODES[type(error)]
        deliveries.write_receipt(delivery_id, outcome, code, arrival.received_at)
        connection.commit()
    if refusal_of_text:
        raise refusal_of_text
    return Receipt(code, outcome, delivery_id, None, raw.content_sha256, None)
