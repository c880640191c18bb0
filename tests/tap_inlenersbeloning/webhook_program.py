"""The receiver of the webhook with little patience, so that tests need not wait."""

from __future__ import annotations

import sys

from tap_inlenersbeloning import webhook
from tap_inlenersbeloning.tap import main

if __name__ == "__main__":
    webhook._HEAD_SECONDS = 0.3
    webhook._BODY_SECONDS = 0.6
    webhook._CONNECTIONS_MAX = 5
    sys.argv[0] = "tap-inlenersbeloning"
    main()
