"""Commands answer for themselves: what the service would log of each step is not for whoever types them."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import structlog


@contextmanager
def only_errors_logged() -> Iterator[None]:
    """Within, errors go to stderr and nothing else is logged. Their traces name lines, not the values that were in hand."""
    before = structlog.get_config()
    traces = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(
        processors=[*before["processors"][:-1], traces],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    try:
        yield
    finally:
        structlog.configure(**before)
