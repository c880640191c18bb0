"""Consent and tokens of Minox: codes that work once, refresh tokens that rotate, access tokens of an hour."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import RLock

from provider_simulators.clock import Clock
from provider_simulators.minox import scopes
from provider_simulators.minox.switches import MinoxSwitches

ACCESS_SECONDS = 3600  # "about an hour" (an integrator's documentation)
CODE_SECONDS = 60  # inferred
GRACE_SECONDS = 60


class TokenError(Exception):
    """The token endpoint refuses; the shape of its answer is inferred from RFC 6749."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.description = description


@dataclass(eq=False, kw_only=True)
class Consent:
    """What the main user of the tenant has approved once; all tokens that follow from it are one family.

    Attributes:
        number: Its number, for the log.
        scopes: The approved scopes.
        refresh_token: The newest refresh token.
        used_refresh_tokens: Earlier ones, with the moment at which each was used.
        revoked: No token of it works any more.
    """

    number: int
    scopes: frozenset[str]
    refresh_token: str
    used_refresh_tokens: dict[str, datetime] = field(default_factory=dict)
    revoked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPair:
    """An answer of the token endpoint."""

    access_token: str
    refresh_token: str
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Code:
    scopes: frozenset[str]
    redirect_uri: str
    expires: datetime


class Authority:
    """The authorization server, for one client that Minox has let in.

    Attributes:
        client_id: The client's id.
        client_secret: Its secret; it has characters that a careless encoding changes.
    """

    client_id = "payroll-connector"
    client_secret = "invented+secret/with:odd%characters"  # noqa: S105 (a simulator's, known to everybody)

    def __init__(self, *, switches: MinoxSwitches, clock: Clock, effect: Callable[..., None]) -> None:
        self._switches = switches
        self._clock = clock
        self._effect = effect
        self._lock = RLock()
        self._codes: dict[str, _Code] = {}
        self._consents: list[Consent] = []
        self._access: dict[str, tuple[Consent, datetime]] = {}

    def consent(self, granted: Iterable[str] | None = None) -> Consent:
        """The main user approves, without the browser; its refresh token seeds a connector's settings."""
        with self._lock:
            names = frozenset(granted if granted is not None else self._switches.scopes or scopes.BOOKING)
            names = scopes.ALL if "all" in names else names
            consent = Consent(number=len(self._consents) + 1, scopes=names, refresh_token=_secret("refresh"))
            self._consents.append(consent)
            self._effect("consent_given", consent=consent.number, scopes=sorted(names))
            return consent

    def authorize(self, *, redirect_uri: str, asked: frozenset[str]) -> str:
        """The main user approves in the browser; the code is for one exchange within 60 s."""
        with self._lock:
            code = _secret("code")
            expires = self._clock.now() + timedelta(seconds=CODE_SECONDS)
            self._codes[code] = _Code(scopes=asked, redirect_uri=redirect_uri, expires=expires)
            return code

    def exchange(self, code: str, redirect_uri: str | None) -> TokenPair:
        """Code against tokens.

        Raises:
            TokenError: The code is unknown, used, expired, or was given to another address.
        """
        with self._lock:
            known = self._codes.pop(code, None)
            if known is None or known.expires <= self._clock.now() or redirect_uri not in (None, known.redirect_uri):
                raise TokenError(400, "invalid_grant", "unknown, used or expired code")
            return self._issue(self.consent(known.scopes))

    def refresh(self, token: str) -> TokenPair:
        """Refresh token against tokens; the old one dies as the switch says.

        Raises:
            TokenError: The refresh token does not work (any more).
        """
        with self._lock:
            consent = self._consent_of(token)
            if consent is None or consent.revoked:
                raise TokenError(400, "invalid_grant", "unknown or revoked refresh token")
            now = self._clock.now()
            used = consent.used_refresh_tokens.get(token)
            if used is not None and not (
                self._switches.refresh == "rotate_grace" and now < used + timedelta(seconds=GRACE_SECONDS)
            ):
                if self._switches.refresh == "rotate_strict":
                    self.revoke_consent(consent)
                raise TokenError(400, "invalid_grant", "refresh token was used before")
            if used is None and self._switches.refresh != "static":
                consent.used_refresh_tokens[token] = now
                consent.refresh_token = _secret("refresh")
            return self._issue(consent)

    def consent_behind(self, access_token: str) -> Consent | None:
        """The consent that an access token stands for; None when it is unknown, expired or revoked."""
        consent, expires = self._access.get(access_token, (None, None))
        if consent is None or expires is None or consent.revoked or expires <= self._clock.now():
            return None
        return consent

    def revoke_consent(self, *consents: Consent) -> None:
        """End consents (all of them when none is named): no token of theirs works any more."""
        for consent in consents or self._consents:
            consent.revoked = True
            self._effect("consent_revoked", consent=consent.number)

    def expire_access_tokens(self) -> None:
        """Let every access token given so far be invalid from now on; refresh tokens keep working."""
        self._access.clear()

    def _consent_of(self, refresh_token: str) -> Consent | None:
        return next(
            (c for c in self._consents if refresh_token == c.refresh_token or refresh_token in c.used_refresh_tokens),
            None,
        )

    def _issue(self, consent: Consent) -> TokenPair:
        access_token = _secret("access")
        self._access[access_token] = (consent, self._clock.now() + timedelta(seconds=ACCESS_SECONDS))
        self._effect("tokens_issued", consent=consent.number)
        return TokenPair(
            access_token=access_token, refresh_token=consent.refresh_token, scope=" ".join(sorted(consent.scopes))
        )


def _secret(kind: str) -> str:
    # Not from the seed: a restarted simulator must not hand out a token that it does not know.
    return f"minox-{kind}-{secrets.token_hex(16)}"
