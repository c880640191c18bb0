"""OAuth 2 with rotating refresh tokens: a store that survives crashes, one refresh for everybody, and the login."""

from connector_kit.oauth.endpoint import ClientAuth
from connector_kit.oauth.login import authorization_code_login, login_command
from connector_kit.oauth.store import Token, TokenStore
from connector_kit.oauth.token import AccessTokens, BearerAuth, GivenToken, RotatingToken

__all__ = [
    "AccessTokens",
    "BearerAuth",
    "ClientAuth",
    "GivenToken",
    "RotatingToken",
    "Token",
    "TokenStore",
    "authorization_code_login",
    "login_command",
]
