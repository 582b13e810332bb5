"""Lines and bars: where each point stands, and that a gap stays a gap."""

from ingest_api.web.charts import highest, length, sparkline


def test_a_line_goes_from_left_to_right_and_the_highest_is_at_the_top():
    line = sparkline([0, 50, 100], 100, 20)
    assert (line.runs, line.dots, line.peak) == (("0.0,20.0 50.0,10.0 100.0,0.0",), (), (100.0, 0.0))


def test_a_gap_breaks_the_line_and_a_lonely_round_is_a_dot():
    line = sparkline([10, 10, None, 10], 90, 20)
    assert (line.runs, line.dots) == (("0.0,0.0 30.0,0.0",), ((90.0, 0.0),))


def test_lines_of_several_players_share_a_scale():
    assert sparkline([50, 50], 100, 20, highest=100).runs == ("0.0,10.0 100.0,10.0",)


def test_of_nothing_there_is_no_line():
    assert sparkline([None, None], 100, 20).peak is None
    assert sparkline([], 100, 20).runs == ()


def test_the_longest_bar_fills_the_width_and_the_unknown_has_none():
    assert [length(value, 200, 150) for value in (200, 100, 0, None, -5)] == [150.0, 75.0, 0.0, 0.0, 0.0]
    assert length(5, None, 150) == 0


def test_the_highest_is_of_what_is_known():
    assert highest([None, 3, 5]) == 5
    assert highest([None]) is None
