"""The pages: what they show, that nothing foreign becomes markup, and that nothing but our own files may run on them."""

import json
import re

import pytest
from sqlalchemy import text

from tests.factories import a_player, a_report, a_second_report
from tests.integration.ingesting import opened_door
from tests.integration.outage import cut_off
from tests.integration.publishing import Presenter

HOSTILE_NAMES = [
    "<img onerror=x>",
    '"><script>alert(1)</script>',
    "javascript:alert(1)",
    "**bold** _x_",
    "`a`",
    "@everyone",
    "<@123> <@&4>",
    "[x](javascript:alert(1))",
    "\u202egnp.exe\u2066",
    "&lt;script&gt;",
    "{{ 7 * 7 }}{% raw %}",
]
PAGES = ["/", "/preview"]
PREVIEW = """
    INSERT INTO preview_messages (publication_id, part, message, created_at, edited_at)
    SELECT p.id, 1, cast(:message AS jsonb), now(), NULL FROM publications p LIMIT 1
"""


def page(door, path):
    answer = door.client.get(path)
    assert answer.status_code == 200
    return answer.text


def preview(door):
    """Let a presenter without a Discord channel say what there is to say."""
    Presenter(door.engine).publish(times=5)
    return page(door, "/preview")


@pytest.mark.parametrize("path", PAGES)
def test_pages_allow_nothing_but_our_own_files(door, path):
    headers = door.client.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", PAGES)
def test_pages_hold_no_script_and_no_style_of_their_own(door, path):
    door.post(a_report())
    Presenter(door.engine).publish(times=2)
    html = page(door, path)
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", html) == []


@pytest.mark.parametrize("path", PAGES)
def test_every_file_a_page_asks_for_is_there(door, path):
    files = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page(door, path)))
    assert len(files) >= 3
    for file in files:
        answer = door.client.get(file)
        assert (answer.status_code, answer.headers["x-content-type-options"]) == (200, "nosniff")


@pytest.mark.parametrize("path", ["/static/../main.py", "/static/%2e%2e/pages.py", "/static/none.css"])
def test_no_other_file_is_served(door, path):
    assert door.client.get(path).status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_a_view_says_that_it_is_no_prototype(door, path):
    assert 'data-prototype="false"' in page(door, path)


@pytest.mark.parametrize("path", PAGES)
def test_who_has_the_page_already_is_not_sent_it_again(door, path):
    etag = door.client.get(path).headers["etag"]
    assert door.client.get(path, headers={"If-None-Match": etag}).status_code == 304


def test_every_link_of_the_start_page_leads_somewhere(door):
    door.post(a_report())
    links = set(re.findall(r'href="(/[^"]*)"', page(door, "/")))
    assert {"/preview", "/health", "/metrics", "/diagnostics/lua-webhook", "/openapi.json"} <= links
    assert [link for link in links if door.client.get(link).status_code != 200] == []


def test_the_start_page_shows_the_newest_rounds_with_their_badges(door):
    door.post(a_report())
    door.post(a_second_report())
    html = page(door, "/")
    assert html.index(">R2</span>supply") < html.index(">R1</span>supply")
    assert html.count('class="badge verified_header" title=') == 2
    assert html.count('class="badge enriched" title=') == 2
    assert "<strong>7:36</strong>" in html


def test_a_round_cut_short_was_won_by_nobody_on_the_start_page(door):
    """P46"""
    door.post(a_report(exit_kind="aborted", end_reason_raw="map_change"))
    with door.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE rounds SET winner_team = 1")  # as scripts set it beforehand
    assert '<span class="side unknown">unknown</span>' in page(door, "/")


def test_the_start_page_explains_its_words_without_a_mouse(door):
    html = page(door, "/")
    for word in ("verified_header", "time_fallback", "ambiguous", "missing", "enriched", "published", "quarantined"):
        assert f'<span class="badge {word}">{word}</span></dt><dd>' in html


def test_the_start_page_tells_of_cards_that_could_not_be_sent(door):
    door.post(a_report())
    door.do("UPDATE publications SET status = 'dead', error_code = 'unknown_channel'")
    assert "1 card could not be sent" in page(door, "/")


def test_the_start_page_gives_lines_to_copy_with_its_own_address(door):
    assert f"curl -s {str(door.client.base_url).rstrip('/')}/health" in page(door, "/")


def test_a_made_up_host_is_not_repeated(door):
    html = door.client.get("/", headers={"Host": "a`id`<b>"}).text
    assert "`id`" not in html


def test_the_start_page_stands_without_the_database_and_says_so(door, postgres_url):
    """P44: unknown, not 0."""
    cut_off(postgres_url, door.engine)
    html = page(door, "/")
    assert "The database cannot be reached" in html
    assert '<span class="figure">0</span>' not in html


def test_the_preview_shows_a_card_as_discord_would(door):
    door.post(a_report())
    html = preview(door)
    assert '<h2 class="text">Round 1 Complete \N{EN DASH} supply</h2>' in html
    assert '<rect width="4" height="100%" fill="#3498db"/>' in html
    assert '<span class="app">APP</span>' in html
    assert "Score confidence: verified_header" in html
    assert '<small class="subtext">' in html


def test_the_preview_of_nothing_says_what_will_come(door):
    assert "Welcome to #rounds!" in page(door, "/preview")


def test_an_edited_card_says_so(door):
    door.post(a_report())
    before = preview(door)
    door.post(a_report(sequence=2, winner_team=1))
    after = preview(door)
    assert ("(edited)" in before, "(edited)" in after) == (False, True)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_stay_text(door, path, name):
    players = [a_player(0, name=name), a_player(1)]
    door.post(a_report(map_name=name, players=players))
    Presenter(door.engine).publish(times=2)
    html = page(door, path)
    assert "<img onerror" not in html
    assert "<script>" not in html
    assert 'href="javascript:' not in html
    assert "<strong>bold</strong>" not in html
    assert 'class="mention"' not in html
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", html)


def test_even_a_card_that_nobody_made_safe_is_drawn_harmlessly(door):
    door.post(a_report())
    evil = {
        "content": "<b>",
        "embeds": [{"title": "<i>", "footer": {"text": "<u>"}, "fields": [{"name": "<s>", "value": '"><script>'}]}],
    }
    with door.engine.begin() as connection:
        connection.execute(text(PREVIEW), {"message": json.dumps(evil)})
    html = page(door, "/preview")
    assert [tag for tag in ("<b>", "<i>", "<u>", "<s>", "<script>") if tag in html] == []


def test_with_a_token_the_preview_says_where_the_cards_go(engine, database_url):
    with opened_door(engine, database_url, discord_token="secret-token", discord_channel_id=1) as door:
        html = page(door, "/preview")
    assert "new cards go there" in html
    assert "secret-token" not in html
