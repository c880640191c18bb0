"""Forks real processes that book, and dies with none of them: `python -m tests.simulation.nursery`.

A line on stdin asks for one: JSON with `config`, `messages` (file), `out`, `err` (files), `passed` (file for the names of
the failpoints that were passed), and `kill`: the name of a failpoint and the number of its pass at which the process
kills itself with SIGKILL. A line on stdout says how it ended. Starting an interpreter anew takes seconds, a fork none.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import sys
from collections import Counter
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from connector_kit.errors import ConnectorError
from connector_kit.posting.failpoints import registered, watched

from tests.simulation.served import target_of
from tests.simulation.simulation import simulate_all
from tests.simulation.statements import compiled_once


def book(order: dict[str, Any]) -> int:
    """In the child: run the target once; its exit code."""
    kill, nth = order.get("kill") or (None, 0)
    passes: Counter[str] = Counter()

    def passing(name: str) -> None:
        passes[name] += 1
        if name == kill and passes[name] == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    with ExitStack() as files:
        source = files.enter_context(Path(order["messages"]).open())
        out = files.enter_context(Path(order["out"]).open("w"))
        err = files.enter_context(Path(order["err"]).open("w"))
        files.enter_context(redirect_stdout(out))
        files.enter_context(redirect_stderr(err))
        files.enter_context(compiled_once())
        files.enter_context(watched(passing))
        logging.basicConfig(stream=err, level=logging.INFO, force=True)
        try:
            target_of(order["config"]).run(source)
            code = 0
        except ConnectorError as error:
            err.write(f"{error}\n")
            code = int(error.exit_code)
    if "passed" in order:
        Path(order["passed"]).write_text(json.dumps(passes))
    return code


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    say(json.dumps(registered()))
    simulate_all(range(12))  # children find all SQL compiled
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 70
            try:
                code = book(json.loads(line))
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        say(str(os.waitstatus_to_exitcode(status)))


if __name__ == "__main__":
    main()
