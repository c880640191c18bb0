"""The streams of the table of lists."""

from typing import TYPE_CHECKING

from tap_ons.listing_stream import ListingStream
from tap_ons.listings import LISTINGS
from tap_ons.windowed_stream import WindowedStream

if TYPE_CHECKING:
    from singer_sdk import Stream

    from tap_ons.tap import TapOns

__all__ = ["listing_streams"]


def listing_streams(tap: "TapOns") -> list["Stream"]:
    """Build the streams of the table of lists, but for personal data that nobody asked for."""
    policy = tap.shared.policy
    return [
        WindowedStream(tap, row, row.window) if row.window else ListingStream(tap, row)
        for row in LISTINGS
        if row.personal_data is None or not policy.leaves_out(row.personal_data)
    ]
