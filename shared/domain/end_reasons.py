"""How a round ended in the strict stored form, and the word that people are shown for it. Pure."""

from shared.domain.round_facts import RoundFacts
from shared.domain.vocabulary import EndReason, ExitKind, Kind, RoundOutcome, StopwatchState

_ABORT_CAUSES = {
    "maprestart": EndReason.MAP_RESTART,
    "emptyteam": EndReason.MAP_RESTART,
    "backtowarmup": EndReason.MAP_RESTART,
    "mapchange": EndReason.MAP_CHANGE,
    "serverquit": EndReason.SERVER_RESTART,
    "serverdied": EndReason.SERVER_RESTART,
    "serverrestart": EndReason.SERVER_RESTART,
}


def strict_end_reason(facts: RoundFacts) -> EndReason | None:
    """The strict form; in the text a `_`, a space or nothing may stand between words. An abort of unknown cause has none.

    Only our reporter says what it knows: to older senders a vote that was merely called is a surrender.
    """
    raw = (facts.end_reason_raw or "").lower().replace(" ", "").replace("_", "")
    if facts.exit_kind is ExitKind.ABORTED:
        return _ABORT_CAUSES.get(raw)
    if facts.surrender_side is not None:
        return EndReason.SURRENDER
    if facts.exit_kind is ExitKind.UNKNOWN and facts.kind is Kind.ROUND_REPORT:
        return EndReason.SURRENDER if raw in {"surrender", "forfeit"} else _ABORT_CAUSES.get(raw, EndReason.NORMAL)
    return EndReason.NORMAL


def display_outcome(end_reason: EndReason | None, state: StopwatchState | None) -> RoundOutcome | None:
    """What is shown of a round: whether the attackers succeeded, or how it was given up or cut; None where nobody knows."""
    if end_reason is None or end_reason is EndReason.NORMAL:
        return None if state is None else RoundOutcome(state.value)
    return RoundOutcome(f"{end_reason.value}_END")
