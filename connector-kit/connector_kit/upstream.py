"""The program that writes into our stdin."""

import os
import select
import sys
import time
from typing import Final

__all__ = ["let_it_finish"]

PATIENCE: Final = 5.0
"""Seconds."""
_CHUNK: Final = 1 << 16


def let_it_finish(seconds: float = PATIENCE) -> None:
    """Read stdin to its end and throw it away, for some seconds at most, when the program has failed.

    A tap that is about to end would lose its reader in the middle of a line: it fails with a broken pipe, and Meltano
    (4.4: `SingerBlock.close_stdin`) with a traceback that hides the one line that says what is wrong. A tap that goes
    on for longer is stopped by Meltano in order.
    """
    try:
        source = sys.stdin.fileno()
        if os.isatty(source):
            return
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and select.select([source], [], [], left)[0]:
            if not os.read(source, _CHUNK):
                return
    except (OSError, ValueError, AttributeError):  # closed, or nothing that could be read
        return
