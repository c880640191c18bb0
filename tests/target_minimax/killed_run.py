"""Runs the target in processes that kill themselves: `python -m tests.target_minimax.killed_run`.

A line on stdin asks for one: JSON with `config`, `messages`, `failpoint`, and the number of its pass at which the process
sends itself SIGKILL. A line on stdout says how it ended. Starting an interpreter anew takes seconds, a fork none.
"""

import json
import os
import signal
import sys
from collections import Counter
from io import StringIO
from typing import Any

from connector_kit.posting.failpoints import watched
from target_minimax.target import TargetMinimax


def run(order: dict[str, Any]) -> None:
    """In the child: run the target."""
    passes: Counter[str] = Counter()

    def passing(name: str) -> None:
        passes[name] += 1
        if name == order["failpoint"] and passes[name] == order["nth"]:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.stdout = sys.stderr
    with watched(passing):
        TargetMinimax(config=order["config"]).run(StringIO(order["messages"]))


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 70
            try:
                run(json.loads(line))
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
