"""OAuth on the wire: the consent page, the token endpoint in its three styles, and /inspect."""

import json
from collections.abc import Iterable, Mapping
from urllib.parse import unquote, urlencode, urlsplit

from werkzeug.datastructures import Authorization
from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_response
from provider_simulators.minox import scopes
from provider_simulators.minox.messages import Code, Message
from provider_simulators.minox.oauth import ACCESS_SECONDS, Authority, TokenError, TokenPair
from provider_simulators.routing import Route

LOOPBACK = ("localhost", "127.0.0.1", "::1")
FORM = "application/x-www-form-urlencoded"
TOKEN_PARAMETERS = {
    "authorization_code": {"grant_type", "code", "redirect_uri", "client_id", "client_secret"},
    "refresh_token": {"grant_type", "refresh_token", "client_id", "client_secret"},
}
AUTHORIZE_PARAMETERS = {"response_type", "client_id", "redirect_uri", "scope", "state"}


class TokenRoutes:
    """The operations that need no access token.

    Args:
        authority: Who gives tokens.
        tenants: What a token of it reaches.
    """

    def __init__(self, authority: Authority, tenants: Iterable[int]) -> None:
        self._authority = authority
        self._tenants = tuple(tenants)

    def routes(self) -> list[Route]:
        """Authorize, token, inspect."""
        return [
            Route(method="GET", path="/oauth/authorize", operation="oauth_authorize", answer=self.authorize),
            Route(method="POST", path="/oauth/token", operation="oauth_token", answer=self.token),
            Route(method="POST", path="/api/1/inspect", operation="inspect", answer=self.inspect),
        ]

    def authorize(self, request: Request) -> Response:
        """The consent page, on which the main user always approves: back to the client with a code and its state."""
        asked = request.args.to_dict()
        address = asked.get("redirect_uri", "")
        if (
            asked.keys() - AUTHORIZE_PARAMETERS
            or asked.get("client_id") != self._authority.client_id
            or urlsplit(address).hostname not in LOOPBACK
        ):
            return _refused(TokenError(400, "invalid_request", "unknown parameter, client or address"))
        names = frozenset(asked.get("scope", "").split())
        answer = {"state": asked["state"]} if "state" in asked else {}
        if asked.get("response_type") != "code":
            answer["error"] = "unsupported_response_type"
        elif not names or not names <= scopes.ALL:
            answer["error"] = "invalid_scope"
        else:
            answer["code"] = self._authority.authorize(redirect_uri=address, asked=names)
        joint = "&" if urlsplit(address).query else "?"
        return Response(status=302, headers={"Location": f"{address}{joint}{urlencode(answer)}"})

    def token(self, request: Request) -> Response:
        """Code or refresh token against tokens; client credentials in form, JSON or Basic header (all three seen)."""
        try:
            pair = self._grant(request)
        except TokenError as error:
            return _refused(error)
        return json_response(
            {
                "access_token": pair.access_token,
                "refresh_token": pair.refresh_token,
                "expires_in": ACCESS_SECONDS,
                "token_type": "bearer",
                "scope": pair.scope,
            }
        )

    def inspect(self, request: Request) -> Response:
        """Which tenants a token reaches (vendor's demo; HTTP Basic with the client's id and secret)."""
        if not self._is_client(request.authorization):
            return json_response("Unauthorized", 401)
        try:
            body = json.loads(request.get_data())
        except ValueError:
            body = None
        if not isinstance(body, Mapping) or body.keys() != {"token"} or not isinstance(body["token"], str):
            message = Message(code=Code.BODY, text="Verwacht: {token}")
            return json_response([message.document()], 400)
        reached = self._tenants if self._authority.consent_behind(body["token"]) else ()
        return json_response({"linked_tenants": [{"tenant_id": tenant} for tenant in reached]})

    def _grant(self, request: Request) -> TokenPair:
        asked = _token_parameters(request)
        self._check_client(asked, request.authorization)
        grant_type = asked.get("grant_type", "")
        if grant_type not in TOKEN_PARAMETERS:
            raise TokenError(400, "unsupported_grant_type", "authorization_code or refresh_token")
        if unknown := asked.keys() - TOKEN_PARAMETERS[grant_type]:
            raise TokenError(400, "invalid_request", f"unknown: {', '.join(sorted(unknown))}")
        if grant_type == "refresh_token":
            return self._authority.refresh(asked.get("refresh_token", ""))
        return self._authority.exchange(asked.get("code", ""), asked.get("redirect_uri"))

    def _check_client(self, asked: Mapping[str, str], basic: Authorization | None) -> None:
        in_body = (asked.get("client_id"), asked.get("client_secret"))
        if basic is None and in_body == (self._authority.client_id, self._authority.client_secret):
            return
        if basic is not None and in_body == (None, None) and self._is_client(basic):
            return
        raise TokenError(401, "invalid_client", "wrong client credentials, or more than one way of sending them")

    def _is_client(self, basic: Authorization | None) -> bool:
        """Basic credentials, percent-encoded as RFC 6749 asks or as they are (clients do both)."""
        if basic is None or basic.type != "basic":
            return False
        known = (self._authority.client_id, self._authority.client_secret)
        sent = (basic.username or "", basic.password or "")
        return known in (sent, (unquote(sent[0]), unquote(sent[1])))


def _token_parameters(request: Request) -> dict[str, str]:
    if request.args:
        raise TokenError(400, "invalid_request", "parameters belong in the body")
    if request.mimetype == FORM:
        return request.form.to_dict()
    if request.mimetype == "application/json":
        try:
            body = json.loads(request.get_data())
        except ValueError:
            body = None
        if isinstance(body, dict) and all(isinstance(value, str) for value in body.values()):
            return body
    raise TokenError(400, "invalid_request", "expected a form or a JSON object of texts")


def _refused(error: TokenError) -> Response:
    return json_response({"error": error.error, "error_description": error.description}, error.status)
