"""Run a command that may not outlive whoever holds the other end of our standard input.

The end of a pipe is seen even when its holder was killed with SIGKILL, on every system.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

GRACE_SECONDS = 5


def on_leash(command: Sequence[str]) -> list[str]:
    """The words that run `command` on a leash; give the process a pipe as standard input."""
    return [sys.executable, "-m", "demo.leash", *command]


def _end_with_stdin(child: subprocess.Popen[bytes]) -> None:
    sys.stdin.buffer.read()
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, number)
            child.wait(GRACE_SECONDS)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def main() -> None:
    """Run the command in a session of its own; its exit code is ours."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the holder, which lets go of the pipe
    child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 (the caller's command)
    threading.Thread(target=_end_with_stdin, args=(child,), daemon=True).start()
    code = child.wait()
    os._exit(code if code >= 0 else 128 - code)  # the thread still reads: an ordinary exit would wait for its buffer


if __name__ == "__main__":
    main()
