"""Minimax without HTTP: organisations with all their records, row versions, rules of state, and the call budget."""

import base64
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any

from provider_simulators.clock import Clock
from provider_simulators.minimax import seed
from provider_simulators.minimax.books import PARENTS, UNIQUE_CODES, Organisation
from provider_simulators.minimax.budget import CallBudget
from provider_simulators.minimax.filling import fill
from provider_simulators.minimax.localisation import LOCALISATIONS
from provider_simulators.minimax.models import Field, Model, models
from provider_simulators.minimax.reading import Reader, Reading, Record
from provider_simulators.minimax.refusals import CONCURRENCY, DENIED, Message, RefusedError
from provider_simulators.minimax.rules import Context, Problem, closed, problems
from provider_simulators.minimax.switches import MinimaxSwitches
from provider_simulators.minimax.texts import Country, Text
from provider_simulators.world import World
from provider_simulators.write_log import WriteLog

FIRST_ORGANISATION = 21001
FIRST_ROW_VERSION = 0x3C4E0CF0
IDS_PER_SORT = 1_000_000
SERVER_ERROR = 500
AUTOMATIC = "A"
EDITABLE: Mapping[str, str] = {
    "IssuedInvoice": "O", "IssuedInvoicePosting": "O", "ReceivedInvoice": "O", "Order": "O", "StockEntry": "O",
    "Journal": "OP",
}  # fmt: skip
"""States in which a record may be changed and deleted (documented for invoices, stock and journals)."""


class MinimaxBackend:
    """State and rules of one installation with one user's organisations.

    Attributes:
        localisation: The installation.
        models: Its models.
        organisations: By id: one per company of the world.
        budget: Calls that are left.
        switches: The readings of what is not documented.
        writes: Every change that is in force, and every request: the ground truth of a checker.
    """

    def __init__(self, world: World, *, switches: MinimaxSwitches, clock: Clock, effect: Callable[..., None]) -> None:
        self.switches = switches
        country = Country(switches.localisation)
        self.localisation = LOCALISATIONS[country]
        self.models = models(country.value)
        self.budget = CallBudget(
            calls_per_day=switches.calls_per_day, calls_per_month=switches.calls_per_month, clock=clock
        )
        self.writes = WriteLog(clock)
        self.clock = clock
        self.effect = effect
        self._ids: dict[str, Iterator[int]] = {}
        self._row_versions = count(FIRST_ROW_VERSION)
        shared = {
            kind: {record[self._key(kind)]: self._stamped(record) for record in records}
            for kind, records in seed.shared(self.localisation).items()
        }
        self.organisations = {
            FIRST_ORGANISATION + place: Organisation(
                id=FIRST_ORGANISATION + place,
                name=company.name,
                company=company,
                shared=shared,
                reachable=FIRST_ORGANISATION + place not in switches.without_right,
            )
            for place, company in enumerate(world.companies)
        }
        for organisation in self.organisations.values():
            self._fill(organisation)

    # Reading

    def reachable(self) -> list[Organisation]:
        """The organisations of the user."""
        return list(self.organisations.values()) if self.switches.api_right else []

    def organisation(self, organisation_id: int, *, counts: bool = True) -> Organisation:
        """An organisation of the user; counts a call on it.

        Raises:
            RefusedError: 403 or 404 (switch) for others; 429, 403 or 503 (switch) when the calls are used up.
        """
        organisation = self.organisations.get(organisation_id)
        if organisation is None or not (self.switches.api_right and organisation.reachable):
            raise RefusedError(self.switches.foreign_status, Message(text=DENIED))
        wait = self.budget.take(organisation_id) if counts else None
        if wait is not None:
            self.effect("call_refused", organisation=organisation_id)
            status = {"text": 403, "unavailable": 503}.get(self.switches.limit_answer, 429)
            told = self.switches.limit_answer == "retry_after"
            headers = {"Retry-After": str(int(wait.total_seconds()) + 1)} if told else {}
            raise RefusedError(status, Message(text=self.localisation.texts[Text.LIMIT]), headers=headers)
        return organisation

    def record(self, organisation: Organisation, kind: str, key: int, parent: int | None = None) -> Record:
        """A record.

        Raises:
            RefusedError: 404, also when it is another one's child.
        """
        record = organisation.get(kind, key)
        if record is None or (kind in PARENTS and record["parent"] != parent):
            raise RefusedError(404)
        return record

    # Writing

    def add(
        self, organisation: Organisation, kind: str, body: Mapping[str, Any], parent: int | None = None, **facts: Any
    ) -> Record:
        """Create a record; `facts` are members that only the server fills in.

        Raises:
            RefusedError: Messages about its members, a code that exists, or 404 for its parent.
        """
        if kind in PARENTS:
            self.record(organisation, PARENTS[kind], parent or 0)
        record = self._checked(organisation, kind, body, former=None, facts=facts)
        if kind in PARENTS:
            record["parent"] = parent
        key = self.new_id(kind)
        self._save(organisation, kind, key, record)
        self.note(organisation, kind, key, "create", body)
        return record

    def replace(
        self, organisation: Organisation, kind: str, key: int, body: Mapping[str, Any], parent: int | None = None
    ) -> Record:
        """Replace a record whole: what the body leaves out is blank afterwards (inferred).

        Raises:
            RefusedError: 404; the row version is missing or stale; its state; or as for a new one.
        """
        former = self.record(organisation, kind, key, parent)
        if "RowVersion" in body or self.switches.row_version_missing == "refuse":
            self.check_version(organisation, kind, key, body.get("RowVersion"))
        self.check_state(organisation, kind, former)
        record = self._checked(organisation, kind, body, former=former, facts={})
        if parent is not None:
            record["parent"] = parent
        self._save(organisation, kind, key, record)
        self.note(organisation, kind, key, "replace", body)
        return record

    def delete(self, organisation: Organisation, kind: str, key: int, parent: int | None = None) -> None:
        """Delete a record; there is no row version to it.

        Raises:
            RefusedError: 404; its state; or it is used.
        """
        self.check_state(organisation, kind, self.record(organisation, kind, key, parent))
        if self._is_used(organisation, kind, key):
            raise self.refusal(Problem(member="", text=Text.IN_USE))
        organisation.drop(kind, key)
        self.note(organisation, kind, key, "delete", None)

    def check_version(self, organisation: Organisation, kind: str, key: int, version: Any) -> None:
        """Compare a row version with the record's.

        Raises:
            RefusedError: The documented sentence.
        """
        record = organisation.get(kind, key)
        if record is None or version != record["RowVersion"]:
            self.effect("concurrency_refused", organisation=organisation.id, record_kind=kind, key=key)
            raise RefusedError(self.switches.concurrency_status, Message(text=CONCURRENCY))

    def restamp(self, organisation: Organisation, kind: str, key: int, **changes: Any) -> Record:
        """Change members of a record without any check; its row version changes."""
        record = {**organisation.table(kind)[key], **changes}
        return organisation.put(self.models[kind], self._stamped(record), kind)

    def touch(self, organisation_id: int, key: int, kind: str = "Customer") -> None:
        """Somebody else saves the record as it is: its row version changes."""
        self.restamp(self.organisations[organisation_id], kind, key)

    def read(self, organisation: Organisation, model: str, body: Mapping[str, Any], *, creating: bool) -> Reading:
        """Read a body of any model; unknown members are noted.

        Raises:
            RefusedError: Messages.
        """
        reader = Reader(
            models=self.models, localisation=self.localisation, switches=self.switches, exists=organisation.exists
        )
        found = reader.read(self.models[model], body, creating=creating)
        if found.unknown:
            self.effect("members_ignored", members=found.unknown)
        if found.truncated:
            self.effect("members_truncated", members=found.truncated)
        if found.messages:
            raise self._refused(found.messages)
        return found

    def context(self, organisation: Organisation) -> Context:
        """In which books a record is looked at."""
        return Context(
            organisation=organisation, home=self.localisation, switches=self.switches, today=self.clock.today()
        )

    def refusal(self, *found: Problem) -> RefusedError:
        """Problems as an error."""
        texts = self.localisation.texts
        return self._refused(
            [
                Message(
                    text=texts[each.text].format(field=each.field or each.member.rpartition(".")[2], length=""),
                    property_name=each.member or None,
                )
                for each in found
            ]
        )

    def note(self, organisation: Organisation, kind: str, key: object, action: str, content: Any) -> None:
        """Note a write that is in force."""
        self.writes.add(administration=organisation.id, kind=kind, key=key, action=action, content=content)
        self.effect("record_written", organisation=organisation.id, record_kind=kind, key=key, action=action)

    def new_id(self, kind: str) -> int:
        """The next id of a sort."""
        if kind not in self._ids:
            place = list(self.models).index(kind) if kind in self.models else len(self.models)
            country = list(LOCALISATIONS).index(self.localisation.country)
            self._ids[kind] = count((place + 1) * IDS_PER_SORT + country * 333 + 101)
        return next(self._ids[kind])

    def number_rows(self, model: Model, record: Record, key: int, former: Record | None) -> None:
        """Give rows their ids and versions: those that were there keep theirs, others are new (seen in a client)."""
        for each in model.fields:
            if each.kind == "list" and each.target in self.models:
                self._number(each, model, record, key, former)
            elif each.kind == "object" and record.get(each.name) and each.target in self.models:
                inner = (former or {}).get(each.name)
                self.number_rows(self.models[each.target], record[each.name], key, inner)

    def _number(self, each: Field, model: Model, record: Record, key: int, former: Record | None) -> None:
        row_model = self.models[each.target]
        before = {row.get(row_model.key): row for row in (former or {}).get(each.name) or ()}
        back = {
            field.name
            for field in row_model.fields
            if field.kind == "fk" and field.target == model.name and field.written == "never"
        }
        for place, row in enumerate(record.get(each.name) or []):
            former_row = before.get(row.get(row_model.key)) if row.get(row_model.key) else None
            if row_model.key:
                row[row_model.key] = former_row[row_model.key] if former_row else self.new_id(row_model.name)
            if "RowNumber" in row:
                row["RowNumber"] = row["RowNumber"] or place + 1
            row.update(dict.fromkeys(back, key))
            row.update(self._stamped({}))
            self.number_rows(row_model, row, row.get(row_model.key) or 0, former_row)

    def _checked(
        self, organisation: Organisation, kind: str, body: Mapping[str, Any], *, former: Record | None, facts: Record
    ) -> Record:
        """A record that may be saved, without its id."""
        model = self.models[kind]
        found = self.read(organisation, kind, body, creating=former is None).record
        kept = {each.name: (former or {}).get(each.name) for each in model.fields if each.name not in found}
        record = {**kept, **found}
        context = self.context(organisation)
        fill(context, kind, record, former=former, body=body)
        record.update(facts)
        if wrong := list(problems(context, kind, record)):
            raise self.refusal(*wrong)
        same = organisation.by_code(kind, record["Code"]) if kind in UNIQUE_CODES and record["Code"] else None
        if same is not None and (former is None or same[model.key] != former[model.key]):
            text = self.localisation.texts[Text.DUPLICATE]
            raise RefusedError(self.switches.duplicate_status, Message(text=text, property_name="Code"))
        return record

    def _save(self, organisation: Organisation, kind: str, key: int, record: Record) -> None:
        model = self.models[kind]
        former = organisation.get(kind, key)
        record[model.key] = key
        self.number_rows(model, record, key, former)
        if kind == "Journal":
            _link_vat(record)
            self.budget.count_rows(organisation.id, len(record["JournalEntries"]))
        record.update(self._stamped({}))
        organisation.put(model, record, kind)

    def check_state(self, organisation: Organisation, kind: str, record: Record) -> None:
        """Whether a record may be changed now.

        Raises:
            RefusedError: Its state, or its period is closed.
        """
        context = self.context(organisation)
        if kind in EDITABLE and record["Status"] not in EDITABLE[kind]:
            raise self.refusal(Problem(member="Status", text=Text.STATE))
        if kind == "Journal" and closed(context, record):
            raise self.refusal(Problem(member="JournalDate", text=Text.CLOSED))

    def _is_used(self, organisation: Organisation, kind: str, key: int) -> bool:
        return any(
            self._refers(self.models[sort], record, kind, key)
            for sort, records in organisation.own.items()
            if sort in self.models and PARENTS.get(sort) != kind
            for record in records.values()
        )

    def _refers(self, model: Model, record: Record, kind: str, key: int, *, row: bool = False) -> bool:
        """Whether a record refers to another one; a row that knows the document in which it stands does not."""
        for each in model.fields:
            value = record.get(each.name)
            if each.kind == "fk" and each.target == kind and value == key and not (row and each.written == "never"):
                return True
            if each.kind == "list" and each.target in self.models:
                inner = self.models[each.target]
                if any(self._refers(inner, one, kind, key, row=True) for one in value or ()):
                    return True
        return False

    def _refused(self, messages: list[Message]) -> RefusedError:
        nothing = self.localisation.texts[Text.UNKNOWN_REFERENCE].partition("{")[0]
        if self.switches.bad_reference == "server_error" and any(each.text.startswith(nothing) for each in messages):
            return RefusedError(SERVER_ERROR, Message(text="An error has occurred."))
        return RefusedError(self.switches.validation_status, *messages)

    def _stamped(self, record: Record) -> Record:
        """With what the server fills in; the row version changes with every write."""
        modified = self.clock.now().astimezone(self.localisation.zone).replace(tzinfo=None)
        version = base64.b64encode(next(self._row_versions).to_bytes(8, "big")).decode()
        return {**record, "RecordDtModified": modified.isoformat(timespec="milliseconds"), "RowVersion": version}

    def _key(self, kind: str) -> str:
        model = self.models.get(kind)
        return "id" if kind == "VatAccountingType" else model.key if model else f"{kind}Id"

    def _fill(self, organisation: Organisation) -> None:
        """The records that stand in the books at the start."""
        for kind, members in seed.own(self.localisation, organisation.company):
            record = {name: self._resolved(organisation, value) for name, value in members.items()}
            model = self.models.get(kind) or Model(name=kind, fields=(Field(name=f"{kind}Id", kind="integer"),))
            blank = {each.name: None for each in model.fields}
            key = self.new_id(kind)
            organisation.put(model, self._stamped({**blank, **record, model.key: key}), kind)

    def _resolved(self, organisation: Organisation, value: Any) -> Any:
        if not isinstance(value, tuple):
            return value
        kind, code = value
        record = organisation.by_code(kind, code)
        return record[self._key(kind)] if record else None


def _link_vat(journal: Record) -> None:
    """VAT entries that name a line by the caller's mark get its id."""
    marks = {row["ExternalId"]: row["JournalEntryId"] for row in journal["JournalEntries"] if row["ExternalId"]}
    for vat in journal["VatEntries"]:
        if vat["JournalEntryExternalId"] in marks:
            vat["JournalEntry"] = marks[vat["JournalEntryExternalId"]]
