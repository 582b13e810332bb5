"""The card of a timing view: its parts as code blocks, over as many messages as they need. Draws times, works none out."""

from presenter_bot.cards.builder import Field, Message, code_chunk, make_embed, spread, text_length
from shared.domain.text import escape_markdown
from shared.domain.timing_view import Tone, View

_COLORS = {Tone.GREEN: 0x2ECC71, Tone.ORANGE: 0xE67E22, Tone.RED: 0xE74C3C, Tone.GREY: 0x95A5A6}
_PAGE_MARK = " (99/99)"


def build_timing_card(view: View) -> tuple[Message, ...]:
    """The view as one message, or as several; no line of it is lost."""
    title, footer = escape_markdown(view.title), view.footer
    fields: list[Field] = []
    for part in view.parts:
        fields += code_chunk(part.name, part.lines, is_inline=part.is_inline)
    spent = text_length(title) + text_length(_PAGE_MARK) + text_length(footer)
    pages = spread(fields, first_spent=spent, later_spent=spent)
    messages: list[Message] = []
    for number, page in enumerate(pages, start=1):
        numbered = title if len(pages) == 1 else f"{title} ({number}/{len(pages)})"
        messages.append({"embeds": [make_embed(numbered, "", _COLORS[view.tone], page, footer)]})
    return tuple(messages)
