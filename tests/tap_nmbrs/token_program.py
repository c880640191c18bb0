"""What the tests of the token store run as real processes: renewals in turns, and renewals that are killed."""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from connector_kit.errors import ConnectorError
from tap_nmbrs.rest.connection import Connection

Settings = dict[str, Any]


def renew(settings: Settings, times: int) -> None:
    """Renew the token and use it, as often as told, each time as a tap that has just started."""
    for _ in range(times):
        connection = Connection.from_settings(settings, version="0")
        connection.get("/api/debtors", {}, what="debtors", scope="", read=lambda response: response.content)


def killed_after(seconds: float, work: Callable[[], None]) -> bool:
    """Do work in a process of its own and kill it after some time; whether it was still at it."""
    pid = os.fork()
    if pid == 0:
        work()
        os._exit(0)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


def crash(rounds: list[Settings], seed: int) -> None:
    """Per round, with a consent of its own: renew without end, die at a random moment, and start again."""
    moments = random.Random(seed)  # no cryptography
    for settings in rounds:
        killed = killed_after(moments.uniform(0.01, 0.12), lambda settings=settings: renew(settings, 10_000))
        exit_code = 0
        try:
            renew(settings, 1)
        except ConnectorError as error:
            exit_code = int(error.exit_code)
        sys.stdout.write(json.dumps({"killed": killed, "exit_code": exit_code}) + "\n")


if __name__ == "__main__":
    job = json.loads(sys.stdin.read())
    try:
        if "rounds" in job:
            crash(job["rounds"], job["seed"])
        else:
            renew(job["settings"], job["times"])
    except ConnectorError as failure:
        sys.stderr.write(f"{failure}\n")
        sys.exit(failure.exit_code)
