"""After everything has settled: is every acknowledged report kept once, its round once, and its message once?"""

import hashlib
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from shared.domain.publications import read_footer_mark
from tests.faults.reporters import Acknowledged, Reporter, post
from tests.faults.stack import Stack

_DELIVERIES = "SELECT server_id, content_sha256, id, body FROM deliveries"
_EVENTS = "SELECT delivery_id, round_id, state FROM round_events"
_FIRST_RECEIPTS = """
    SELECT r.delivery_id FROM delivery_receipts r
    WHERE r.outcome <> 'duplicate' AND NOT (r.outcome = 'spooled' AND EXISTS (
        SELECT FROM drained_records d
        WHERE d.delivery_id = r.delivery_id AND d.received_at = r.received_at AND d.outcome = 'duplicate'))
"""
_WITHOUT_OUTCOME = """
    SELECT id FROM deliveries d WHERE NOT EXISTS (SELECT FROM delivery_receipts r WHERE r.delivery_id = d.id)
"""
_COUNTED = "roundwire_deliveries_"
_SENDERS = 4
_DRAINED = "SELECT spool_id, delivery_id FROM drained_records"
_PUBLICATIONS = "SELECT id, subject, status, posted_to, message_id FROM publications"


@dataclass
class Findings:
    """What is wrong, each in one line: `lost` is missing, `doubled` is there more than once, `wrong` is anything else."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def count(self, what: str, times: int) -> None:
        """Note what is not there exactly once."""
        if times == 0:
            self.lost.append(what)
        elif times > 1:
            self.doubled.append(f"{what} ({times} times)")

    def all(self) -> list[str]:
        """Everything found."""
        kinds = {"lost": self.lost, "doubled": self.doubled, "wrong": self.wrong}
        return [f"{kind}: {line}" for kind, lines in kinds.items() for line in lines]


def look_for_damage(stack: Stack, reporters: Sequence[Reporter]) -> Findings:
    """Compare what was acknowledged with what is stored and shown; every report is sent once more."""
    acknowledged = [one for reporter in reporters for one in reporter.acknowledged]
    findings = Findings()
    findings.wrong += [refusal for reporter in reporters for refusal in reporter.refusals] + stack.accidents
    drained = dict(stack.stored.ask(_DRAINED))
    acknowledged = [_as_known_now(one, drained) for one in acknowledged]
    _look_at_outcomes(stack, findings)
    rounds = _look_at_evidence(stack, acknowledged, findings)
    _look_at_messages(stack, rounds, findings)
    tokens = {reporter.server_id: reporter.token for reporter in reporters}
    findings.wrong += _answers_that_differ(stack, acknowledged, tokens)
    findings.count("delivery: something was stored beside them", 1 + _surplus(stack, acknowledged))
    return findings


def _look_at_outcomes(stack: Stack, findings: Findings) -> None:
    """Every delivery has one first outcome, and what was received is what became of it all."""
    for (delivery_id,) in stack.stored.ask(_WITHOUT_OUTCOME):
        findings.wrong.append(f"delivery {delivery_id} has no outcome")
    with urllib.request.urlopen(f"http://127.0.0.1:{stack.port}/metrics", timeout=30) as answer:
        lines = [line.rsplit(" ", 1) for line in answer.read().decode().splitlines() if line.startswith(_COUNTED)]
    received = sum(float(value) for name, value in lines if name == f"{_COUNTED}received_total")
    outcomes = sum(float(value) for name, value in lines if name.startswith(f"{_COUNTED[:-1]}_total{{"))
    if received != outcomes:
        findings.wrong.append(f"{received:.0f} received, {outcomes:.0f} outcomes")


def _as_known_now(one: Acknowledged, drained: dict[str, int]) -> Acknowledged:
    """A report that was spooled is known by its delivery once it has come; none means that it never did."""
    if one.receipt.get("outcome") != "spooled":
        return one
    return replace(one, receipt=one.receipt | {"delivery_id": drained.get(one.receipt["spool_id"]), "round_id": None})


def _look_at_evidence(stack: Stack, acknowledged: Sequence[Acknowledged], findings: Findings) -> list[int]:
    """Deliveries by their bytes, their first receipts, their events; answers the rounds they tell of."""
    deliveries = defaultdict(list)
    for server_id, content_sha256, delivery_id, body in stack.stored.ask(_DELIVERIES):
        deliveries[server_id, content_sha256].append((delivery_id, bytes(body)))
    events, first_receipts = defaultdict(list), Counter(row[0] for row in stack.stored.ask(_FIRST_RECEIPTS))
    for delivery_id, round_id, state in stack.stored.ask(_EVENTS):
        events[delivery_id].append((round_id, state))
    rounds: Counter[int] = Counter()
    for one in acknowledged:
        name = f"delivery {one.receipt['delivery_id']} of {one.server_id}"
        kept = deliveries[one.server_id, hashlib.sha256(one.body).hexdigest()]
        findings.count(name, len(kept))
        findings.count(f"first receipt of {name}", first_receipts[one.receipt["delivery_id"]])
        if [(one.receipt["delivery_id"], one.body)] != kept:
            findings.wrong.append(f"{name} is not what was answered")
        told = events[one.receipt["delivery_id"]]
        findings.count(f"event of {name}", len(told))
        for round_id, state in told:
            rounds[round_id] += 1
            if state != "published":
                findings.wrong.append(f"the event of {name} stays {state}")
    for round_id, times in rounds.items():
        findings.count(f"report of round {round_id}", times)
    return list(rounds)


def _look_at_messages(stack: Stack, rounds: Sequence[int], findings: Findings) -> None:
    """One publication a round, one message a publication, and that message's id stored."""
    shown = defaultdict(list)
    for message in stack.discord.state.shown_messages():
        mark = read_footer_mark(message["embeds"][0]["footer"]["text"])
        shown[mark].append(message["id"])
    publications = defaultdict(list)
    for publication_id, subject, status, posted_to, message_id in stack.stored.ask(_PUBLICATIONS):
        publications[subject].append(publication_id)
        if status != "sent" or posted_to == "preview":
            findings.wrong.append(f"publication {publication_id} is {status}, posted to {posted_to}")
        messages = shown.pop((publication_id, 1), [])
        findings.count(f"message of publication {publication_id}", len(messages))
        if message_id not in messages:
            findings.wrong.append(f"publication {publication_id} does not know its message")
    for round_id in rounds:
        findings.count(f"publication of round {round_id}", len(publications.pop(str(round_id), [])))
    for publication in publications:
        findings.doubled.append(f"a publication for round {publication}, which no report told of")
    for mark in shown:
        findings.doubled.append(f"a message {mark}, which no publication asked for")


def _answers_that_differ(stack: Stack, acknowledged: Sequence[Acknowledged], tokens: dict[str, str]) -> Iterator[str]:
    """The same bytes once more are a duplicate with the first result."""
    with ThreadPoolExecutor(_SENDERS) as senders:
        answers = senders.map(lambda one: post(stack.port, tokens[one.server_id], one.body), acknowledged)
        for one, (status, receipt) in zip(acknowledged, answers, strict=True):
            is_same = receipt["delivery_id"] == one.receipt["delivery_id"]
            is_same_round = one.receipt["round_id"] in (None, receipt["round_id"])  # None: it was left to the worker
            if (status, receipt["outcome"]) != (200, "duplicate") or not is_same or not is_same_round:
                yield f"delivery {one.receipt['delivery_id']} sent again: {status} {receipt}"


def _surplus(stack: Stack, acknowledged: Sequence[Acknowledged]) -> int:
    ((stored,),) = stack.stored.ask("SELECT count(*) FROM deliveries")
    return max(0, int(stored) - len(acknowledged))
