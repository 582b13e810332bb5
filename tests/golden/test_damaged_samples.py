"""Every sample of every sender, cut and overwritten at random, is still facts or a reason, and facts can be told of it."""

import contextlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import NotJson
from shared.parsers import (
    demo_analysis,
    endstats_file,
    file_name,
    filename_notice,
    gametime_file,
    proximity_header,
    stats_message,
    suite_submit,
    timing_line,
)
from shared.parsers.proximity_header import to_facts
from shared.parsers.stats_message_facts import from_message
from shared.parsers.suite_submit_facts import from_submit

HERE = Path(__file__).parent / "senders"
NOW = datetime(2027, 1, 1, tzinfo=UTC)
PROXIMITY = "2026-02-03-235510-etl_frostbite-round-1_engagements.txt"


def tell_message(body):
    reading = stats_message.read(body)
    return reading.message and from_message(reading.message, "srv1", NOW)


def tell_gametime(body):
    reading = gametime_file.read(body)
    message = getattr(reading, "message", None)
    return message and from_message(message, "srv1", NOW, kind=reading.kind)


def tell_timing(body):
    reading = timing_line.read(body, "supply", 1)
    return reading.message and from_message(reading.message, "srv1", NOW, kind=reading.kind)


def tell_submit(body):
    reading = suite_submit.read([body])
    return reading.submit and from_submit(reading.submit, "srv1", NOW)


def tell_proximity(body):
    reading = proximity_header.read(body)
    return reading.header and to_facts(reading.header, file_name.read(PROXIMITY), None, "srv1", NOW)


def tell_endstats(body):
    reading = endstats_file.read(body)
    return reading.file and reading.file.duels()


SAMPLES = [
    (tell_message, "stats_message/r1.json"),
    (tell_message, "stats_message/aborted-r1-reported-as-r2.json"),
    (tell_gametime, "gametime/gametime-etl_frostbite-R1-1770159309.json"),
    (tell_gametime, "gametime/double-encoded/gametime-etl_frostbite-R2-1770159704.json"),
    (tell_timing, "gametime/key-value/2026-02-03-235512-etl_frostbite-round-1-timing.txt"),
    (tell_timing, "gametime/json/2026-02-03-235512-etl_frostbite-round-1-timing.txt"),
    (tell_submit, "suite/r1-minimal.json"),
    (tell_endstats, "endstats/2026-02-03-235514-etl_frostbite-round-1-endstats.txt"),
    (filename_notice.read, "filename_notice/r1-stats.json"),
    (tell_proximity, f"proximity/v6.11/{PROXIMITY}"),
    (lambda body: demo_analysis.read([body]), "demo_analysis/analysis.json"),
]
PIECES = st.binary(max_size=3) | st.sampled_from([b"null", b"[]", b"{}", b'""', b"0", b"-1", b"1e999", b"\t", b"true"])


@pytest.mark.parametrize(("tell", "path"), SAMPLES)
@given(data=st.data())
def test_a_damaged_sample_is_facts_or_a_reason(tell, path, data):
    body = (HERE / path).read_bytes()
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(body)))
        body = body[:start] + data.draw(PIECES) + body[start + data.draw(st.integers(0, 20)) :]
    with contextlib.suppress(NotJson):
        tell(body)
