from datetime import UTC, datetime, timedelta

from ingest_api.web.preview_view import conversation, stamp
from shared.db.preview import PreviewMessage

EVENING = datetime(2026, 2, 16, 20, 4, tzinfo=UTC)


def a_message(number=1, at=EVENING, part=1, edited_at=None, **embed):
    return PreviewMessage(number, part, {"embeds": [{"title": "t", **embed}]}, at, edited_at)


def widths_of(*kinds):
    fields = [{"name": "n", "value": "v", "inline": kind == "inline"} for kind in kinds]
    (view,) = conversation([a_message(fields=fields)], EVENING)
    return [field.columns for field in view.embeds[0].fields]


def test_messages_stand_in_the_order_they_were_said():
    later, earlier = a_message(1, EVENING + timedelta(hours=1)), a_message(2, EVENING)
    assert [view.key for view in conversation([later, earlier], EVENING)] == ["2.1", "1.1"]


def test_the_parts_of_a_card_follow_each_other():
    views = conversation([a_message(part=2), a_message(part=1)], EVENING)
    assert [view.key for view in views] == ["1.1", "1.2"]


def test_what_follows_within_minutes_has_no_head_of_its_own():
    messages = [a_message(1, EVENING), a_message(2, EVENING + timedelta(minutes=6, seconds=59))]
    messages.append(a_message(3, EVENING + timedelta(minutes=14)))
    assert [view.is_grouped for view in conversation(messages, EVENING)] == [False, True, False]


def test_each_day_begins_with_its_date():
    messages = [
        a_message(1, EVENING),
        a_message(2, EVENING + timedelta(minutes=1)),
        a_message(3, EVENING + timedelta(hours=4)),
    ]
    assert [view.day for view in conversation(messages, EVENING)] == ["16 February 2026", None, "17 February 2026"]


def test_a_new_day_begins_with_a_head():
    midnight = EVENING.replace(hour=23, minute=58)
    messages = [a_message(1, midnight), a_message(2, midnight + timedelta(minutes=4))]
    assert conversation(messages, EVENING)[1].is_grouped is False


def test_moments_are_said_as_a_chat_says_them():
    said = [stamp(EVENING, EVENING + timedelta(days=days)) for days in (0, 1, 2)]
    assert said == ["Today at 20:04", "Yesterday at 20:04", "16/02/2026 20:04"]


def test_an_edited_message_says_so():
    edited = a_message(edited_at=EVENING + timedelta(seconds=5))
    assert [view.is_edited for view in conversation([edited, a_message(2)], EVENING)] == [True, False]


def test_inline_fields_share_a_row_of_three():
    assert widths_of(*["inline"] * 5) == [4, 4, 4, 6, 6]


def test_a_field_of_its_own_takes_the_whole_width():
    assert widths_of("alone", "inline", "alone", "inline", "inline") == [12, 12, 12, 6, 6]


def test_the_color_bar_is_the_embeds_color():
    views = conversation([a_message(1, color=0x3498DB), a_message(2), a_message(3, color="red; x")], EVENING)
    assert [view.embeds[0].color for view in views] == ["#3498db", "#4e5058", "#4e5058"]


def test_a_title_is_markdown_and_a_footer_is_not():
    (view,) = conversation([a_message(title=r"a\_b **c**", footer={"text": "P1 **x**"})], EVENING)
    assert (view.embeds[0].title, view.embeds[0].footer) == ("a_b <strong>c</strong>", "P1 **x**")
