"""The identity server on the wire: authorization code and refresh grants (vendor; details seen in working clients)."""

import base64
import binascii
from collections.abc import Iterable
from urllib.parse import unquote_plus, urlencode

from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_response
from provider_simulators.grants import GrantError, Tokens
from provider_simulators.nmbrs.backend import NmbrsBackend
from provider_simulators.nmbrs.scopes import ALL_SCOPES
from provider_simulators.routing import Route

CLIENT_ID = "PartnerApp_Simulator_7f3a"
CLIENT_SECRET = "sim+secret/with:percent%25sign="  # noqa: S105 (invented; its signs show who forgets percent-encoding)

AUTHORIZE_PARAMETERS = frozenset({
    "client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method",
})  # fmt: skip
TOKEN_PARAMETERS = frozenset({
    "grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "client_id", "client_secret",
})  # fmt: skip
REVOCATION_PARAMETERS = frozenset({"token", "token_type_hint", "client_id", "client_secret"})


class IdentityRoutes:
    """`/connect/*` of the identity server."""

    def __init__(self, backend: NmbrsBackend) -> None:
        self._backend = backend

    def routes(self) -> Iterable[Route]:
        """Its operations."""
        yield Route(method="GET", path="/connect/authorize", operation="authorize", answer=self._authorize)
        yield Route(method="POST", path="/connect/token", operation="token", answer=self._token)
        yield Route(method="POST", path="/connect/revocation", operation="revocation", answer=self._revocation)

    def _authorize(self, request: Request) -> Response:
        """The consent screen, approved or declined at once.

        An unknown client or redirect URI is answered here, never by a redirect to somewhere we do not know.
        """
        asked = request.args
        if asked.get("client_id") != CLIENT_ID:
            return Response("unknown client_id", 400)
        redirect_uri = asked.get("redirect_uri", "")
        if redirect_uri not in self._backend.switches.redirect_uris:
            return Response("redirect_uri is not registered for this client", 400)
        state = {"state": asked["state"]} if "state" in asked else {}
        scopes = frozenset(asked.get("scope", "").split())
        if error := self._authorize_error(request, scopes):
            return _redirect(redirect_uri, {"error": error, **state})
        granted = self._backend.granted(scopes)
        code = self._backend.grants.code(
            scopes=granted, redirect_uri=redirect_uri, challenge=asked.get("code_challenge")
        )
        return _redirect(redirect_uri, {"code": code, "scope": " ".join(sorted(granted)), **state})

    def _authorize_error(self, request: Request, scopes: frozenset[str]) -> str | None:
        asked = request.args
        if self._unknown(asked, AUTHORIZE_PARAMETERS):
            return "invalid_request"
        if asked.get("response_type") != "code":
            return "unsupported_response_type"
        if not scopes or not scopes <= ALL_SCOPES:
            return "invalid_scope"
        if "code_challenge" in asked and asked.get("code_challenge_method") != "S256":
            return "invalid_request"
        return None if self._backend.switches.auto_approve else "access_denied"

    def _token(self, request: Request) -> Response:
        try:
            self._check_form(request, TOKEN_PARAMETERS)
            self._check_client(request)
            return _token_response(self._granted(request))
        except GrantError as error:
            return _refusal(error, request)

    def _granted(self, request: Request) -> Tokens:
        form = request.form
        match form.get("grant_type"):
            case "authorization_code":
                return self._backend.grants.redeem(
                    form.get("code", ""), redirect_uri=form.get("redirect_uri"), verifier=form.get("code_verifier")
                )
            case "refresh_token":
                return self._backend.grants.refresh(form.get("refresh_token", ""))
        # Discovery lists more grants; only these two are offered to partner apps (seen in a working client).
        raise GrantError("unauthorized_client", "this grant type is not offered")

    def _revocation(self, request: Request) -> Response:
        try:
            self._check_form(request, REVOCATION_PARAMETERS)
            self._check_client(request)
        except GrantError as error:
            return _refusal(error, request)
        self._backend.grants.revoke(request.form.get("token", ""))
        return Response(status=200)

    def _check_form(self, request: Request, known: frozenset[str]) -> None:
        if request.mimetype != "application/x-www-form-urlencoded":
            raise GrantError("invalid_request", "the body is no form")
        if self._unknown(request.form, known):
            raise GrantError("invalid_request", "unknown parameter")

    def _check_client(self, request: Request) -> None:
        """Client credentials by Basic with percent-encoded halves (RFC 6749, 2.3.1), or in the form."""
        header = request.headers.get("Authorization")
        if header is not None and "client_secret" in request.form:
            raise GrantError("invalid_request", "more than one way of authenticating the client")
        given = (
            (request.form.get("client_id", ""), request.form.get("client_secret", ""))
            if header is None
            else _basic(header)
        )
        if given != (CLIENT_ID, CLIENT_SECRET):
            self._backend.log.effect("client_refused", by="form" if header is None else "basic")
            raise GrantError("invalid_client", "client id or secret is wrong, or they were not percent-encoded")

    def _unknown(self, given: Iterable[str], known: frozenset[str]) -> bool:
        unknown = sorted(set(given) - known)
        for name in unknown:
            self._backend.log.effect("unknown_parameter", name=name)
        return bool(unknown)


def _basic(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    try:
        pair = base64.b64decode(encoded, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        pair = ""
    client_id, _, secret = pair.partition(":")
    return (unquote_plus(client_id), unquote_plus(secret)) if scheme.lower() == "basic" else ("", "")


def _token_response(tokens: Tokens) -> Response:
    document = {
        "access_token": tokens.access_token,
        "expires_in": tokens.expires_in,
        "token_type": "Bearer",
        **({"refresh_token": tokens.refresh_token} if tokens.refresh_token else {}),
        "scope": " ".join(sorted(tokens.scopes)),
    }
    return json_response(document, headers={"Cache-Control": "no-store"})


def _refusal(error: GrantError, request: Request) -> Response:
    """RFC 6749, 5.2: 400, but 401 for a client that tried Basic."""
    status = 401 if error.error == "invalid_client" and "Authorization" in request.headers else 400
    headers = {"WWW-Authenticate": "Basic"} if status == 401 else {}  # noqa: PLR2004 (HTTP)
    return json_response({"error": error.error, "error_description": str(error)}, status, headers)


def _redirect(uri: str, query: dict[str, str]) -> Response:
    return Response(status=302, headers={"Location": f"{uri}?{urlencode(query)}"})
