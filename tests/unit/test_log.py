"""Logging is set up once, however often it is set up."""

import json
import logging
import sys

import pytest
import structlog

from shared.ops import log


@pytest.fixture(autouse=True)
def _as_before():
    root = logging.getLogger()
    handlers, level, configured = root.handlers, root.level, structlog.get_config()
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.configure(**configured)


def lines_of(capsys):
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.mark.parametrize("times", [1, 2, 5])
def test_however_often_it_is_set_up_every_event_is_one_line(capsys, times):
    for _ in range(times):
        log.set_up("api")
    structlog.get_logger().info("one")
    logging.getLogger("library").warning("two")

    assert [line["event"] for line in lines_of(capsys)] == ["one", "two"]


def test_a_line_says_which_process_wrote_it_when_and_how_loudly(capsys):
    log.set_up("worker")
    structlog.get_logger().warning("stumbled", round_id=7)
    (line,) = lines_of(capsys)

    assert (line["process"], line["level"], line["event"], line["round_id"]) == ("worker", "warning", "stumbled", 7)
    assert line["timestamp"].endswith("Z")


def test_an_event_below_the_level_is_no_line(capsys):
    log.set_up("api", "warning")
    structlog.get_logger().info("quiet")

    assert lines_of(capsys) == []


def test_a_name_full_of_line_ends_stays_in_its_line(capsys):
    log.set_up("api")
    structlog.get_logger().info("round_received", name='\n{"event": "forged"}\x1b[2J')

    assert [line["event"] for line in lines_of(capsys)] == ["round_received"]


def test_a_failure_is_told_with_its_trace_in_the_same_line(capsys):
    log.set_up("api")
    try:
        int("gone")
    except ValueError:
        structlog.get_logger().exception("failed")
    (line,) = lines_of(capsys)

    assert "ValueError: invalid literal" in line["exception"]
    assert sys.exc_info() == (None, None, None)
