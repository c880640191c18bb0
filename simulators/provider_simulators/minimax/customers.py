"""Customers (stranke): customers and suppliers in one register; their members and what is checked of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from provider_simulators.minimax.localisation import Localisation, Text
from provider_simulators.minimax.refusals import Message

Record = dict[str, Any]
YES_NO = frozenset("DN")
"""Flags are letters: D yes, N no."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member of a customer that can be written (vendor's Swagger and model comments).

    Attributes:
        kind: What its value is. References count by their ``ID`` only.
        length: Longest text.
        values: The only texts that are accepted.
        required: Refused when absent. Inferred from the vendor's smallest sample for most of them.
        default: Value when absent; a number that cannot be null is 0 (inferred).
    """

    name: str
    kind: Literal["text", "number", "Country", "Currency"] = "text"
    length: int | None = None
    values: frozenset[str] | None = None
    required: bool = False
    default: Any = None


MEMBERS = (
    Member(name="Code", length=10),
    Member(name="Name", length=250, required=True),
    Member(name="Address", length=250, required=True),
    Member(name="PostalCode", length=30, required=True),
    Member(name="City", length=250, required=True),
    Member(name="Country", kind="Country", required=True),
    Member(name="CountryName", length=250),
    Member(name="TaxNumber", length=30),
    Member(name="RegistrationNumber", length=30),
    Member(name="VATIdentificationNumber", length=30),
    Member(name="SubjectToVAT", length=1, values=frozenset("DMN"), required=True),
    Member(name="ConsiderCountryForBookkeeping", length=1, values=YES_NO),
    Member(name="Currency", kind="Currency", required=True),
    Member(name="ExpirationDays", kind="number", default=0),
    Member(name="RebatePercent", kind="number", default=0),
    Member(name="WebSiteURL", length=100),
    Member(
        name="EInvoiceIssuing",
        values=frozenset({"SeNePripravlja", "RocniIzvoz", "Ponudnik", "EPosta"}),
        required=True,
    ),
    Member(name="InternalCustomerNumber", length=30),
    Member(name="GLN"),
    Member(name="BudgetUserNumber"),
    Member(name="Usage", length=1, values=YES_NO, default="D"),
    Member(name="AssociationType", values=frozenset({"Maticna", "Odvisna", "Ostala"})),
)
READ_ONLY = ("CustomerId", "RecordDtModified", "RowVersion")
ROW = ("CustomerId", "Code", "Name", "Address", "PostalCode", "City", "Country", "TaxNumber", "Usage")
"""Members of a row in a list: no RowVersion, no VAT number (vendor's documentation)."""
SEARCHED = ("Code", "Name", "Address", "City", "TaxNumber")
"""Members in which ``SearchString`` looks, loosely (seen; which they are is inferred)."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What an installation checks of a customer's members, and how it says what is wrong."""

    localisation: Localisation
    code_length: int

    def read(self, body: Mapping[str, Any]) -> tuple[Record, list[Message], list[str]]:
        """The known members of a body; messages; and the names that are not known, which is no error (inferred).

        References become the id they name. An absent member is like null, and gets its default.
        """
        record: Record = {}
        messages: list[Message] = []
        for member in MEMBERS:
            try:
                record[member.name] = self._value(member, body.get(member.name))
            except _InvalidError as invalid:
                text = self.localisation.texts[invalid.text].format(field=member.name, length=self._length(member))
                messages.append(Message(text=text, property_name=member.name))
        unknown = sorted(set(body) - {member.name for member in MEMBERS} - set(READ_ONLY))
        return record, messages, unknown

    def _value(self, member: Member, value: Any) -> Any:
        if value is None or value == "":
            if member.required:
                raise _InvalidError(Text.REQUIRED)
            return member.default
        match member.kind:
            case "text":
                return self._text(member, value)
            case "number":
                return _number(value)
        return self._reference(member, value)

    def _text(self, member: Member, value: Any) -> str:
        if isinstance(value, bool | list | dict):
            raise _InvalidError(Text.INVALID)
        text = str(value)
        length = self._length(member)
        if length is not None and len(text) > length:
            raise _InvalidError(Text.TOO_LONG)
        if member.values is not None and text not in member.values:
            raise _InvalidError(Text.INVALID)
        return text

    def _reference(self, member: Member, value: Any) -> int:
        """Only ``ID`` counts: codes are not accepted."""
        identifier = value.get("ID") if isinstance(value, Mapping) else None
        if identifier is None:
            raise _InvalidError(Text.REQUIRED if member.required else Text.INVALID)
        countries = member.kind == "Country"
        known = self.localisation.country_ids if countries else self.localisation.currency_ids
        number = int(identifier) if str(identifier).isdecimal() else 0
        if number not in known.values():
            raise _InvalidError(Text.UNKNOWN_REFERENCE)
        return number

    def _length(self, member: Member) -> int | None:
        return self.code_length if member.name == "Code" else member.length


class _InvalidError(Exception):
    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text


def _number(value: Any) -> int | Decimal:
    """Numbers in texts are accepted, the vendor's samples send them."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise _InvalidError(Text.INVALID)
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise _InvalidError(Text.INVALID) from None
    if not number.is_finite():
        raise _InvalidError(Text.INVALID)
    return int(number) if number == number.to_integral_value() else number
