"""The services on the wire: version, message, login, operation, fault."""

from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.wrappers import Request, Response

from provider_simulators.nmbrs.backend import NmbrsBackend
from provider_simulators.nmbrs.soap import companies, debtors, employees, reports, sign_on
from provider_simulators.nmbrs.soap.backend import SoapBackend
from provider_simulators.nmbrs.soap.envelope import (
    Call,
    Version,
    fault_response,
    read_call,
    result_response,
    version_of,
)
from provider_simulators.nmbrs.soap.faults import NumberedFaultError, SoapFaultError
from provider_simulators.nmbrs.soap.operation import Operation, inventory
from provider_simulators.routing import Route

SERVICES: Mapping[str, Mapping[str, Operation]] = {
    service: {operation.name: operation for operation in operations}
    for service, operations in {
        "CompanyService": companies.OPERATIONS,
        "DebtorService": debtors.OPERATIONS,
        "EmployeeService": employees.OPERATIONS,
        "ReportService": reports.OPERATIONS,
        "SingleSignOn": sign_on.OPERATIONS,
    }.items()
}
"""What is simulated, by service."""

WITHOUT_LOGIN = frozenset({("SingleSignOn", "GetToken2")})
"""Operations whose parameters are the login."""
SMALL_HEADER = frozenset({("DebtorService", "Environment_Get")})
"""Operations that take the header without a domain (seen in a working client)."""


class SoapRoutes:
    """`POST /soap/v3/<Service>.asmx`."""

    def __init__(self, office: NmbrsBackend) -> None:
        self._backend = SoapBackend(office)
        self._log = office.log

    def routes(self) -> Iterable[Route]:
        """A route per service, and none of their descriptions."""
        for service in SERVICES:
            path = f"/soap/v3/{service}.asmx"
            yield Route(method="POST", path=path, operation=service, answer=self._answer_of(service))
            yield Route(method="GET", path=path, operation=f"{service}?WSDL", answer=_no_description)

    def _answer_of(self, service: str) -> Any:
        def answer(request: Request) -> Response:
            version = version_of(request)
            if version is None:
                return Response("Request format is unrecognized.", 415, content_type="text/plain; charset=utf-8")
            try:
                return self._answered(request, version, service)
            except SoapFaultError as fault:
                self._log.effect("soap_fault", service=service, text=str(fault))
                return fault_response(version, fault)

        return answer

    def _answered(self, request: Request, version: Version, service: str) -> Response:
        namespace = f"https://api.nmbrs.nl/soap/v3/{service}"
        call = read_call(request, version, namespace)
        operation = self._operation(service, call.operation)
        self._backend.slow_down()
        self._check_login(service, call)
        self._backend.admit(call.operation)
        arguments = operation.arguments(call.parameters)
        numbers = {
            name: each for name, each in zip(operation.parameters, arguments, strict=True) if isinstance(each, int)
        }
        self._log.effect("soap_called", service=service, operation=call.operation, parameters=numbers)
        for name in operation.unknown(call.parameters):
            self._log.effect("unknown_parameter", name=name, operation=call.operation)
        return result_response(
            version,
            namespace,
            call.operation,
            operation.answer(self._backend, *arguments),
            empty=self._backend.switches.soap_empty_result,
            padding_bytes=self._backend.switches.soap_padding_bytes,
        )

    def _operation(self, service: str, name: str) -> Operation:
        operation = SERVICES[service].get(name)
        if operation is not None:
            return operation
        if (service, name) in inventory():
            self._log.effect("not_simulated", operation=f"{service} {name}")
            raise SoapFaultError(f"{service} {name}: not simulated.")
        text = f"Server did not recognize the value of HTTP Header SOAPAction: {name}."
        raise SoapFaultError(text, is_clients=True)

    def _check_login(self, service: str, call: Call) -> None:
        if (service, call.operation) in WITHOUT_LOGIN:
            return
        is_small = (service, call.operation) in SMALL_HEADER
        given = call.credentials.get("AuthHeader" if is_small else "AuthHeaderWithDomain")
        if given is None:
            raise NumberedFaultError(1001)
        domain = "" if is_small else given.get("Domain", "")
        self._backend.log_in(given.get("Username", ""), given.get("Token", ""), domain)


def _no_description(_: Request) -> Response:
    return Response("The simulator has no WSDL.", 404, content_type="text/plain; charset=utf-8")
