"""Whether the log is written for Meltano, which reads each line as JSON: message, level and fields."""

import logging

from singer_sdk.logging import StructuredFormatter

__all__ = ["is_structured"]


def is_structured(logger: logging.Logger) -> bool:
    """Tell whether what a plugin's logger says goes there."""
    handlers = [*logger.handlers, *logging.getLogger().handlers]
    return any(isinstance(handler.formatter, StructuredFormatter) for handler in handlers)
