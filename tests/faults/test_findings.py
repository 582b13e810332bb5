"""The look for damage must be able to find some."""

from random import Random

from tests.fakes.discord_api.state import CHANNEL_ID
from tests.faults.findings import look_for_damage
from tests.faults.reporters import Acknowledged, Reporter, report_body
from tests.faults.stack import running_stack


def test_what_is_missing_and_what_is_there_twice_is_found(tmp_path):
    with running_stack(tmp_path) as stack:
        reporter = Reporter(stack.port, "srv1", stack.register("srv1"), 0.01, Random(1))
        reporter.start()
        stack.wait_until(lambda: len(stack.discord.state.shown_messages()) >= 2, "two cards are shown")
        reporter.finish()
        reporter.join()
        shown = stack.discord.state.shown_messages
        stack.wait_until(lambda: len(shown()) == len(reporter.acknowledged), "every card is shown")
        first, second = shown()[:2]
        stack.discord.state.delete(first)
        stack.discord.state.post(CHANNEL_ID, second)
        never_kept = {"delivery_id": 0, "round_id": None}
        reporter.acknowledged.append(Acknowledged("srv1", report_body("srv1", 999), 201, never_kept))

        findings = look_for_damage(stack, [reporter])

    assert {"message of publication 1", "delivery 0 of srv1"} <= set(findings.lost)
    assert findings.doubled == ["message of publication 2 (2 times)"]
