"""Passes STATE on to stdout, but never past a record that is not settled."""

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, TextIO

from singer_sdk.singerlib.json import serialize_json

from connector_kit.errors import ConnectorError
from connector_kit.posting.failpoints import failpoint

__all__ = ["StateGate"]

_before_write = failpoint("state.before_write")
_after_write = failpoint("state.after_write")


class StateGate:
    """Open as long as every record so far is settled; closed for the rest of the run by the first that is not.

    Records are settled one by one before the next message is read, so a STATE that arrives may be passed on at once;
    only lines of an entry wait for the others.

    Args:
        out: Where STATE goes; by default stdout as it is when STATE is written.
    """

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out
        self._newest: Mapping[str, Any] | None = None
        self._withheld: Mapping[str, Any] | None = None
        self.held = False

    def hold(self) -> None:
        """Let no STATE pass any more: the next run gets this record and all after it again."""
        self.held = True

    def pass_on(self, state: Mapping[str, Any], *, waiting: Callable[[], bool] = lambda: False) -> None:
        """Write STATE, unless it is held or was written just before.

        Args:
            state: The STATE.
            waiting: Whether records before it wait for others; then it is kept back until `go_on`.

        Raises:
            ConnectorError: Nobody reads it any more.
        """
        if waiting():
            self._withheld = state
            return
        self._withheld = None
        self._write(state)

    def go_on(self, *, waiting: Callable[[], bool]) -> None:
        """Write the STATE that was kept back, once no record waits any more."""
        if self._withheld is not None and not waiting():
            state, self._withheld = self._withheld, None
            self._write(state)

    def _write(self, state: Mapping[str, Any]) -> None:
        if self.held or state == self._newest:
            return
        out = self._out or sys.stdout
        _before_write()
        try:
            out.write(f"{serialize_json(state)}\n")
            out.flush()
        except BrokenPipeError as error:
            # The rest stays in the buffer, and the interpreter would complain about it again at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
            raise ConnectorError("nobody reads STATE any more (stdout is closed); the run stops here") from error
        _after_write()
        self._newest = state
