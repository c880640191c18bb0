"""The receiver of the webhook as a process, for tests."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sysconfig
import threading
import time
from pathlib import Path
from typing import Any

import requests
from tap_inlenersbeloning.inbox import Inbox

TAP = Path(sysconfig.get_path("scripts")) / "tap-inlenersbeloning"
MARKER = "Jan-de-Geheime"
BODY = json.dumps({"event": "remuneration.published", "partnerId": "pk3x9z", "contact": MARKER}).encode()

Settings = dict[str, Any]


class Receiver:
    """A running receiver."""

    def __init__(self, settings: Settings, folder: Path, *arguments: str, program: list[str] | None = None) -> None:
        config = folder / "config.json"
        config.write_text(json.dumps(settings))
        self.inbox = Inbox(settings["webhook_inbox"])
        # As Meltano does it: the settings file stands before the name of the command.
        command = [*(program or [str(TAP)]), "--config", str(config), "webhook", "--port", "0", *arguments]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        self.lines: list[str] = []
        self._reader = threading.Thread(target=lambda: self.lines.extend(self.process.stderr or ()))
        found = None
        while found is None:
            line = self.process.stderr.readline()
            assert line, "\n".join(self.lines)
            self.lines.append(line)
            found = re.search(r"Listening on http://([\d.]+):(\d+)(/\S+),", line)
        self._reader.start()
        self.address = (found[1], int(found[2]))
        self.base = f"http://{found[1]}:{found[2]}"
        self.url = self.base + found[3]

    @property
    def log(self) -> str:
        return "".join(self.lines)

    def says(self, pattern: str) -> bool:
        """Whether the log says it, now or soon."""
        until = time.monotonic() + 10
        while not (said := re.search(pattern, self.log)) and time.monotonic() < until:
            time.sleep(0.02)
        return said is not None

    def post(self, body: bytes = BODY, *, more: str = "", **headers: str) -> requests.Response:
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        return requests.post(self.url + more, data=body, headers=sent, timeout=30)

    def kept(self) -> list[bytes]:
        """The bodies in the inbox, which a sync would then be done with."""
        events = self.inbox.pending()
        self.inbox.done(events)
        return [event.call.body for event in events for _ in event.files]

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        code = self.process.wait(60)
        self._reader.join(10)
        if self.process.stderr:
            self.process.stderr.close()
        return code
