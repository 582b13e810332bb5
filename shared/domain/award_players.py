"""Whom does an endstats file mean? Its writer cleans names, so a cleaned name is looked for among the round's players. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.domain.awards import NobodyKnown
from shared.domain.player_key import PREFIX_LENGTH
from shared.domain.round_facts import PlayerFacts
from shared.domain.text import strip_colors

_FIRST_KEPT, _LAST_KEPT = " ", "~"  # exactly what is printable in ASCII


@dataclass(frozen=True, slots=True)
class FoundPlayer:
    """The key of the player a name means; None for the reason given."""

    key: str | None
    reason: NobodyKnown | None = None


@dataclass(slots=True)
class Roster:
    """Everybody any voice of a round tells of, under every name and GUID that they have there."""

    _by_name: dict[str, set[str]] = field(default_factory=dict)
    _by_guid: dict[str, set[str]] = field(default_factory=dict)

    def add(self, players: Iterable[PlayerFacts]) -> None:
        """Note one voice's players."""
        for player in players:
            self._by_name.setdefault(_written(strip_colors(player.name)), set()).add(player.key)
            self._by_guid.setdefault(player.guid.upper(), set()).add(player.key)
            self._by_guid.setdefault(_prefix(player.guid), set()).add(player.key)

    def named(self, name: str | None) -> FoundPlayer:
        """The player of a name as the writer cleaned it: without colours, and without what is not ASCII."""
        written = _written(name or "")
        keys = self._by_name.get(written, set())
        if not written:
            return FoundPlayer(None, NobodyKnown.NAMELESS)
        if not keys:
            return FoundPlayer(None, NobodyKnown.NAME_NOT_IN_ROUND)
        if len(keys) > 1:
            return FoundPlayer(None, NobodyKnown.NAME_SHARED)
        (key,) = keys
        return FoundPlayer(key)

    def key_of(self, guid: str | None) -> str | None:
        """The key of a GUID's player; of a stranger's the GUID's prefix, which is the key he would have. None for nobody."""
        if not guid:
            return None
        for known in (guid.upper(), _prefix(guid)):
            keys = self._by_guid.get(known, set())
            if len(keys) == 1:
                return next(iter(keys))
        return _prefix(guid)


def _prefix(guid: str) -> str:
    return guid[:PREFIX_LENGTH].upper()


def _written(name: str) -> str:
    if not (name.isascii() and name.isprintable()):
        name = "".join(letter for letter in name if _FIRST_KEPT <= letter <= _LAST_KEPT)
    return " ".join(name.split())
