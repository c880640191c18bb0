"""The operations on records and settings, made from the rows of the catalogue."""

from collections.abc import Callable, Iterator
from typing import Any

from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_response
from provider_simulators.minox.backend import MinoxBackend
from provider_simulators.minox.catalogue import COLLECTIONS, SETTINGS, WEBHOOK, Collection, Key, Settings
from provider_simulators.minox.documents import Document
from provider_simulators.minox.messages import Code, refusal
from provider_simulators.minox.operation import BOOKS, PAGE, TENANT, Operation, body_of
from provider_simulators.minox.paging import list_response
from provider_simulators.minox.records import JOURNAL_KIND

METHODS = {"list": "GET", "get": "GET", "put": "PUT", "patch": "PATCH", "post": "POST", "delete": "DELETE"}
LINKS = {"nmbrs", "loket.nl", "mollie", "paragon"}
UNPUBLISHED = {
    "budget:write": "budget:write (not in any published list)",
    "vat:write": "vat:write (unpublished)",
}
NO_CONTENT = 204


class RecordRoutes:
    """Everything that the catalogue's rows say."""

    def __init__(self, backend: MinoxBackend) -> None:
        self._backend = backend
        self._switches = backend.switches

    def operations(self) -> Iterator[Operation]:
        """The table."""
        for collection in COLLECTIONS:
            yield from self._of(collection, BOOKS)
        yield from self._of(WEBHOOK, TENANT)
        for name in JOURNAL_KIND:
            yield from self._lookups(next(each for each in COLLECTIONS if each.name == name))
        for settings in SETTINGS:
            yield from self._settings(settings)

    def answer(self, document: Document) -> Response:
        """The answer to an accepted PUT or PATCH."""
        return Response(status=NO_CONTENT) if self._switches.put_record == "empty" else json_response(document)

    # Records

    def _of(self, collection: Collection, root: str) -> Iterator[Operation]:
        placeholder = "<int:key>" if collection.key in (Key.NUMBER, Key.DRAWN) else "<key>"
        for verb in collection.verbs.split():
            keyed = verb not in ("list", "post") and collection.key is not Key.MEMBERS
            query = {
                "list": PAGE | frozenset(collection.query.split()),
                "post": frozenset({"journal_id"}) if collection.key is Key.DRAWN else frozenset(),
            }
            right = "read" if METHODS[verb] == "GET" else "write"
            scope = f"{collection.scope}:{right}"
            yield Operation(
                method=METHODS[verb],
                path=f"{root}/{collection.url}/{placeholder}" if keyed else f"{root}/{collection.url}",
                name=f"{collection.name}_{verb}",
                scope=UNPUBLISHED.get(scope, scope),
                answer=getattr(self, f"_{verb}")(collection),
                query=query.get(verb, frozenset()),
            )

    def _list(self, collection: Collection) -> Callable[..., Response]:
        def answer(request: Request, administration: int | None = None) -> Response:
            records = self._backend.records(administration).all(collection)
            if wanted := request.args.get("search"):
                records = [record for record in records if wanted.casefold() in repr(record).casefold()]
            return list_response(request, records, self._switches)

        return answer

    def _get(self, collection: Collection) -> Callable[..., Response]:
        def answer(_request: Request, key: Any, administration: int | None = None) -> Response:
            return json_response(self._backend.records(administration).get(collection, key))

        return answer

    def _put(self, collection: Collection) -> Callable[..., Response]:
        def answer(request: Request, key: Any = None, administration: int | None = None) -> Response:
            return self.answer(self._backend.records(administration).put(collection, key, body_of(request)))

        return answer

    def _patch(self, collection: Collection) -> Callable[..., Response]:
        def answer(request: Request, key: Any, administration: int | None = None) -> Response:
            return self.answer(self._backend.records(administration).patch(collection, key, body_of(request)))

        return answer

    def _post(self, collection: Collection) -> Callable[..., Response]:
        def answer(request: Request, administration: int | None = None) -> Response:
            journal = request.args.get("journal_id")
            document = self._backend.records(administration).post(collection, body_of(request), journal)
            if self._switches.post_answer == "empty":
                return Response(status=201)
            return json_response({"id": document["id"]} if self._switches.post_answer == "id" else document, 201)

        return answer

    def _delete(self, collection: Collection) -> Callable[..., Response]:
        def answer(_request: Request, key: Any, administration: int | None = None) -> Response:
            self._backend.records(administration).delete(collection, key)
            return Response(status=NO_CONTENT)

        return answer

    # Customers and suppliers by what the source knows of them

    def _lookups(self, collection: Collection) -> Iterator[Operation]:
        for name, fits in (("email", _has_email), ("externalid", _has_externalid)):
            yield Operation(
                method="GET",
                path=f"{BOOKS}/{collection.url}/by_{name}/<{name}>",
                name=f"{collection.name}_by_{name}",
                scope=f"{collection.scope}:read",
                answer=self._lookup(collection, name, fits),
            )

    def _lookup(
        self, collection: Collection, name: str, fits: Callable[[Document, str], bool]
    ) -> Callable[..., Response]:
        def answer(request: Request, administration: int, **wanted: str) -> Response:
            records = self._backend.records(administration)
            found = records.find(collection, lambda record: fits(record, wanted[name]))
            if self._switches.lookup_answer == "envelope":
                return list_response(request, [found], self._switches)
            return json_response([found] if self._switches.lookup_answer == "array" else found)

        return answer

    # Settings

    def _settings(self, settings: Settings) -> Iterator[Operation]:
        for verb in settings.verbs.split():
            yield Operation(
                method=verb,
                path=f"{BOOKS}/{settings.path}",
                name=f"{settings.name}_{verb.lower()}",
                scope=settings.read if verb == "GET" else settings.write,
                answer=self._settings_answer(settings, verb),
                query=frozenset({"type"}) if settings.name == "ocr_settings" else frozenset(),
            )

    def _settings_answer(self, settings: Settings, verb: str) -> Callable[..., Response]:
        provider = settings.path.partition("/")[0]

        def read(administration: int, kind: str) -> Document:
            if provider in LINKS:
                return self._backend.links(administration).read(provider)
            return self._backend.books(administration).records["settings"].get((settings.path, kind), {})

        def answer(request: Request, administration: int) -> Response:
            kind = request.args.get("type", "")
            if verb == "GET":
                return json_response(read(administration, kind))
            body = None if verb == "DELETE" else body_of(request)
            if body is not None and not isinstance(body, dict):
                raise refusal(400, Code.BODY, "Verwacht een object")
            if provider in LINKS:
                self._backend.save_link(administration, provider, body)
            else:
                records = self._backend.records(administration)
                records.check(settings.schema, body)
                self._backend.books(administration).records["settings"][settings.path, kind] = body or {}
                records.note(settings.path, kind, "replace", body)
            return Response(status=NO_CONTENT) if verb == "DELETE" else self.answer(read(administration, kind))

        return answer


def _has_externalid(record: Document, wanted: str) -> bool:
    return bool(record.get("externalid") == wanted)


def _has_email(record: Document, wanted: str) -> bool:
    emails = [email for address in record.get("addresses", ()) for email in address.get("email_addresses", ())]
    return any(email.get("email_address", "").casefold() == wanted.casefold() for email in emails)
