"""From a customer or supplier of the books contract to Minimax' document, checked before anything is sent."""

from dataclasses import dataclass
from typing import Any, Final

from connector_kit.books.entry_errors import Problems
from connector_kit.books.party import Party

from target_minimax.masterdata import MasterData

__all__ = ["Document", "document_of"]

Document = dict[str, Any]
"""A `Customer` of Minimax, with its members' names; ids for country and currency."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Text:
    """A text member of Minimax' model.

    Attributes:
        member: Its name there.
        length_max: From the vendor's model.
        required: The vendor's smallest sample has it (inferred).
        values: The only values that it may have.
    """

    member: str
    length_max: int = 250
    required: bool = False
    values: tuple[str, ...] = ()


_TEXTS: Final = {
    "code": _Text(member="Code", length_max=10, required=True),
    "name": _Text(member="Name", required=True),
    "address": _Text(member="Address", required=True),
    "postal_code": _Text(member="PostalCode", length_max=30, required=True),
    "city": _Text(member="City", required=True),
    "tax_number": _Text(member="TaxNumber", length_max=30),
    "vat_number": _Text(member="VATIdentificationNumber", length_max=30),
    "registration_number": _Text(member="RegistrationNumber", length_max=30),
}
_MINIMAX_TEXTS: Final = {
    "subject_to_vat": _Text(member="SubjectToVAT", values=("D", "M", "N")),
    "consider_country_for_bookkeeping": _Text(member="ConsiderCountryForBookkeeping", values=("D", "N")),
    "country_name": _Text(member="CountryName"),
    "e_invoice_issuing": _Text(member="EInvoiceIssuing", values=("SeNePripravlja", "RocniIzvoz", "Ponudnik", "EPosta")),
    "internal_customer_number": _Text(member="InternalCustomerNumber", length_max=30),
    "gln": _Text(member="GLN"),
    "budget_user_number": _Text(member="BudgetUserNumber"),
    "association_type": _Text(member="AssociationType", values=("Maticna", "Odvisna", "Ostala")),
    "website": _Text(member="WebSiteURL", length_max=100),
}
"""Members of the record's object `minimax`."""
_PAYMENT_DAYS_MAX: Final = 2**31 - 1


def document_of(customer: Party, books: MasterData) -> Document:
    """Write a customer as Minimax wants it.

    Raises:
        EntryError: With code and field of the first problem; the message names all of them.
    """
    problems = Problems()
    document = _texts(customer, problems) | {
        "Country": {"ID": _country(customer, books, problems)},
        "Currency": {"ID": _currency(customer, books, problems)},
        # Who has a VAT number is taxable; the vendor's smallest sample says N for others.
        "SubjectToVAT": "D" if customer.vat_number else "N",
        "ExpirationDays": _payment_days(customer, problems),
        "EInvoiceIssuing": "SeNePripravlja",
        "Usage": "D",
    }
    if customer.country_code != books.home.code:
        document["CountryName"] = "-"  # as in the vendor's samples; for the home country it is left out
    document |= _minimax_texts(customer, problems)
    if problems:
        raise problems.combined(customer.key)
    return {name: value for name, value in document.items() if value is not None}


def _texts(customer: Party, problems: Problems) -> Document:
    values = {name: getattr(customer, name) for name in _TEXTS} | {"code": customer.code or customer.key}
    field = "code" if customer.code else "key"
    return {
        text.member: _checked(text, values[name], field if name == "code" else name, problems)
        for name, text in _TEXTS.items()
    }


def _minimax_texts(customer: Party, problems: Problems) -> Document:
    members: Document = {}
    for name, value in customer.provider_fields.get("minimax", {}).items():
        text = _MINIMAX_TEXTS.get(name)
        if text is None:
            problems.add("invalid_field", f"minimax.{name}", "no such member of a customer")
        elif value is not None and not isinstance(value, str):
            problems.add("invalid_field", f"minimax.{name}", "must be text")
        elif value:
            members[text.member] = _checked(text, value, f"minimax.{name}", problems)
    return members


def _checked(text: _Text, value: str | None, field: str, problems: Problems) -> str | None:
    if value is None:
        if text.required:
            problems.add("missing_field", field, "is missing; Minimax wants it of every customer")
    elif len(value) > text.length_max:
        problems.add("invalid_field", field, f"has {len(value)} characters, Minimax takes {text.length_max}")
    elif text.values and value not in text.values:
        problems.add("invalid_field", field, f"must be one of {', '.join(text.values)}")
    return value


def _country(customer: Party, books: MasterData, problems: Problems) -> int | None:
    code = customer.country_code
    if code is None:
        problems.add("missing_field", "country_code", "is missing; Minimax wants it of every customer")
        return None
    if code not in books.countries:
        problems.add("unknown_country", "country_code", f"Minimax has no country {code}")
    return books.countries.get(code)


def _currency(customer: Party, books: MasterData, problems: Problems) -> int | None:
    code = customer.currency or books.home.currency
    if code not in books.currencies:
        problems.add("currency", "currency", f"Minimax has no currency {code}")
    return books.currencies.get(code)


def _payment_days(customer: Party, problems: Problems) -> int | None:
    days = customer.payment_days
    if days is not None and days > _PAYMENT_DAYS_MAX:
        problems.add("invalid_field", "payment_days", "is too large a number")
    return days
