"""The last line of a terminal, which changes while a program works; lines of the log take its place."""

import logging
import os
import sys
from typing import Final

__all__ = ["erase", "is_terminal", "keep_log_clean", "show"]

_ERASE: Final = "\r\x1b[K"


def is_terminal() -> bool:
    """Tell whether a person looks at stderr."""
    return sys.stderr.isatty()


def show(text: str) -> None:
    """Put a text there; what another program writes begins at its beginning."""
    width = os.get_terminal_size(sys.stderr.fileno()).columns or len(text)
    sys.stderr.write(f"{_ERASE}{text[:width]}\r")
    sys.stderr.flush()


def erase() -> None:
    """Take it away."""
    sys.stderr.write(_ERASE)
    sys.stderr.flush()


def keep_log_clean() -> None:
    """Erase the line before each line of the log, also one that the other program of a pipe has put there."""
    if is_terminal():
        for handler in logging.getLogger().handlers:
            handler.addFilter(_erasing)


def _erasing(_: logging.LogRecord) -> bool:
    erase()
    return True
