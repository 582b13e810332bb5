from shared.domain.subjects import Subject, SubjectKind, meanings
from shared.domain.vocabulary import Kind
from shared.domain.voices_heard import missing_voices, seconds_apart

ROUND = (1000, 1300)


def test_a_round_that_everybody_told_of_misses_nothing():
    files = {Kind.STATS_FILE, Kind.ENDSTATS_FILE, Kind.GAMETIME_FILE, Kind.PROXIMITY_FILE}
    assert missing_voices({Kind.ROUND_REPORT, *files}) == []


def test_any_voice_beside_the_engine_is_the_engines_word():
    assert missing_voices({Kind.STATS_MESSAGE})[0] == "stats_file"
    assert missing_voices({Kind.STATS_FILE})[0].startswith("the engine's word")


def test_an_event_is_compared_by_its_start_before_its_end():
    assert seconds_apart((1002, 1290), (), ROUND) == 2


def test_without_a_start_on_both_sides_ends_are_compared():
    assert seconds_apart((None, 1290), (), ROUND) == -10
    assert seconds_apart((1002, 1290), (), (None, 1300)) == -10


def test_a_stamp_with_two_readings_is_as_far_as_its_nearer_one():
    assert seconds_apart((None, None), (1303, 4903), ROUND) == 3


def test_what_has_no_time_is_no_seconds_apart():
    assert seconds_apart((None, None), (), ROUND) is None
    assert seconds_apart((None, None), (1303,), (1000, None)) is None


def test_a_bare_number_is_a_round_and_only_then_a_file():
    assert list(meanings("17")) == [Subject(SubjectKind.ROUND, "17"), Subject(SubjectKind.FILE, "17")]


def test_a_word_says_itself_what_it_names():
    named = [next(meanings(word)).kind for word in ("rf1:1:ab", "m1:srv1:supply:s1", "delivery:3", "round:3", "a.txt")]
    assert named == ["fingerprint", "match", "delivery", "round", "file"]


def test_a_number_no_database_holds_is_no_id():
    assert [meaning.kind for meaning in meanings("9" * 19)] == [SubjectKind.FILE]
