"""A stats file as round facts: what the file and its name prove, nothing that its header only seems to say."""

from collections.abc import Iterator
from datetime import datetime, tzinfo

from shared.domain import fingerprint
from shared.domain.round_end import exit_kind, witnessed_exit_kind
from shared.domain.round_facts import Claim, PlayerFacts, RoundFacts, Stamp
from shared.domain.stamps import SAVED_AFTER_SECONDS, stamp
from shared.domain.stats_difference import Difference
from shared.domain.stats_player_facts import player_facts
from shared.domain.vocabulary import DurationSource, ExitKind, Kind, R2Basis
from shared.parsers.file_name import FileName
from shared.parsers.problem import Problem
from shared.parsers.stats_file import StatsFile
from shared.parsers.stats_header import StatsHeader, TimeSource

SECOND = 2
_DURATION_SOURCES = {TimeSource.FIELD9: DurationSource.FIELD9, TimeSource.HEADER: DurationSource.HEADER}


def from_stats_file(
    file: StatsFile,
    name: FileName,
    server_id: str,
    time_zone: tzinfo,
    now: datetime,
    shares: Difference | None = None,
) -> RoundFacts:
    """What the file says, for the server that wrote it. Raises ValueError for a file that waits in quarantine.

    `time_zone`: of the stamp in its name. `shares`: for a second round, its players less those of its first; without
    them the counters stand as read, with the first round counted in.
    """
    header = file.header
    if header is None or file.quarantine_reason is not None:
        raise ValueError("only a file that was understood has facts")
    duration_source = header.duration_source
    return RoundFacts(
        server_id=server_id,
        map_name=fingerprint.map_name(header.map_name),
        round_number=header.round_number,
        round_start_unix=None,
        round_end_unix=None,
        exit_kind=_exit_kind(header),
        has_exit_line=False,
        elapsed_ms=_ms(header.duration_seconds),
        elapsed_source=_DURATION_SOURCES[duration_source] if duration_source else DurationSource.FIELD9,
        limit_ms=_ms(header.limit_seconds),
        header_clock_ms=_ms(header.header_clock_seconds),
        winner=header.winner,
        defender=header.defender,
        players=_players(file, header, shares),
        kind=Kind.STATS_FILE,
        stamp=_stamp(name, header, time_zone, now),
        is_regular_end_witnessed=header.actual_playtime_seconds is not None,
        config=header.config or None,
        claims=tuple(_contradictions(name, header)),
    )


def doubts(shares: Difference) -> tuple[Problem, ...]:
    """What the shares of a second round say against themselves, as notes on the file: `/players/<place>`."""
    return tuple(
        Problem(f"/players/{place}", note, ", ".join(["the share contradicts the first round", *share.clamped]))
        for place, share in enumerate(shares.players)
        for note in share.notes
    )


def _exit_kind(header: StatsHeader) -> ExitKind:
    """Only a round that ended regularly has been played for some time, by the ninth field; eight fields do not tell."""
    elapsed_ms, limit_ms = _ms(header.duration_seconds), _ms(header.limit_seconds)
    if header.is_shutdown_save:
        return ExitKind.ABORTED
    if header.actual_playtime_seconds is not None:
        return witnessed_exit_kind(header.winner, header.defender, elapsed_ms, limit_ms)
    return exit_kind(header.winner, header.defender, elapsed_ms, limit_ms, None)


def _players(file: StatsFile, header: StatsHeader, shares: Difference | None) -> tuple[PlayerFacts, ...]:
    if header.round_number != SECOND:
        return tuple(map(player_facts, file.players))
    if shares is None:
        return tuple(player_facts(player, R2Basis.RAW) for player in file.players)
    return tuple(player_facts(share.player, share.basis, has_reset=bool(share.dropped)) for share in shares.players)


def _contradictions(name: FileName, header: StatsHeader) -> Iterator[Claim]:
    """What the name says otherwise; the header, which was written by who played, is kept."""
    map_name = fingerprint.map_name(header.map_name)
    if name.map_name is not None and fingerprint.map_name(name.map_name) != map_name:
        yield Claim("map_name", map_name, fingerprint.map_name(name.map_name), "source_disagrees")
    if name.round_number is not None and name.round_number != header.round_number:
        yield Claim("round_number", str(header.round_number), str(name.round_number), "round_number_disagrees")


def _stamp(name: FileName, header: StatsHeader, time_zone: tzinfo, now: datetime) -> Stamp | None:
    if name.round_date is None or name.round_time is None:
        return None
    waited_seconds = 0 if header.is_shutdown_save else SAVED_AFTER_SECONDS
    return stamp(name.round_date, name.round_time, time_zone, now, waited_seconds)


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)
