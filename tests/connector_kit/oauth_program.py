"""What the OAuth tests run as real processes: refreshes in turns, and refreshes that are killed at each step."""

import json
import logging
import os
import signal
import sys
from pathlib import Path
from typing import Any

import requests
from connector_kit.errors import ConnectorError
from connector_kit.oauth import BearerAuth, RotatingToken, TokenStore
from connector_kit.redaction import install_redaction

STEPS = {"open", "os.rename", "os.remove", "os.mkdir", "os.chmod", "socket.connect", "fcntl.flock"}


def rotating(job: dict[str, Any]) -> RotatingToken:
    return RotatingToken(
        token_url=f"{job['url']}/token",
        client_id=job["client_id"],
        client_secret=job["client_secret"],
        store=TokenStore(job["store"], seed=job["seed"]),
        login_command="tap-example login --config c.json",
        client_auth="basic",
    )


def refresh(job: dict[str, Any]) -> None:
    """Ask for a token and use it, as often as told."""
    for _ in range(job["times"]):
        response = requests.get(f"{job['url']}/api", auth=BearerAuth(rotating(job)), timeout=10)
        # Another process may have refreshed since; the provider then knows only the newer access token.
        sys.stdout.write(f"{response.status_code}\n")


def kill_at(step: int, folder: str) -> None:
    """Die without a trace just before the given file or socket operation."""
    left = [step]

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in STEPS or (event == "open" and folder not in str(arguments[0])):
            return
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def crash(job: dict[str, Any]) -> None:
    """Kill a refresh at each step in turn, each with a consent of its own, and run again after each."""
    for step, seed in enumerate(job["seeds"], start=1):
        folder = Path(job["store"]) / str(step)
        one = job | {"store": str(folder / "token.json"), "seed": seed, "times": 1}
        killed = attempt(one, step=step)
        result = attempt(one)
        files = sorted(path.name for path in folder.iterdir())
        sys.stdout.write(
            json.dumps({"step": step, "killed": killed == -signal.SIGKILL, "again": result, "files": files}) + "\n"
        )
        sys.stdout.flush()
        if killed == 0:
            return


def attempt(job: dict[str, Any], *, step: int | None = None) -> int:
    pid = os.fork()
    if pid == 0:
        if step is not None:
            kill_at(step, str(Path(job["store"]).parent))
        try:
            rotating(job).access_token()
        except ConnectorError as error:
            sys.stderr.write(f"{error}\n")
            os._exit(int(error.exit_code))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    logging.basicConfig(level="DEBUG", stream=sys.stderr)
    install_redaction()
    work = json.loads(sys.stdin.read())
    try:
        {"refresh": refresh, "crash": crash}[work["mode"]](work)
    except ConnectorError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
