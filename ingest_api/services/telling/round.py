"""One round, told whole: the round, its players, its awards, every name it has, every event that told of it."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from ingest_api.services.sections import Sections
from ingest_api.services.telling.rounds import told_player, told_round
from shared.db.awards import Awards
from shared.db.round_detail import RoundDetail
from shared.db.round_names import round_id_of
from shared.db.timing import round_times
from shared.domain.timing_told import told_timing


def tell_round(connection: Connection, name: str) -> dict[str, Any] | None:
    """The round of any of its fingerprints or of a round_id; None when there is none.

    A section that cannot be read is None and named in `errors`. `awards` is None as long as no source tells them.
    """
    round_id = round_id_of(connection, name)
    if round_id is None:
        return None
    detail = RoundDetail(connection, round_id)
    row = detail.round()
    if row is None:
        return None
    sections, told = Sections(connection), told_round(row)
    times = sections.read("timing", lambda: list(map(told_timing, round_times(connection, [round_id]).rounds)))
    return {
        **told,
        "timing": told["timing"] | (times[0] if times else {}),
        "aliases": sections.read("aliases", detail.aliases),
        "players": sections.read("players", lambda: [told_player(player) for player in detail.players()]),
        "awards": sections.read("awards", lambda: list(map(asdict, Awards(connection).of_round(round_id))) or None),
        "sources": sections.read("sources", detail.sources),
        **sections.state(),
    }
