"""The card of one round: who won, how long it took, how sure we are, who fragged. Draws judgement, judges nothing."""

from collections.abc import Sequence

from presenter_bot.cards.builder import Field, Message, chunk, fits_one_message, make_embed, spread, text_length
from presenter_bot.cards.player_lines import Detail, player_block, rank, untold_columns
from presenter_bot.cards.round_summary import summary_lines
from shared.domain.figures import UNAVAILABLE, UNKNOWN, clock, plural, signed_clock
from shared.domain.publications import footer_mark
from shared.domain.round_view import PlayerLine, RoundView
from shared.domain.text import shown
from shared.domain.vocabulary import SIDE_LABELS, RoundOutcome, Side, StopwatchState

BLUE = 0x3498DB
RED = 0xE74C3C
_COLORS = {1: BLUE, 2: RED}
_PLAYING = (Side.AXIS, Side.ALLIES)
_SECTIONS = ((Side.AXIS, "🟥 Axis"), (Side.ALLIES, "🟦 Allies"), (None, "⬜ Unknown side"))
_OUTCOME_TEXTS = {StopwatchState.FULL_HOLD: "Fullhold", StopwatchState.TIME_SET: "Completed", None: "outcome unknown"}
_MAP_WIDTH = 48
_TEAM_WIDTH = 24


def build_round_card(view: RoundView, publication_id: int) -> tuple[Message, ...]:
    """The round as one message, or as several when even the shortest form of its players does not fit one.

    Less is said of each player before a second message is begun; no player is ever left out.
    """
    title, description = _title(view), "\n".join(_description(view))
    fields: list[Field] = []
    for detail in sorted(Detail, reverse=True):
        fields = _fields(view, detail)
        if fits_one_message(title, description, fields, _footer(view, publication_id, 1)):
            break
    return _messages(view, publication_id, description, fields)


def _messages(view: RoundView, publication_id: int, description: str, fields: Sequence[Field]) -> tuple[Message, ...]:
    title, footer = _title(view), _footer(view, publication_id, 1)
    later = text_length(title) + text_length(footer) + 16  # "(2/3)" in the title, ".2" in the footer
    pages = spread(fields, first_spent=later + text_length(description), later_spent=later)
    messages: list[Message] = []
    for part, page in enumerate(pages, start=1):
        numbered = title if len(pages) == 1 else f"{title} ({part}/{len(pages)})"
        embed = make_embed(
            numbered,
            description if part == 1 else "",
            _COLORS.get(view.round_number, RED),
            page,
            _footer(view, publication_id, part),
        )
        messages.append({"embeds": [embed]})
    return tuple(messages)


def _title(view: RoundView) -> str:
    repeated = f" (#{view.play_number})" if (view.play_number or 1) > 1 else ""
    return f"Round {view.round_number} Complete \N{EN DASH} {shown(view.map_name, _MAP_WIDTH) or UNKNOWN}{repeated}"


def _description(view: RoundView) -> list[str]:
    return [
        _time_line(view),
        _winner_line(view),
        _attack_line(view),
        f"🔎 Score confidence: {view.score_confidence or UNKNOWN}",
        _stopwatch_line(view),
    ]


def _time_line(view: RoundView) -> str:
    if view.header_clock_seconds is not None and view.duration_seconds is not None:
        line = (
            f"⏱️ SW {clock(view.header_clock_seconds)} | EL **{clock(view.duration_seconds)}**"
            f" | Δ {signed_clock(view.header_clock_seconds - view.duration_seconds)}"
            f" | Limit {clock(view.limit_seconds)} | src {view.duration_source or UNKNOWN}"
        )
    elif view.duration_seconds is None:
        line = f"⏱️ Time unknown · limit {clock(view.limit_seconds)}"
    else:
        limit = "· limit unknown" if view.limit_seconds is None else f"of {clock(view.limit_seconds)}"
        line = f"⏱️ **{clock(view.duration_seconds)}** {limit} · src {view.duration_source or UNKNOWN}"
    if view.pause_count:
        line += f" · ⏸️ {plural(view.pause_count, 'pause')}, {clock(view.pause_seconds)}"
    return line


def _winner_line(view: RoundView) -> str:
    outcome = _OUTCOME_TEXTS[view.stopwatch_state]
    if view.outcome is RoundOutcome.SURRENDER_END and view.surrender_side is not None:
        outcome = f"{_side_name(view, view.surrender_side)} surrendered"
    if view.winner_side is None:
        return f"🏆 Winner: {UNKNOWN} · {outcome}"
    return f"🏆 **{_side_name(view, view.winner_side)}** won · {outcome}"


def _attack_line(view: RoundView) -> str:
    if view.defender_side is None:
        return f"⚔️ Attackers and defenders: {UNKNOWN}"
    attackers = Side.ALLIES if view.defender_side is Side.AXIS else Side.AXIS
    return f"⚔️ {_side_name(view, attackers)} attacked · 🛡️ {_side_name(view, view.defender_side)} defended"


def _stopwatch_line(view: RoundView) -> str:
    parts = [f"🎯 Stopwatch: {view.stopwatch_state or UNKNOWN}"]
    if view.time_to_beat_seconds is not None:
        parts.append(f"to beat {clock(view.time_to_beat_seconds)}")
    if view.next_limit_seconds is not None:
        parts.append(f"next limit {clock(view.next_limit_seconds)}")
    if view.outcome is not None and view.outcome.value != view.stopwatch_state:
        parts.append(view.outcome)
    return " · ".join(parts)


def _side_name(view: RoundView, side: Side) -> str:
    team = _team(view, side)
    return f"{SIDE_LABELS[side]} ({team})" if team else SIDE_LABELS[side]


def _team(view: RoundView, side: Side | None) -> str:
    name = {Side.AXIS: view.axis_team_name, Side.ALLIES: view.allies_team_name}.get(side) if side else None
    return shown(name or "", _TEAM_WIDTH)


def _fields(view: RoundView, detail: Detail) -> list[Field]:
    fields: list[Field] = []
    untold = untold_columns(view.players)
    for side, label in _SECTIONS:
        players = [player for player in view.players if _section_of(player) is side]
        team = _team(view, side)
        name = f"{label} · {team}" if team else label
        blocks = [player_block(ranked, detail, untold) for ranked in rank(players)]
        fields += chunk(f"{name} — {plural(len(players), 'player')}", blocks)
    lines = summary_lines(view, untold)
    has_dash = any(UNAVAILABLE in text for text in (*lines, *(field.value for field in fields)))
    return fields + chunk("📊 Round Summary", [*lines, *_reasons(view, untold, has_dash=has_dash)])


def _reasons(view: RoundView, untold: Sequence[str], *, has_dash: bool) -> list[str]:
    """Why something is missing: the columns that nobody has, and each dash."""
    source = view.source or "any source"
    if not view.players or not (untold or has_dash):
        return []
    if not untold:
        return [f"-# {UNAVAILABLE} not told by {source} so far"]
    each_dash = f" and each {UNAVAILABLE}" if has_dash else ""
    return [f"-# Not told by {source} so far: {', '.join(untold)}{each_dash}"]


def _section_of(player: PlayerLine) -> Side | None:
    return player.side if player.side in _PLAYING else None


def _footer(view: RoundView, publication_id: int, part: int) -> str:
    return " · ".join(
        (
            f"Round {view.round_id}",
            footer_mark(publication_id, part),
            view.short_fingerprint,
            view.link_status or UNKNOWN,
            view.source or UNKNOWN,
        )
    )
