"""Becomes the program of its command line, which the system then ends when whoever started it is gone.

Run as a file, by `of_ours`; it imports nothing that takes time.
"""

import os
import signal
import sys
from collections.abc import Sequence

__all__ = ["of_ours"]

_END_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of Linux."""


def of_ours(words: Sequence[str]) -> list[str]:
    """The command line of a program that gets SIGTERM when this process is killed, which only Linux can do."""
    if sys.platform != "linux":
        return list(words)
    return [sys.executable, "-IS", __file__, str(os.getpid()), *words]


def _become(parent: int, words: list[str]) -> None:
    import ctypes  # noqa: PLC0415 (only the child needs it)

    ctypes.CDLL(None).prctl(_END_WITH_PARENT, signal.SIGTERM)
    if os.getppid() == parent:  # else it was killed before it could be heard of
        os.execvp(words[0], words)  # noqa: S606 (a program of the frozen pipeline)


if __name__ == "__main__":
    _become(int(sys.argv[1]), sys.argv[2:])
