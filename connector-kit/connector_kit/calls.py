"""Says at the end of a run how many calls it has made, as a metric that Meltano and `pipelines` read."""

import logging
import os
import threading
from typing import Final

from singer_sdk.metrics import Metric, Point, log

__all__ = ["REQUESTS", "RequestCount", "log_requests"]

_logger: Final = logging.getLogger("singer_sdk.metrics")


class RequestCount:
    """Counts requests over all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.number = 0

    def add(self) -> None:
        """Count one."""
        with self._lock:
            self.number += 1


REQUESTS: Final = RequestCount()
"""What the sessions of a tap have sent; a process is one run."""


def log_requests(number: int) -> None:
    """Log the metric `http_request_count`."""
    log(_logger, Point("counter", Metric.HTTP_REQUEST_COUNT, number, {"pid": os.getpid()}))
