"""Says during a long sync how far it is: now and then in the log, or all the time in the last line of a terminal."""

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from connector_kit import live_line
from connector_kit.extract.watch import Watch
from connector_kit.threads import start_unsignalled

__all__ = ["SAID_EVERY_SECONDS", "progress_told"]

SAID_EVERY_SECONDS: Final = 30.0
"""In a log."""
_SHOWN_EVERY_SECONDS: Final = 1.0


@contextmanager
def progress_told(watch: Watch, logger: logging.Logger, *, every: float | None = None) -> Iterator[None]:
    """Tell it while the block runs, from a thread of its own: reading and writing records costs nothing more for it.

    Args:
        watch: What has been done.
        logger: Of the plugin.
        every: Seconds between two lines of the log.
    """
    # Records on the same terminal would run through the line.
    is_live = every is None and live_line.is_terminal() and not sys.stdout.isatty()
    seconds = _SHOWN_EVERY_SECONDS if is_live else every or SAID_EVERY_SECONDS
    over = threading.Event()

    def work() -> None:
        while not over.wait(seconds):
            position = watch.position()
            if position is not None and is_live:
                live_line.show(str(position))
            elif position is not None:
                logger.info("Progress: %s", position, extra={"progress": position.facts()})

    thread = threading.Thread(target=work, name="progress", daemon=True)
    start_unsignalled(thread)
    try:
        yield
    finally:
        over.set()
        thread.join()
        if is_live:
            live_line.erase()
