import io

from hypothesis import given
from hypothesis import strategies as st

from game_server.shipper.console import Console, shown
from game_server.shipper.progress import Progress

NOON_UNIX = 1_770_033_600.0


class Terminal(io.StringIO):
    def isatty(self):
        return True


def a_console(stream: io.StringIO) -> Console:
    return Console(stream, lambda: NOON_UNIX)


def test_an_event_is_one_line_with_the_facts_that_are_known():
    stream = io.StringIO()
    a_console(stream).event("uploaded", file="a b.txt", status=201, outcome=None)

    assert stream.getvalue() == '2026-02-02T12:00:00Z uploaded file="a b.txt" status=201\n'


@given(st.text(st.characters(exclude_categories=[])))
def test_whatever_a_fact_holds_it_stays_on_its_line(text):
    assert shown(text).isascii()
    assert shown(text).isprintable()


def test_a_line_at_a_terminal_wipes_the_moving_one_and_puts_it_back():
    stream = Terminal()
    console = a_console(stream)
    console.move("1 of 2")
    console.event("said")

    assert stream.getvalue() == "1 of 2\r      \r2026-02-02T12:00:00Z said\n1 of 2"


class Left(io.StringIO):
    def write(self, _text):
        raise BrokenPipeError


def test_a_reader_that_has_left_is_no_error():
    console = a_console(Left())
    console.event("said")
    console.event("said")


def told(stream: io.StringIO, files: int, seconds_each: float) -> list[str]:
    """What a backlog says on its way."""
    moments = iter(range(10**6))
    progress = Progress(a_console(stream), files, lambda: next(moments) * seconds_each)
    for _ in range(files):
        progress.step(1024 * 1024)
    progress.finish()
    return stream.getvalue().splitlines()


def test_a_short_backlog_is_not_worth_a_word():
    assert told(io.StringIO(), 19, 1.0) == []


def test_elsewhere_than_at_a_terminal_a_long_backlog_is_a_line_each_ten_seconds():
    lines = told(io.StringIO(), 40, 1.0)

    assert lines[0].endswith(" backlog files=40")
    assert lines[1].endswith(" progress files=10 of=40 mib=10.0 files_per_second=1.0 seconds_left=30")
    assert len(lines) == 1 + 4 + 1


def test_at_a_terminal_it_is_one_moving_line():
    stream = Terminal()
    told(stream, 40, 1.0)

    assert "10 of 40 files, 25 %, 10.0 MiB, 1 a second, about 30 s left\r" in stream.getvalue()
    assert stream.getvalue().count("\n") == 2
