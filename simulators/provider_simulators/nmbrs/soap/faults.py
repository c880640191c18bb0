"""SOAP faults: Nmbrs' numbered ones, and those of the .NET services in front of them."""

FAULTS = {
    1001: "Invalid Authentication. The username, token or domain is not valid.",
    1002: "Unauthorized Access. The user template does not allow this call.",
    1003: "Unauthorized Access Data. The login may not see this debtor or company.",
    1004: "Disabled. There is no valid subscription.",
    1006: "Generic login security failure.",
    2003: "No rights to the employee, or the employee does not exist.",
    2004: "No rights to the company, or the company does not exist.",
    2006: "Invalid Period. The period does not fit the period type of the company.",
    2009: "No rights to the debtor, or the debtor does not exist.",
    2019: "The status of the background task is not available.",
    2020: "The background task is not available.",
    2021: "Invalid result of the background task.",
    3001: "This call is not available in your country.",
    9999: "Unknown error.",
}
"""Numbers and titles: working clients, after the vendor's article; the wording is invented."""


class SoapFaultError(Exception):
    """The service answers a fault.

    Attributes:
        is_clients: Whether the request is at fault (`soap:Client`) and not what happened to it (`soap:Server`).
    """

    def __init__(self, text: str, *, is_clients: bool = False) -> None:
        super().__init__(text)
        self.is_clients = is_clients


class NumberedFaultError(SoapFaultError):
    """A fault of Nmbrs' own. Clients look for `---> <number>:` in its text (seen in working clients).

    Attributes:
        code: Its number.
    """

    def __init__(self, code: int) -> None:
        super().__init__(f"Server was unable to process request. ---> {code}: {FAULTS[code]}")
        self.code = code
