"""OAuth 2.0 grants as an authorization server keeps them: codes, access tokens, refresh tokens; without HTTP."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from provider_simulators.clock import Clock
from provider_simulators.log import EffectLog

Scopes = frozenset[str]
OFFLINE_ACCESS = "offline_access"


class GrantError(Exception):
    """The token endpoint refuses.

    Attributes:
        error: Error code of RFC 6749, section 5.2.
    """

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error


@dataclass(frozen=True, kw_only=True)
class Lifetimes:
    """How long things live, in seconds, and whether a refresh token works once only.

    Attributes:
        reuse_revokes: A refresh token that comes a second time ends its whole consent (RFC 9700, 4.14.2).
    """

    code_seconds: float
    access_seconds: float
    refresh_seconds: float
    rotating: bool = True
    reuse_revokes: bool = False


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """What the token endpoint hands out; `refresh_token` only where the grant has one."""

    access_token: str
    refresh_token: str | None
    expires_in: int
    scopes: Scopes


@dataclass(frozen=True, kw_only=True)
class _Grant:
    scopes: Scopes
    expires_at: datetime
    consent: str = ""
    """Of which consent it is."""


@dataclass(frozen=True, kw_only=True)
class _Code(_Grant):
    redirect_uri: str
    challenge: str | None


@dataclass(kw_only=True)
class Grants:
    """All grants of one client. Tokens are random: those of an earlier simulator must not work on a later one.

    Args:
        clock: Decides what has expired.
        log: Gets an effect per grant, without any token.
        lifetimes: The provider's.
        offline_scope: A refresh token is given only with this scope; None: always.
    """

    clock: Clock
    log: EffectLog
    lifetimes: Lifetimes
    offline_scope: str | None = OFFLINE_ACCESS
    _codes: dict[str, _Code] = field(default_factory=dict)
    _access: dict[str, _Grant] = field(default_factory=dict)
    _refresh: dict[str, _Grant] = field(default_factory=dict)
    _used: dict[str, str] = field(default_factory=dict)

    def code(self, *, scopes: Scopes, redirect_uri: str, challenge: str | None = None) -> str:
        """A person has consented: an authorization code. `challenge` is PKCE's, method S256."""
        code = secrets.token_hex(24).upper()
        until = self._until(self.lifetimes.code_seconds)
        self._codes[code] = _Code(scopes=scopes, expires_at=until, redirect_uri=redirect_uri, challenge=challenge)
        self.log.effect("consented", scopes=sorted(scopes))
        return code

    def redeem(self, code: str, *, redirect_uri: str | None, verifier: str | None = None) -> Tokens:
        """Tokens for a code; it works once.

        Raises:
            GrantError: invalid_grant.
        """
        grant = self._codes.pop(code, None)
        if grant is None or grant.expires_at <= self.clock.now():
            raise self._refused("the code is unknown, expired or was used before")
        if redirect_uri != grant.redirect_uri:
            raise self._refused("redirect_uri is not the one of the authorization request")
        if grant.challenge is not None and s256(verifier or "") != grant.challenge:
            raise self._refused("code_verifier does not fit the code_challenge")
        self.log.effect("code_redeemed")
        consent = secrets.token_hex(8)
        lasts = self.offline_scope is None or self.offline_scope in grant.scopes
        return self._tokens(grant.scopes, consent, self.seed(grant.scopes, consent=consent) if lasts else None)

    def refresh(self, refresh_token: str) -> Tokens:
        """New tokens for a refresh token; where they rotate, the old one is dead from here on.

        Raises:
            GrantError: invalid_grant.
        """
        grant = self._refresh.get(refresh_token)
        if grant is None or grant.expires_at <= self.clock.now():
            if self.lifetimes.reuse_revokes and refresh_token in self._used:
                self._end(self._used[refresh_token])
            raise self._refused("the refresh token is unknown, expired, revoked or was used before")
        if self.lifetimes.rotating:
            del self._refresh[refresh_token]
            self._used[refresh_token] = grant.consent
            refresh_token = self.seed(grant.scopes, consent=grant.consent)
        self.log.effect("token_refreshed")
        return self._tokens(grant.scopes, grant.consent, refresh_token)

    def seed(self, scopes: Scopes, *, consent: str | None = None) -> str:
        """A refresh token as if a person had consented before; of that consent, or of one of its own."""
        token = secrets.token_hex(32).upper()
        self._refresh[token] = _Grant(
            scopes=scopes,
            expires_at=self._until(self.lifetimes.refresh_seconds),
            consent=consent or secrets.token_hex(8),
        )
        return token

    def scopes_of(self, access_token: str) -> Scopes | None:
        """What a token may do; None: it is unknown, expired or revoked."""
        grant = self._access.get(access_token)
        return grant.scopes if grant and grant.expires_at > self.clock.now() else None

    def revoke(self, token: str) -> None:
        """Forget one token, of whichever kind; unknown ones too are fine (RFC 7009)."""
        if self._access.pop(token, None) or self._refresh.pop(token, None):
            self.log.effect("token_revoked")

    def revoke_consent(self) -> None:
        """The person takes the consent back: nothing handed out so far works any more."""
        for grants in (self._codes, self._access, self._refresh):
            grants.clear()
        self.log.effect("consent_revoked")

    def expire_access_tokens(self) -> None:
        """All access tokens are invalid from now on; refresh tokens still work."""
        self._access.clear()
        self.log.effect("access_tokens_expired")

    def _tokens(self, scopes: Scopes, consent: str, refresh_token: str | None) -> Tokens:
        seconds = self.lifetimes.access_seconds
        access_token = _token_like_a_jwt()
        self._access[access_token] = _Grant(scopes=scopes, expires_at=self._until(seconds), consent=consent)
        return Tokens(access_token=access_token, refresh_token=refresh_token, expires_in=int(seconds), scopes=scopes)

    def _end(self, consent: str) -> None:
        for grants in (self._access, self._refresh):
            for token in [token for token, grant in grants.items() if grant.consent == consent]:
                del grants[token]
        self.log.effect("consent_ended_by_reuse")

    def _until(self, seconds: float) -> datetime:
        return self.clock.now() + timedelta(seconds=seconds)

    def _refused(self, why: str) -> GrantError:
        self.log.effect("grant_refused", why=why)
        return GrantError("invalid_grant", why)


def s256(verifier: str) -> str:
    """PKCE's challenge of a verifier (RFC 7636)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _token_like_a_jwt() -> str:
    """Three parts with dots; the signature is noise, clients must not look inside."""
    header = base64.urlsafe_b64encode(b'{"alg":"RS256","typ":"at+jwt"}').rstrip(b"=").decode()
    return f"{header}.{secrets.token_urlsafe(48)}.{secrets.token_urlsafe(32)}"
