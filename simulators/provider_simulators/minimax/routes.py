"""The operations of Minimax on the wire: doubled ``api`` in the path, bearer token, and one answer per verb."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_body
from provider_simulators.minimax import computed
from provider_simulators.minimax.actions import Work, act
from provider_simulators.minimax.answers import answered, created, no_such_path, refused
from provider_simulators.minimax.backend import MinimaxBackend
from provider_simulators.minimax.books import PARENTS, Organisation
from provider_simulators.minimax.documents import Document, Documents
from provider_simulators.minimax.listing import PAGING, Listing
from provider_simulators.minimax.logins import Logins
from provider_simulators.minimax.operations import Operation, operations
from provider_simulators.minimax.reading import Record
from provider_simulators.minimax.refusals import DENIED, Message, PathRefusedError, RefusedError
from provider_simulators.minimax.special import SPECIAL
from provider_simulators.minimax.vat import rate_on
from provider_simulators.routing import Route
from provider_simulators.write_log import Origin
from provider_simulators.writing import ARRIVAL, LATE

METHODS = ("GET", "POST", "PUT", "DELETE")
VARIANTS = {"GetPaymentMethods": "Code", "GetIssuedInvoicePaymentMethods": "Default",
            "GetIssuedInvoicePostingPaymentMethods": "Default"}  # fmt: skip
"""The member that rows of these lists do not have: the model has two variants (vendor's documentation)."""
ROW_PARENTS = {"GetPostalCodesForCounty": "Country"}
"""Lists below a record that they refer to."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request that has been let in.

    Attributes:
        operation: What is asked.
        organisation: Whose books; None for what belongs to the user.
        key: The id of the record in the path.
        parent: The id of the record to which it belongs.
        text: A code, or the name of an action, in the path.
    """

    request: Request
    operation: Operation
    backend: MinimaxBackend
    organisation: Organisation | None
    key: int = 0
    parent: int | None = None
    text: str = ""
    turn: int = 0

    @property
    def books(self) -> Organisation:
        """The organisation, which every operation below one has."""
        assert self.organisation is not None
        return self.organisation

    @property
    def query(self) -> Mapping[str, str]:
        """The parameters that are known; all others are ignored (seen)."""
        known = self.operation.query | (PAGING if self.operation.verb in ("list", "sync") else frozenset())
        return {name: value for name, value in self.request.args.items() if name in known}

    @property
    def kind(self) -> str:
        """Sort of the records."""
        return self.operation.model

    def answer(self, document: Any) -> Response:
        """A document."""
        return answered(self.request, document, self.backend.switches)

    def documents(self) -> Documents:
        """Writes records."""
        absolute = self.backend.switches.resource_url == "absolute"
        root = f"{self.request.host_url.rstrip('/')}/{self.backend.localisation.country}/API"
        return Documents(self.backend.models, self.books, root if absolute else "")

    def body(self) -> dict[str, Any]:
        """The JSON object that was sent.

        Raises:
            RefusedError: 400: it is none.
        """
        body = json(self.request)
        if not isinstance(body, dict):
            raise RefusedError(400, Message(text="The request is invalid."))
        return body

    def created(self, key: int, place: str = "") -> Response:
        """A new record's address; its list is the path that was asked, unless it is another one."""
        return created(self.request, self.backend.switches, place or self.request.path, key)

    def listing(self, kind: str, records: Iterable[Record], write: Callable[[Record], Document]) -> Response:
        """A page of records."""
        listing = Listing(self.organisation, self.backend.switches, self.turn)
        return self.answer(listing.page(listing.found(kind, records, self.query), self.query, write))


def json(request: Request) -> Any:
    """The body, or None when it is no JSON."""
    try:
        return json_body(request)
    except ValueError:
        return None


class MinimaxRoutes:
    """All operations, guarded."""

    def __init__(self, *, backend: MinimaxBackend, logins: Logins, effect: Callable[..., None]) -> None:
        self._backend = backend
        self._logins = logins
        self._effect = effect
        self._turns = count()
        self._puts = count()
        self._api = f"/{backend.localisation.country}/API"
        self._verbs: Mapping[str, Callable[[Call], Response]] = {
            "list": _list,
            "array": _array,
            "sync": _sync,
            "get": _get,
            "code": _code,
            "add": _add,
            "replace": self._replace,
            "delete": _delete,
            "action": self._action,
        }

    def routes(self) -> Iterable[Route]:
        """The table. With a single ``api`` the web server finds nothing (seen; the status is inferred)."""
        for each in operations():
            answer = self._guarded(each)
            if "<path:code>" in each.path:
                empty = each.path.replace("<path:code>", "")
                yield Route(method=each.method, path=f"{self._api}{empty}", operation=each.name, answer=answer)
            yield Route(method=each.method, path=f"{self._api}{each.path}", operation=each.name, answer=answer)
        for method in METHODS:
            for path in ("orgs/<path:rest>", "currentuser/<path:rest>"):
                yield Route(method=method, path=f"{self._api}/{path}", operation="no_such_path", answer=no_such_path)

    def admission(self, operation: str, request: Request, arguments: Mapping[str, Any]) -> Response | None:
        """None, or the answer of who does not get in; counts the call of who does."""
        found = next((each for each in operations() if each.name == operation), None)
        if found is None:
            return None
        try:
            self._let_in(found, request, arguments)
        except RefusedError as error:
            return refused(error, self._backend.switches)
        return None

    def _let_in(self, operation: Operation, request: Request, arguments: Mapping[str, Any]) -> Organisation | None:
        credentials = request.authorization
        bearer = credentials.token if credentials and credentials.type == "bearer" else None
        if not self._logins.is_valid(bearer or ""):
            raise RefusedError(401, Message(text=DENIED))
        if ignored := sorted(request.args.keys() - operation.query - PAGING):
            self._effect("parameters_ignored", parameters=ignored)
        return self._backend.organisation(arguments["organisation"]) if operation.of_organisation else None

    def _guarded(self, operation: Operation) -> Callable[..., Response]:
        def answer(request: Request, **arguments: Any) -> Response:
            late = bool(request.environ.get(LATE))
            number = request.environ.get(ARRIVAL)
            origin = Origin(actor="api", request=number, operation=operation.name, late=late)
            try:
                organisation = (
                    self._backend.organisations.get(arguments.get("organisation", 0))
                    if late
                    else self._let_in(operation, request, arguments)
                )
                call = Call(
                    request=request,
                    operation=operation,
                    backend=self._backend,
                    organisation=organisation,
                    key=arguments.get("key", 0),
                    parent=arguments.get("parent"),
                    text=arguments.get("code") or arguments.get("action") or "",
                    turn=next(self._turns),
                )
                with self._backend.writes.by(origin):
                    return self._verbs.get(operation.verb, SPECIAL.get(operation.name, _get))(call)
            except PathRefusedError:
                return no_such_path(request)
            except RefusedError as error:
                return refused(error, self._backend.switches)

        return answer

    def _replace(self, call: Call) -> Response:
        record = self._backend.replace(call.books, call.kind, call.key, call.body(), call.parent)
        return self._saved(call, lambda: call.documents().document(call.kind, record))

    def _action(self, call: Call) -> Response:
        work = Work(
            backend=self._backend, organisation=call.books, kind=call.kind, key=call.key, query=call.request.args
        )
        outcome = act(work, call.text, call.operation.method, call.request.args.get("rowVersion"))
        if outcome.created:
            kind, key = outcome.created
            path = next(each.path for each in operations() if each.verb == "add" and each.model == kind)
            return call.created(key, f"{self._api}{path}".replace("<int:organisation>", str(call.books.id)))
        return call.answer(outcome.document) if outcome.document else Response(status=200)

    def _saved(self, call: Call, document: Callable[[], Document]) -> Response:
        """What the answer of a PUT holds differs from call to call (the vendor's sample is ready for all of it)."""
        form: str = self._backend.switches.put_answer
        if form == "rotate":
            form = ("empty", "array", "object")[next(self._puts) % 3]
        if form == "empty":
            return Response(status=200)
        return call.answer([] if form == "array" else document())


def _records(call: Call) -> Iterator[Record]:
    """The records of a list, before any filter."""
    if call.operation.name in computed.ROWS:
        return computed.ROWS[call.operation.name](call.backend, call.books, call.query)
    if call.operation.name in SOURCES:
        return SOURCES[call.operation.name](call)
    if call.kind in PARENTS and call.parent is not None:
        call.backend.record(call.books, PARENTS[call.kind], call.parent)
        return call.books.of_parent(call.kind, call.parent)
    records = iter(call.books.table(call.kind).values())
    if member := ROW_PARENTS.get(call.operation.name):
        return (record for record in records if record[member] == call.parent)
    return records


def _list(call: Call) -> Response:
    row, without = call.operation.row, VARIANTS.get(call.operation.name)
    if call.operation.name == "GetIssuedInvoices" and "InvoiceType" not in call.query:
        return _list_without_type(call)
    if call.organisation is None:
        any_books = next(iter(call.backend.organisations.values()))
        documents = Documents(call.backend.models, any_books)
    else:
        documents = call.documents()

    def write(record: Record) -> Document:
        document = documents.document(row, record)
        return {name: value for name, value in document.items() if name != without}

    return call.listing(call.kind, _records(call), write)


def _list_without_type(call: Call) -> Response:
    """The mandatory filter is missing (some clients get rows all the same)."""
    if call.backend.switches.invoice_type_missing == "refuse":
        raise RefusedError(400, Message(text="The request is invalid.", property_name="InvoiceType"))
    documents = call.documents()
    records = (record for record in call.books.table(call.kind).values() if record["InvoiceType"] == "R")
    return call.listing(call.kind, records, lambda record: documents.document(call.operation.row, record))


def _array(call: Call) -> Response:
    return call.answer([call.documents().document(call.kind, record) for record in _records(call)])


def _sync(call: Call) -> Response:
    """What has changed since; deleted records are not told (vendor's documentation)."""
    key = "id" if call.kind == "VatAccountingType" else call.backend.models[call.kind].key

    def write(record: Record) -> Document:
        return {"ID": record[key], "RecordDtModified": record["RecordDtModified"], "RowVersion": record["RowVersion"]}

    return call.listing(call.kind, _records(call), write)


def _get(call: Call) -> Response:
    record = call.backend.record(call.books, call.kind, call.key, call.parent)
    if call.kind == "VatRate":
        record = _rate(call, record)
    return call.answer(call.documents().document(call.kind, record))


def _code(call: Call) -> Response:
    # The web server takes a slash for a folder and a dot for a file's extension (seen with items' codes).
    if "/" in call.text or "." in call.text:
        raise PathRefusedError
    if call.kind == "VatRate":
        rates = computed.vat_rates(call.backend, call.books, call.query)
        record = next((rate for rate in rates if rate["Code"] == call.text), None)
    else:
        record = call.books.by_code(call.kind, call.text) if call.text else None
    if record is None:
        raise RefusedError(404)
    return call.answer(call.documents().document(call.kind, record))


def _rate(call: Call, record: Record) -> Record:
    found = rate_on(call.backend.localisation, record, computed.asked_day(call.backend, call.query))
    if found is None:
        raise RefusedError(404)
    return found


def _add(call: Call) -> Response:
    """Create: an empty answer, and the new address with the id twice (seen)."""
    record = call.backend.add(call.books, call.kind, call.body(), call.parent)
    return call.created(record[call.backend.models[call.kind].key])


def _delete(call: Call) -> Response:
    call.backend.delete(call.books, call.kind, call.key, call.parent)
    return Response(status=call.backend.switches.delete_status)


def _my_organisations(call: Call) -> Iterator[Record]:
    """The organisations that the user reaches; none without the API right (seen)."""
    return (
        {
            "Organisation": {"ID": each.id, "Name": each.name, "ResourceUrl": f"/api/orgs/{each.id}"},
            "APIAccess": "D" if each.reachable else "N",
            "MobileAccess": "N",
            "Name": each.name,
        }
        for each in call.backend.reachable()
    )


SOURCES: Mapping[str, Callable[[Call], Iterator[Record]]] = {
    "MyOrganisations": _my_organisations,
    "GetPayrollSettingByCodeAndDate": lambda call: computed.payroll_settings(call.backend, call.text, call.query),
    "GetEFakturaList": lambda _call: computed.e_fakturas(),
}
"""Lists that belong to no organisation."""
