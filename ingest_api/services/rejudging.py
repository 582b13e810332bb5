"""A stored round judged anew where it stands among its neighbours, and whatever moves with it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from ingest_api.services.evidence import Evidence, surroundings_of
from ingest_api.services.judging import Rules, half_of, hear, rejudge
from ingest_api.services.placing import place
from shared.db.replays import Replays
from shared.db.rounds import Rounds
from shared.domain.pairing import Place, match_of


def judge_among_neighbours(
    connection: Connection, round_id: int, rules: Rules, now: datetime, fresh: Mapping[int, Evidence] | None = None
) -> None:
    """As when a delivery had come for it. `fresh`: evidence at hand already, by delivery."""
    rounds = Rounds(connection)
    heard = hear(connection, round_id, fresh)
    facts = heard.told.facts
    evidence = heard.voices[0][0]
    surroundings = surroundings_of(facts, evidence.aliases)
    neighbours = rounds.look(evidence.kept.delivery_id, facts.server_id, surroundings).neighbours
    placing = place(facts.server_id, facts.map_name, half_of(round_id, heard.told), neighbours)
    revision = Replays(connection).as_stored(round_id)["revision"]
    with rounds.slots_open():
        rejudge(connection, round_id, placing.place, rules, now, heard)
        for other_id, its_place in placing.displaced:
            rejudge(connection, other_id, its_place, rules, now)
    match_id = match_of(placing.place.match_id)
    is_changed = Replays(connection).as_stored(round_id)["revision"] != revision
    other_half = rounds.other_half(match_id, facts.round_number) if is_changed else None
    if other_half is not None and other_half not in dict(placing.displaced):  # else it was judged anew already
        rejudge(connection, other_half, Place(match_id), rules, now)
