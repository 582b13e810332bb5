"""An outage in which every process dies too: what was acknowledged is there afterwards, once."""

from random import Random

from tests.faults.findings import look_for_damage
from tests.faults.reporters import Reporter
from tests.faults.stack import POSTGRES, running_stack

SERVERS = ("srv00", "srv01", "srv02")
_UNFINISHED = """
    SELECT (SELECT count(*) FROM round_events WHERE state IN ('seen', 'enriched'))
         + (SELECT count(*) FROM publications WHERE status IN ('pending', 'claimed'))
"""
_OUTCOMES = "SELECT outcome FROM delivery_receipts GROUP BY outcome"


def test_spooled_by_one_process_and_brought_home_by_many_nothing_is_lost_or_doubled(tmp_path):
    """P8"""
    with running_stack(tmp_path) as stack:
        reporters = [Reporter(stack.port, one, stack.register(one), 0.05, Random(one)) for one in SERVERS]

        def acknowledged():
            return sum(len(reporter.acknowledged) for reporter in reporters)

        def wait_for(more, what):
            enough = acknowledged() + more
            stack.wait_until(lambda: acknowledged() >= enough, what)

        for reporter in reporters:
            reporter.start()
        try:
            wait_for(6, "the first reports are acknowledged")
            stack.kill(POSTGRES)
            wait_for(20, "reports are acknowledged without the database")
            stack.kill("api")
            stack.start_again("api")
            wait_for(20, "a service that started without its database acknowledges reports")
            stack.kill("worker")
            stack.start_again(POSTGRES)
            for _ in range(6):
                stack.start_again("worker")
                stack.tend(0.8)
                stack.kill("worker")
            stack.start_again("worker")
            for reporter in reporters:
                reporter.finish()
            stack.wait_until(lambda: not any(reporter.is_alive() for reporter in reporters), "every report has left")
            stack.stored.let_time_pass()
            stack.wait_until(
                lambda: stack.stored.waiting_in_spool() == 0 and stack.stored.ask(_UNFINISHED) == [(0,)], "all is done"
            )
        finally:
            for reporter in reporters:
                reporter.leave()
        findings = look_for_damage(stack, reporters)
        outcomes = {outcome for (outcome,) in stack.stored.ask(_OUTCOMES)}
    assert findings.all() == []
    assert {"accepted", "spooled"} <= outcomes
