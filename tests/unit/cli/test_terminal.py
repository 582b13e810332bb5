import io
import json

from hypothesis import given
from hypothesis import strategies as st

from ingest_api.cli.terminal import Terminal, readable


class AtATerminal(io.StringIO):
    def isatty(self):
        return True


class ReaderWhoLeft(io.StringIO):
    def write(self, _text):
        raise BrokenPipeError


def test_an_event_is_shown_with_its_time_and_its_facts():
    line = json.dumps(
        {"process": "api", "timestamp": "2026-02-03T23:55:12.1Z", "level": "info", "event": "ready", "n": 3}
    )

    assert readable(line) == "23:55:12 ready n=3"


def test_a_warning_says_that_it_is_one():
    assert readable('{"event": "slow", "level": "warning"}') == "WARNING slow"


def test_a_traceback_keeps_its_lines():
    shown = readable(json.dumps({"event": "failed", "level": "error", "exception": "Traceback:\n  boom"}))

    assert [line.strip() for line in shown.splitlines()] == ["ERROR failed", "Traceback:", "boom"]


def test_a_line_that_is_no_event_stays_as_it_is():
    assert [readable(line) for line in ("words", "[1]", "3", '{"a": 1}')] == ["words", "[1]", "3", '{"a": 1}']


@given(name=st.text(), value=st.text(), event=st.text())
def test_no_text_of_a_player_moves_the_cursor_or_forges_a_line(name, value, event):
    assert readable(json.dumps({"event": event, name: value})).replace("\t", "").isprintable()


def test_for_machines_a_line_is_passed_on_as_it_came():
    stream = io.StringIO()
    Terminal(stream).show("api", '{"event": "ready"}')

    assert stream.getvalue() == 'api         {"event": "ready"}\n'


def test_for_people_a_line_is_made_readable():
    stream = AtATerminal()
    Terminal(stream).show("presenter", '{"event": "ready"}')

    assert stream.getvalue() == "presenter   ready\n"


def test_a_reader_who_went_away_does_not_end_the_service():
    terminal = Terminal(ReaderWhoLeft())
    terminal.say("one")
    terminal.say("two")
