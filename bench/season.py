"""The files of a season as a game server leaves them: evenings of ten maps, a stats file and an endstats file a round."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from bench import stats_files

PLAYERS = 12
_MAPS = (
    "supply", "etl_adlernest", "etl_ice", "te_escape2", "sw_goldrush_te",
    "etl_frostbite", "et_brewdog", "erdenberg_t2", "braundorf_b4", "etl_sp_delivery",
)  # fmt: skip
_MAP_OF_FILES = b"etl_frostbite"
_EVENINGS_BEGIN = datetime(2025, 9, 1, 19, tzinfo=UTC)
_MATCH_EVERY, _R2_AFTER, _SAVED_AFTER = timedelta(minutes=20), timedelta(minutes=9), timedelta(seconds=2)
_AWARDS = 27


def files(matches: int) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file, in the order of play; four a match."""
    for number in range(matches):
        evening, place = divmod(number, len(_MAPS))
        ended = _EVENINGS_BEGIN + timedelta(days=evening) + place * _MATCH_EVERY
        map_name = _MAPS[place]
        for round_number, one in enumerate(stats_files.match(number, PLAYERS), start=1):
            stats = one.replace(_MAP_OF_FILES, map_name.encode())
            yield f"{_stem(ended, map_name, round_number)}.txt", stats
            yield f"{_stem(ended + _SAVED_AFTER, map_name, round_number)}-endstats.txt", _endstats(number, stats)
            ended += _R2_AFTER


def _stem(ended: datetime, map_name: str, round_number: int) -> str:
    return f"{ended:%Y-%m-%d-%H%M%S}-{map_name}-round-{round_number}"


def _endstats(number: int, stats: bytes) -> bytes:
    """Awards, and of every player how often he met each of the other side."""
    rng = Random(number)
    people = [line.split("\\")[:2] for line in stats.decode().splitlines()[1:]]
    lines = [f"Award number {place}\t{rng.choice(people)[1]}\t{rng.randint(1, 900)}" for place in range(_AWARDS)]
    for slot, (guid, name) in enumerate(people):
        lines.append(f"VS_HEADER\t{name}\t{guid:0<32}")
        opponents = [other for _, other in people[1 - slot % 2 :: 2]]
        lines += [f"{other}\t{rng.randint(0, 9)}\t{rng.randint(0, 9)}" for other in opponents]
    return "\n".join([*lines, ""]).encode()
