"""Both notices of the folder watcher name the files of one round."""

from pathlib import Path

import pytest

from shared.domain.vocabulary import Kind
from shared.parsers.filename_notice import read

HERE = Path(__file__).parent / "senders" / "filename_notice"


@pytest.mark.parametrize(
    ("name", "file", "kind"),
    [
        ("r1-stats.json", "2026-02-03-235512-etl_frostbite-round-1.txt", Kind.STATS_FILE),
        ("r1-endstats.json", "2026-02-03-235514-etl_frostbite-round-1-endstats.txt", Kind.ENDSTATS_FILE),
    ],
)
def test_a_notice_names_its_file(name, file, kind):
    reading = read((HERE / name).read_bytes())
    assert (reading.file.name, reading.file.kind) == (file, kind)
    assert (reading.file.map_name, reading.file.round_number) == ("etl_frostbite", 1)
