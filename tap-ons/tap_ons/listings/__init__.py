"""What can be read that is not in bulk: plain lists, lists per employee or client, lists within a window of time.

Paths, parameters and models are those of the vendor's OpenAPI document; what is inferred is said beside the row.
"""

from typing import Final

from tap_ons.listings import care, hours, leave, reference, rosters

__all__ = ["JOBS", "LISTINGS"]

LISTINGS: Final = (
    *reference.LISTINGS,
    *hours.LISTINGS,
    *leave.LISTINGS,
    *care.LISTINGS,
    *rosters.LISTINGS,
)
"""All of them; a list that is also a bulk resource is read in bulk only."""
JOBS: Final = hours.JOBS
"""Lists that Ons prepares on request."""
