"""Credentials of the Inlenersbeloning.com API: static bearer tokens, of a company or an organisation."""

import logging
import re
from typing import Final

from connector_kit.errors import SettingError
from connector_kit.oauth import BearerAuth, GivenToken

__all__ = ["auth_from_token", "is_of_organisation"]

_SHAPE: Final = re.compile(r"(cmp|org)_[0-9a-f]{64}")
_HEADER_TEXT: Final = re.compile(r"[\x21-\x7e]+")

logger = logging.getLogger(__name__)


def auth_from_token(token: str, *, api_url: str, setting: str = "token") -> BearerAuth:
    """Build the authentication; the token is only ever sent to the API's own origin.

    The Secret that the portal shows beside the token is not needed to read (seen in a working client).

    Raises:
        SettingError: The token cannot be sent.
    """
    if not _HEADER_TEXT.fullmatch(token):
        raise SettingError(
            f"setting {setting}: has blanks, line breaks or letters that no token has; copy it once more"
        )
    if not _SHAPE.fullmatch(token):
        logger.warning(
            "Setting %s does not look like a token (cmp_ or org_ and 64 characters); it may be the Secret beside it",
            setting,
        )
    return BearerAuth(GivenToken(token, setting=setting), api_url=api_url)


def is_of_organisation(token: str) -> bool:
    """Tell whether a token is one of an organisation, which reads all its companies."""
    return token.startswith("org_")
