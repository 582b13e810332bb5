"""The preview draws what Discord draws, and foreign text stays text, whatever it is made of (P62)."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_api.web.discord_markdown import render, render_inline
from shared.domain.text import shown

OURS = {"span", "strong", "em", "u", "s", "code", "pre", "small", "blockquote", "br"}
OUR_CLASSES = {"subtext", "heading", "item", "spoiler", "mention", "link"}
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>',
    "javascript:alert(1)",
    "[click](javascript:alert(1))",
    "https://x.example/<script>",
    "`<b>`",
    "```html\n<script>alert(1)</script>\n```",
    "> <iframe>",
    "-# <svg onload=alert(1)>",
    "**<b onmouseover=x>**",
    r"\<script\>",
    "&lt;script&gt;",
    "<@123> & <#456>",
    "\"' onclick='x",
]
markdown = st.text(alphabet=st.sampled_from("<>&\"'*_~|`\\#->@/: \nabch") | st.characters(), max_size=80)


class Reader(HTMLParser):
    """What a browser would make of it: the tags with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, attrs))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def assert_harmless(html: str) -> Reader:
    read = Reader(html)
    assert read.open == []
    for tag, attributes in read.tags:
        assert tag in OURS
        assert attributes in ([], *([("class", name)] for name in OUR_CLASSES))
    return read


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("draw", [render, render_inline])
def test_hostile_text_makes_no_tag_and_no_attribute_of_its_own(text, draw):
    assert_harmless(draw(text))


@given(markdown)
def test_whatever_the_text_only_our_tags_come_out(text):
    assert_harmless(render(text))
    assert_harmless(render_inline(text))


@given(st.text(max_size=40))
def test_a_name_made_safe_for_cards_is_drawn_letter_by_letter(name):
    safe = shown(name, 40)
    read = assert_harmless(render_inline(safe))
    assert read.tags == []
    assert read.text == "".join(letter for at, letter in enumerate(safe) if not _escapes(safe, at))


def _escapes(text: str, at: int) -> bool:
    """Is this the backslash of an escape, and not an escaped one?"""
    before = len(text[:at]) - len(text[:at].rstrip("\\"))
    return text[at] == "\\" and before % 2 == 0


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold**", "<strong>bold</strong>"),
        ("*italic* and _too_", "<em>italic</em> and <em>too</em>"),
        ("***both***", "<strong><em>both</em></strong>"),
        ("__under__ ~~gone~~", "<u>under</u> <s>gone</s>"),
        ("||hidden||", '<span class="spoiler">hidden</span>'),
        ("`4` **x**", "<code>4</code> <strong>x</strong>"),
        ("`` a ` b ``", "<code>a ` b</code>"),
        ("`**not bold**`", "<code>**not bold**</code>"),
        (r"\*\*stars\*\* \_ \` \\", "**stars** _ ` \\"),
        ("snake_case_name", "snake_case_name"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("**open *and* shut", "**open <em>and</em> shut"),
        ("*a **b** c*", "<em>a <strong>b</strong> c</em>"),
        ("zed\u200d|clan", "zed\u200d|clan"),
        ("@\u200deveryone", "@\u200deveryone"),
        ("@everyone", '<span class="mention">@everyone</span>'),
        ("https://a.example/?x=1&y=2", '<span class="link">https://a.example/?x=1&amp;y=2</span>'),
        ("https:\u200d//a.example", "https:\u200d//a.example"),
    ],
)
def test_inline_styles(text, html):
    assert render_inline(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("one\ntwo", "<span>one\ntwo</span>"),
        ("name\n-# small **x**\nnext", '<span>name</span><small class="subtext">small <strong>x</strong></small><span>next</span>'),
        ("> a\n> b\nc", "<blockquote>a\nb</blockquote><span>c</span>"),
        (r"\> a", "<span>&gt; a</span>"),
        ("# Head\ntext", '<strong class="heading">Head</strong><span>text</span>'),
        ("- one\n- two", '<span class="item">one</span><span class="item">two</span>'),
        ("```\na **b**\n```\nc", "<pre><code>a **b**</code></pre><span>c</span>"),
        ("x\n```py\ny\n```", "<span>x</span><pre><code>y</code></pre>"),
        ("-# a\n\n-# b", '<small class="subtext">a</small><br><small class="subtext">b</small>'),
        ("", ""),
    ],
)  # fmt: skip
def test_blocks(text, html):
    assert render(text) == html


def test_absurdly_nested_styles_become_text():
    assert_harmless(render("*_" * 2_000 + "x" + "_*" * 2_000))


def test_styles_in_a_title_make_no_block():
    assert render_inline("> a") == "&gt; a"
