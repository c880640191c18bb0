"""The operations of Minimax on the wire: doubled ``api`` in the path, bearer token, messages, Location."""

from collections.abc import Callable, Iterable
from itertools import count, product
from typing import Any

from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_body, json_response
from provider_simulators.minimax.backend import MinimaxBackend, Organisation
from provider_simulators.minimax.customers import Record
from provider_simulators.minimax.documents import PAGING, Document, Documents, page
from provider_simulators.minimax.logins import Logins
from provider_simulators.minimax.refusals import DENIED, Message, PathRefusedError, RefusedError
from provider_simulators.routing import Route

NOT_FOUND_PAGE = (
    "<!DOCTYPE html><html><head><title>404 - File or directory not found.</title></head>"
    "<body><h2>404 - File or directory not found.</h2></body></html>"
)
Lookup = Callable[[Organisation, str], Document | None]


class MinimaxRoutes:
    """Organisations, customers, countries, currencies."""

    def __init__(self, *, backend: MinimaxBackend, logins: Logins, effect: Callable[..., None]) -> None:
        self._backend = backend
        self._logins = logins
        self._effect = effect
        self._answers = count()
        self._api = f"/{backend.localisation.country}/API"

    def routes(self) -> Iterable[Route]:
        """The table. With a single ``api`` the web server finds nothing (seen; the status is inferred)."""
        organisation = f"{self._api}/api/orgs/<int:organisation_id>"
        table: list[tuple[str, str, str, Callable[..., Response]]] = [
            ("GET", f"{self._api}/api/currentuser/orgs", "MyOrganisations", self.organisations),
            ("GET", f"{organisation}/customers", "GetCustomers", self._of(self.customers)),
            ("POST", f"{organisation}/customers", "AddCustomer", self._of(self.add_customer)),
            ("GET", f"{organisation}/customers/<int:customer_id>", "GetCustomer", self._of(self.customer)),
            ("PUT", f"{organisation}/customers/<int:customer_id>", "UpdateCustomer", self._of(self.replace_customer)),
            ("GET", f"{organisation}/countries", "GetCountries", self._of(self.countries)),
            ("GET", f"{organisation}/currencies", "GetCurrencies", self._of(self.currencies)),
        ]
        by_code: dict[str, tuple[str, Lookup]] = {
            "customers": ("GetCustomerByCode", self._customer_by_code),
            "countries": ("GetCountryByCode", self._country_by_code),
            "currencies": ("GetCurrencyByCode", self._currency_by_code),
        }
        for path, (name, lookup) in by_code.items():
            answer = self._of(self._by_code(lookup))
            table.append(("GET", f"{organisation}/{path}/code(<path:code>)", name, answer))
            table.append(("GET", f"{organisation}/{path}/code()", name, answer))
        for method, path, name, answer in table:
            yield Route(method=method, path=path, operation=name, answer=self._guarded(answer))
        for method, path in product(("GET", "POST", "PUT"), ("orgs/<path:rest>", "currentuser/<path:rest>")):
            yield Route(method=method, path=f"{self._api}/{path}", operation="no_such_path", answer=_no_such_path)

    # Answers

    def organisations(self, request: Request) -> Response:
        """The organisations that the user reaches; none without the API right (seen)."""
        rows = [
            {
                "Organisation": {"ID": each.id, "Name": each.name, "ResourceUrl": f"/api/orgs/{each.id}"},
                "APIAccess": "D",
                "MobileAccess": "N",
            }
            for each in self._backend.reachable()
        ]
        return self._list(request, rows, searched=())

    def customers(self, request: Request, organisation: Organisation) -> Response:
        """A list of customers."""
        documents = self._documents(organisation)
        return self._list(request, [documents.customer_row(each) for each in organisation.customers.values()])

    def customer(self, _request: Request, organisation: Organisation, customer_id: int) -> Response:
        """A whole customer."""
        record = self._backend.customer(organisation, customer_id)
        return json_response(self._documents(organisation).customer(record))

    def add_customer(self, request: Request, organisation: Organisation) -> Response:
        """Create: an empty answer, and the new address with the id twice (seen)."""
        customer = self._backend.add_customer(organisation, _body(request))
        number = customer["CustomerId"]
        location = f"{request.host_url.rstrip('/')}{request.path}/{number}?id={number}"
        return Response(status=201, headers={"Location": location})

    def replace_customer(self, request: Request, organisation: Organisation, customer_id: int) -> Response:
        """Replace: what the answer holds differs from call to call (the vendor's sample is ready for all of it)."""
        record = self._backend.replace_customer(organisation, customer_id, _body(request))
        kind = self._backend.switches.put_answer
        if kind == "rotate":
            kind = ("empty", "array", "object")[next(self._answers) % 3]
        if kind == "empty":
            return Response(status=200)
        return json_response([] if kind == "array" else self._documents(organisation).customer(record))

    def countries(self, request: Request, organisation: Organisation) -> Response:
        """A list of countries; there are more than fit on a page of the usual size."""
        documents = self._documents(organisation)
        rows = [documents.country(each) for each in self._backend.countries()]
        return self._list(request, rows, searched=("Code", "Name"))

    def currencies(self, request: Request, _organisation: Organisation) -> Response:
        """A list of currencies."""
        return self._list(request, self._backend.currencies(), searched=("Code", "Name"))

    def _by_code(self, lookup: Lookup) -> Callable[..., Response]:
        def answer(_request: Request, organisation: Organisation, code: str = "") -> Response:
            # The web server takes a slash for a folder and a dot for a file's extension (seen with items' codes).
            if "/" in code or "." in code:
                raise PathRefusedError
            document = lookup(organisation, code) if code else None
            if document is None:
                raise RefusedError(404)
            return json_response(document)

        return answer

    def _customer_by_code(self, organisation: Organisation, code: str) -> Document | None:
        record = organisation.customer_by_code(code)
        return self._documents(organisation).customer(record) if record else None

    def _country_by_code(self, organisation: Organisation, code: str) -> Document | None:
        record = _with_code(self._backend.countries(), code)
        return self._documents(organisation).country(record) if record else None

    def _currency_by_code(self, _organisation: Organisation, code: str) -> Document | None:
        return _with_code(self._backend.currencies(), code)

    # What they share

    def _documents(self, organisation: Organisation) -> Documents:
        return Documents(self._backend.localisation, organisation)

    def _list(self, request: Request, rows: list[Document], **options: Any) -> Response:
        ignored = sorted(request.args.keys() - PAGING)
        if ignored:
            self._effect("parameters_ignored", parameters=ignored)
        return json_response(page(request, rows, page_size_max=self._backend.switches.page_size_max, **options))

    def _of(self, answer: Callable[..., Response]) -> Callable[..., Response]:
        def with_organisation(request: Request, organisation_id: int, **arguments: Any) -> Response:
            return answer(request, self._backend.organisation(organisation_id), **arguments)

        return with_organisation

    def _guarded(self, answer: Callable[..., Response]) -> Callable[..., Response]:
        def admitted(request: Request, **arguments: Any) -> Response:
            credentials = request.authorization
            bearer = credentials.token if credentials and credentials.type == "bearer" else None
            if not self._logins.is_valid(bearer or ""):
                return json_response({"Message": DENIED}, 401)
            try:
                return answer(request, **arguments)
            except PathRefusedError:
                return _no_such_path(request)
            except RefusedError as refused:
                return json_response(self._messages(refused), refused.status, refused.headers)

        return admitted

    def _messages(self, refused: RefusedError) -> Any:
        """A list of messages, or an object with one; other refusals are ASP.NET's (all inferred)."""
        texts = [each.text for each in refused.messages]
        if refused.status in (403, 404, 429):
            return {"Message": " ".join(texts) or "The requested resource was not found."}
        messages = [{"Message": each.text, "PropertyName": each.property_name} for each in refused.messages]
        return messages if self._backend.switches.messages == "list" else {"ValidationMessages": messages}


def _no_such_path(_request: Request, **_path: str) -> Response:
    return Response(NOT_FOUND_PAGE, 404, content_type="text/html")


def _with_code(records: list[Record], code: str) -> Record | None:
    return next((record for record in records if record["Code"] == code), None)


def _body(request: Request) -> dict[str, Any]:
    try:
        body = json_body(request)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise RefusedError(400, Message(text="The request is invalid."))
    return body
