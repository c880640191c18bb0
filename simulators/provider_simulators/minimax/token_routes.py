"""The token endpoint: password grant, client half in the form or as Basic credentials."""

from collections.abc import Iterable

from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_response
from provider_simulators.minimax.logins import AccessToken, LoginError, Logins
from provider_simulators.minimax.switches import MinimaxSwitches
from provider_simulators.routing import Route


class TokenRoutes:
    """``/SI/AUT/OAuth20/Token``."""

    def __init__(self, logins: Logins, switches: MinimaxSwitches) -> None:
        self._logins = logins
        self._switches = switches

    @property
    def path(self) -> str:
        """Path of the token endpoint."""
        return f"/{self._switches.localisation}/AUT/OAuth20/Token"

    def routes(self) -> Iterable[Route]:
        """The token endpoint."""
        yield Route(method="POST", path=self.path, operation="token", answer=self.token)

    def token(self, request: Request) -> Response:
        """A token, or a refusal with 400."""
        try:
            token = self._granted(request)
        except LoginError as refused:
            if self._switches.rejection == "json":
                return json_response({"error": refused.error}, 400)
            return Response("Bad Request", 400, content_type="text/plain; charset=utf-8")
        return json_response(
            {
                "access_token": token.value,
                "token_type": "bearer",
                "expires_in": self._switches.token_seconds,
                "refresh_token": token.refresh_token,
                "scope": request.form.get("scope", ""),
            }
        )

    def _granted(self, request: Request) -> AccessToken:
        form = request.form
        client_id, client_secret = form.get("client_id", ""), form.get("client_secret", "")
        basic = request.authorization
        if basic is not None and basic.type == "basic":
            client_id, client_secret = basic.username or "", basic.password or ""
        match form.get("grant_type"):
            case "password":
                return self._logins.log_in(
                    client_id=client_id,
                    client_secret=client_secret,
                    username=form.get("username", ""),
                    password=form.get("password", ""),
                )
            case "refresh_token":
                return self._logins.refresh(
                    client_id=client_id, client_secret=client_secret, refresh_token=form.get("refresh_token", "")
                )
        raise LoginError("unsupported_grant_type")
