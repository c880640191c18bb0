"""SingleSignOn: tokens for the web application. A connector needs none (vendor)."""

from uuid import NAMESPACE_URL, UUID, uuid5

from provider_simulators.nmbrs.soap.backend import SoapBackend
from provider_simulators.nmbrs.soap.operation import Operation


def _token(backend: SoapBackend, username: str, token: str) -> UUID:
    """A token that logs a person in within 30 seconds; the simulator has no place to use it."""
    backend.log_in(username, token, "")
    return uuid5(NAMESPACE_URL, f"sign-on/{backend.office.clock.now().isoformat()}")


OPERATIONS = (Operation(name="GetToken2", parameters=("Username", "Token"), answer=_token),)
