"""What a command logs: its errors, on stderr."""

import structlog

from ingest_api.cli.quiet import only_errors_logged


def fail(token):
    try:
        int("gone")
    except ValueError:
        structlog.get_logger().exception("judgement_failed", delivery_id=7)
    return token


def test_an_error_is_traced_on_stderr_without_the_values_in_hand(capsys):
    with only_errors_logged():
        fail("rw_secret")
    told = capsys.readouterr()

    assert told.out == ""
    assert "judgement_failed" in told.err
    assert "delivery_id" in told.err
    assert "ValueError: invalid literal for int() with base 10: 'gone'" in told.err
    assert "rw_secret" not in told.err


def test_what_is_no_error_is_not_for_whoever_types_a_command(capsys):
    with only_errors_logged():
        structlog.get_logger().warning("delivery_quarantined")
    structlog.get_logger().warning("afterwards")
    told = capsys.readouterr()

    assert told.err == ""
    assert "delivery_quarantined" not in told.out
    assert "afterwards" in told.out
