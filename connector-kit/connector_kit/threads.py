"""Threads beside the main one."""

import signal
import threading

__all__ = ["start_unsignalled"]


def start_unsignalled(thread: threading.Thread) -> None:
    """Start a thread that takes no signals: the system may give them to any thread, and only the main one acts on them.

    Two signals at once may both go to the other thread, and the main one sleeps on.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT, signal.SIGALRM})
    try:
        thread.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
