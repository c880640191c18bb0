"""What the tests of the inbox run as a real process: work on an inbox that is killed at every line of its code."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tap_inlenersbeloning import inbox as code
from tap_inlenersbeloning.calls import Call
from tap_inlenersbeloning.inbox import Inbox
from tap_inlenersbeloning.verification import Proof

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType


def call(text: str) -> Call:
    return Call(method="POST", path="/webhook", query="", headers=(), body=text.encode())


def die_at_line(number: int) -> Callable[[FrameType, str, Any], Any]:
    """Trace the code of the inbox, and kill this process when it comes to its nth line."""
    left = number

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if frame.f_code.co_filename != code.__file__:
            return None
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    return trace


def killed(work: Callable[[], object], line: int) -> tuple[bool, bool]:
    """Do work in a process of its own that dies at a line; whether it did, and whether the work had returned."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        sys.settrace(die_at_line(line))
        work()
        sys.settrace(None)
        os.write(writer, b"!")
        os._exit(0)
    os.close(writer)
    has_died = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    has_returned = os.read(reader, 1) == b"!"
    os.close(reader)
    return has_died, has_returned


def contents(inbox: Inbox) -> list[str]:
    return [event.call.body.decode() for event in inbox.pending()]


def put(folder: Path, line: int) -> dict[str, Any]:
    inbox = Inbox(folder)
    inbox.prepare()
    has_died, has_returned = killed(lambda: inbox.put(call("new"), Proof()), line)
    return {"died": has_died, "returned": has_returned, "pending": contents(inbox)}


def done(folder: Path, line: int) -> dict[str, Any]:
    inbox = Inbox(folder)
    inbox.prepare()
    for text in ("1", "2", "3"):
        inbox.put(call(text), Proof())
    has_died, has_returned = killed(lambda: inbox.done(inbox.pending()), line)
    kept = [json.loads(path.read_text())["body"]["text"] for path in (folder / "done").glob("*.json")]
    return {"died": has_died, "returned": has_returned, "pending": contents(inbox), "done": sorted(kept)}


def recover(folder: Path, line: int) -> dict[str, Any]:
    """A receiver died before it could rename; whoever comes next dies too."""
    inbox = Inbox(folder)
    inbox.prepare()
    name = inbox.put(call("half"), Proof())
    (folder / name).rename(folder / f".{name}.part")
    has_died, has_returned = killed(inbox.pending, line)
    return {"died": has_died, "returned": has_returned, "pending": contents(inbox)}


def main() -> None:
    """Kill one kind of work at its first line, its second, and so on, until it lives to its end."""
    work, folder = {"put": put, "done": done, "recover": recover}[sys.argv[1]], Path(sys.argv[2])
    outcomes = []
    while not outcomes or outcomes[-1]["died"]:
        line = len(outcomes) + 1
        outcomes.append(work(folder / str(line), line))
    sys.stdout.write(json.dumps(outcomes))


if __name__ == "__main__":
    main()
