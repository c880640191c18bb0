"""The time of a run: that of the machine when it began, and from then on what really passes."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

__all__ = ["steady_clock"]


def steady_clock() -> Callable[[], datetime]:
    """Give a clock that nobody sets in the middle of a run.

    A machine's clock that jumps ahead would end the wait for lost writes early, and a second booking could follow.
    While a machine sleeps this clock stands: waits only become longer.
    """
    began, at = datetime.now(UTC), time.monotonic()
    return lambda: began + timedelta(seconds=time.monotonic() - at)
