"""How long a test waits for what takes so long on a machine that has nothing else to do."""

from __future__ import annotations

import os

__all__ = ["seconds"]


def seconds(promised: float) -> float:
    """The promised time, longer by as much as there is more work on this machine than it has processors."""
    return promised * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
