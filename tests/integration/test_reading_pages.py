"""The pages of what was played: every score with its confidence, the same numbers as the API, nothing foreign as markup."""

import re
from html.parser import HTMLParser

import pytest

from tests.factories import R1_START, a_player, a_report
from tests.integration.outage import cut_off
from tests.integration.scored_evening import EVENING, play_evening
from tests.integration.session_rounds import HOUR, a_round, assign, assigned
from tests.integration.test_pages import HOSTILE_NAMES


class Markup(HTMLParser):
    """What of a page a browser would run, draw or follow that is not ours."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        is_ours = all((told.get(name) or "/").startswith("/") for name in ("href", "src"))
        has_code = any(name.startswith("on") or name == "style" for name in told)
        if not is_ours or has_code or tag in {"style", "iframe"} or (tag == "script" and "src" not in told):
            self.found.append((tag, attrs))


@pytest.fixture
def evening(door):
    """The door after a scored evening, and the pages that show it."""
    door.round_ids = play_evening(door)
    return door


def page(door, path, status=200):
    answer = door.client.get(path)
    assert answer.status_code == status
    return answer.text


def pages(round_ids):
    return ["/sessions", f"/sessions/{EVENING}", *(f"/rounds/{round_id}" for round_id in round_ids)]


def test_the_list_has_one_line_a_session_with_map_wins_points_and_confidence(evening):
    html = page(evening, "/sessions")
    assert html.count('class="panel evening"') == 1
    assert re.search(r'class="score">1<span aria-hidden="true">:</span>1<', html)
    assert "points 2\N{EN DASH}2" in html
    assert 'class="badge verified_header"' in html
    assert "<dt>Lua data</dt><dd>100%</dd>" in html


def test_the_list_goes_on_on_further_pages(door):
    assigned(door, *(5 * number for number in range(32)))
    html = page(door, "/sessions")
    (older,) = re.findall(r'href="(/sessions\?after=[^"]+)"', html)
    assert (html.count('class="panel evening"'), page(door, older).count('class="panel evening"')) == (30, 2)


def test_an_empty_list_says_what_will_come(door):
    assert "No session yet" in page(door, "/sessions")


def test_a_session_shows_each_match_with_rule_badge_times_and_ends(evening):
    html = page(evening, f"/sessions/{EVENING}")
    assert html.count('class="match won-') == 2
    assert html.count("rule header") == 2
    assert re.search(r">6:31</span><span class=\"quiet\">vs</span>", html)
    assert "objective" in html
    assert "aborted" in html


def test_a_session_shows_the_score_that_the_api_tells(evening):
    """P43."""
    scoring = evening.client.get(f"/api/sessions/{EVENING}").json()["scoring"]
    html = page(evening, f"/sessions/{EVENING}")
    assert f'Map wins">{scoring["map_wins_a"]}<span aria-hidden="true">:</span>{scoring["map_wins_b"]}</p>' in html
    assert f"points {scoring['points_a']}\N{EN DASH}{scoring['points_b']}" in html


def test_a_session_that_is_not_scored_yet_shows_no_score_but_its_state(door):
    assigned(door, 0)
    html = page(door, f"/sessions/{EVENING}")
    assert "not scored yet" in html
    assert 'class="badge missing"' in html
    assert "Map wins" not in html


def test_a_session_warns_of_what_rests_on_less(door):
    door.post(a_report())
    door.post(a_round(2, R1_START + HOUR // 2, map_name="radar"))
    assign(door)
    assert "part of no map" in page(door, f"/sessions/{EVENING}")


def test_the_times_of_a_session_stand_in_the_order_of_play_whatever_came_first(door):
    late, early = assigned(door, 0.5, 0)
    times = page(door, f"/sessions/{EVENING}").partition('id="times-title"')[2]
    assert re.findall(r'<th scope="row"><a href="/rounds/(\d+)"', times) == [str(early), str(late)]


def test_a_round_shows_sides_times_with_sources_identity_and_why(evening):
    html = page(evening, f"/rounds/{evening.round_ids[0]}")
    assert html.index('class="side axis">Axis') < html.index("Why it is so")
    for told in ("456 s", "lua", "tier 1", "linked", "created round", "time to beat", "verified_header", "TIME_SET"):
        assert told in html


def test_a_round_is_found_by_its_fingerprint(evening):
    fingerprint = evening.client.get(f"/api/rounds/{evening.round_ids[0]}").json()["round_fingerprint"]
    assert page(evening, f"/rounds/{fingerprint}") == page(evening, f"/rounds/{evening.round_ids[0]}")


def test_a_round_that_does_not_count_says_why(evening):
    html = page(evening, f"/rounds/{evening.round_ids[2]}")
    assert "does not count: aborted" in html or "does not count: cancelled" in html


def test_a_round_without_a_regular_end_shows_nobody_as_its_winner(evening):
    """P46: scripts set the winner to the defender beforehand."""
    html = page(evening, f"/rounds/{evening.round_ids[2]}")
    assert "No regular end" in html
    assert "won ·" not in html


def test_every_link_of_these_pages_leads_somewhere(evening):
    links = {link for path in pages(evening.round_ids) for link in re.findall(r'href="(/[^"]*)"', page(evening, path))}
    assert len(links) > 10
    assert [link for link in links if evening.client.get(link.replace("&amp;", "&")).status_code != 200] == []


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_stay_text_on_every_page(door, name):
    round_ids = play_evening(door, map_name=name, name=name)
    door.do("UPDATE session_teams SET team_name = :name || team_slot", name=name)
    door.do("UPDATE session_results SET team_1_name = :name, team_2_name = :name || '2'", name=name)
    for path in pages(round_ids):
        assert Markup(page(door, path)).found == [], path


@pytest.mark.parametrize("path", ["/sessions", f"/sessions/{EVENING}", "/rounds/1", "/sessions/none", "/rounds/none"])
def test_these_pages_allow_nothing_but_our_own_files(evening, path):
    headers = evening.client.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert 'data-prototype="false"' in evening.client.get(path).text


def test_who_has_a_page_already_is_not_sent_it_again(evening):
    etag = evening.client.get("/rounds/1").headers["etag"]
    assert evening.client.get("/rounds/1", headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize(
    "path", ["/sessions/2031-01-01", "/sessions/x", "/rounds/999999", "/rounds/%00", "/rounds/a%20b"]
)
def test_what_is_not_there_is_said_on_a_page(door, path):
    assert "Nothing of that name" in page(door, path, 404)


def test_without_the_database_a_page_says_so(door, postgres_url):
    """P44."""
    cut_off(postgres_url, door.engine)
    assert "The database cannot be reached" in page(door, "/sessions", 503)


def test_a_player_who_missed_a_round_has_a_gap_in_his_line(door):
    for number, players in enumerate([[0, 1], [0, 3], [0, 1], [0, 1]]):
        door.post(
            a_round(
                number, R1_START + number * 600, map_name=f"map{number}", players=[a_player(slot) for slot in players]
            )
        )
    assign(door)
    html = page(door, f"/sessions/{EVENING}")
    assert html.count("<polyline") == 2
    assert html.count('class="dot"') == 2


@pytest.mark.parametrize(
    ("table", "path"),
    [
        ("lua_spawn_stats", "/rounds/1"),
        ("round_awards", "/rounds/1"),
        ("session_teams", f"/sessions/{EVENING}"),
        ("player_comprehensive_stats", f"/sessions/{EVENING}"),
        ("session_results", f"/sessions/{EVENING}"),
    ],
)
def test_a_page_stands_without_a_part_of_it_and_says_which_one(evening, table, path):
    """P44."""
    evening.do(f"ALTER TABLE {table} RENAME TO elsewhere")
    html = page(evening, path)
    assert "INCOMPLETE" in html
    assert "Not readable at the moment" in html
