"""Was a round that was played again played again by the same people?"""

from dataclasses import replace

from sqlalchemy import Connection

from shared.db.rosters import people_of
from shared.domain.pairing import Place
from shared.domain.round_facts import RoundFacts


def with_people(connection: Connection, place: Place, facts: RoundFacts) -> Place:
    """The place, told whether others played in the stead of these. Who nobody knows is no other."""
    if place.replaced_by is None:
        return place
    own = {player.key for player in facts.fighters() if not player.is_bot}
    theirs = people_of(connection, place.replaced_by)
    return replace(place, is_substituted=bool(own) and bool(theirs) and own != theirs)
