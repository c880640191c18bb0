"""What stands in the books at the start: charts, code lists, a few parties and items. All invented but the codes."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from provider_simulators.minimax.localisation import (
    COUNTRY_NAMES,
    FOREIGN_VAT,
    Localisation,
    currency_of,
)
from provider_simulators.minimax.reading import Record
from provider_simulators.minimax.texts import Country
from provider_simulators.minimax.vat import ABROAD
from provider_simulators.world import LEDGER_ACCOUNTS, Company

SUPPLIERS = (
    "Zdravstvena zavarovalnica Vzorec",
    "Pokojninski sklad Jesen d.d.",
    "Davčna uprava (primer)",
    "Čistilni servis Žabica",
)
# Code, name, side, and whether a customer, an analytic, an employee is V allowed, N forbidden, D mandatory.
_CHART = (
    ("1000", "Transakcijski račun", "VVVV"),
    ("1200", "Terjatve do kupcev", "VDVN"),
    ("1650", "Terjatve do zaposlenih", "VNND"),
    ("2200", "Obveznosti do dobaviteljev", "VDVN"),
    ("2600", "Obveznosti za DDV", "DNNN"),
    ("2900", "Prehodni konto", "VVVV"),
    ("4100", "Stroški storitev", "BVVN"),
    ("4190", "Stroški po stroškovnih mestih", "VNDN"),
    ("4700", "Plače zaposlenih", "VNVD"),
    ("7600", "Prihodki od storitev doma", "DVVN"),
    ("7650", "Prihodki od storitev v EU", "DVVN"),
    ("7670", "Prihodki od storitev izven EU", "DVVN"),
    ("7690", "Drugi prihodki", "VVVN"),
    ("6600", "Zaloge blaga", "VNVN"),
    ("9000", "Osnovni kapital", "VNNN"),
    ("9900", "Zbirni konto (zaprt za knjiženje)", "NNNN"),
)
UNUSED, ENDED = "8999", "8998"
"""An account that is not in use, and one that ended in 2020."""
CONTENTS = {
    "OtherRevenues": "7690",
    "RevenueFromSellingServicesInHomeCountry": "7600",
    "RevenueFromSellingServicesInEU": "7650",
    "RevenueFromSellingServicesOutsideEU": "7670",
    "Stocks": "6600",
}
"""Accounts by meaning; two of the fifteen names are known, the others are invented."""
RECEIVABLES, VAT_PAYABLE, REVENUE = "1200", "2600", "7600"
_DISPLAY_TYPES = "IR DP UP PR PUPN DO IN PN"
_METHODS = (("G", "Gotovina", "G"), ("T", "Transakcijski račun", "T"), ("K", "Kartica", "K"), ("D", "Drugo", "D"))
_POSTAL = {
    Country.SI: (("1000", "Ljubljana"), ("2000", "Maribor"), ("3000", "Celje")),
    Country.HR: (("10000", "Zagreb"), ("21000", "Split"), ("51000", "Rijeka")),
    Country.RS: (("11000", "Beograd"), ("21000", "Novi Sad"), ("18000", "Niš")),
}
SEEDED_EMPLOYEES = 3


def shared(home: Localisation) -> Mapping[str, list[Record]]:
    """Code lists of an installation, with their ids."""
    percentages = [
        {"VatRatePercentageId": number, "Name": f"{percent}"}
        for rate in home.vat
        for number, (_, percent) in zip(rate.percentage_ids, rate.percents, strict=True)
    ]
    abroad = [code for code in FOREIGN_VAT if code != home.country]
    foreign = [{"VatRatePercentageId": foreign_id(home, code) + ABROAD, "Name": FOREIGN_VAT[code]} for code in abroad]
    return {
        "Country": [
            {"CountryId": number, "Code": code, "Name": COUNTRY_NAMES.get(code, code),
             "Currency": _currency(home, code)}
            for code, number in sorted(home.country_ids.items(), key=lambda item: item[1])
        ],
        "Currency": [
            {"CurrencyId": number, "Code": code, "Name": code}
            for code, number in sorted(home.currency_ids.items(), key=lambda item: item[1])
        ],
        "JournalType": [
            {"JournalTypeId": _base(home) + place, "Code": code, "DisplayCode": code}
            for place, code in enumerate(home.journal_types, 1)
        ],
        "VatRate": [
            *({"VatRateId": rate.id, "Code": rate.code, "country": home.country.value} for rate in home.vat),
            *({"VatRateId": foreign_id(home, code), "Code": "S", "country": code} for code in abroad),
        ],
        "VatRatePercentage": percentages + foreign,
        "VatAccountingType": [
            {"id": place, "Code": code, "IssuedRecived": book, "ValidFrom": date(since, 1, 1), "ValidTo": until,
             "Name": f"{book} {code}"}
            for place, (code, book, since, until) in enumerate(
                (("ID", "IR", 2000, None), ("PD", "PR", 2000, None), ("OLD", "IR", 2000, date(2019, 12, 31))), 1
            )
        ],
        "PostalCode": [
            {"PostalCodeId": place, "Code": code, "City": city, "Country": home.country_ids[home.country]}
            for place, (code, city) in enumerate(_POSTAL[home.country], 101)
        ],
        "PurposeCode": [
            {"PurposeCodeId": place, "Code": code, "Description": text}
            for place, (code, text) in enumerate((("SALA", "Plače"), ("OTHR", "Drugo"), ("TAXS", "Davki")), 11)
        ],
        "User": [
            {"UserId": 501, "FullName": "Ana Vzorčnik", "Email": "ana@example.org", "MobilePhone": None,
             "Language": home.language}
        ],
        "ClassificationOfProductByActivity": [
            {"ClassificationOfProductByActivityId": 1, "Code": "78.20", "Description": "Začasno zaposlovanje",
             "ValidFrom": date(2020, 1, 1), "ValidTo": None}
        ],
        "CashRegister": [{"CashRegisterId": 1, "Name": "Blagajna"}],
        "Revenue": [{"RevenueId": 1, "Name": "Prihodek"}],
        "RevenueExpense": [{"RevenueExpenseId": 1, "Name": "Izdatek"}],
    }  # fmt: skip


def own(home: Localisation, company: Company) -> Iterator[tuple[str, Record]]:
    """An organisation's records at the start: sorts and members; the server gives the ids, references are codes.

    A reference is a tuple of sort and code.
    """
    yield from _chart()
    yield from _settings()
    for place, name in enumerate(("Glavno skladišče", "Pomožno skladišče"), 1):
        yield "Warehouse", {"Code": f"S{place}", "Name": name, "Usage": "D", "InventoryManagement": "Nabavna"}
    yield "ProductGroup", {"Code": "STOR", "Name": "Storitve", "Usage": "D"}
    for center in company.cost_centers:
        yield "Analytic", {"Code": str(center.books_number), "Name": center.description}
    for person in company.employees[:SEEDED_EMPLOYEES]:
        yield "Employee", {
            "Code": str(person.number), "FirstName": person.first_name, "LastName": person.last_name, "Gender": "Z",
            "EmploymentType": "Z30" if home.country is Country.RS else "ZD", "EmploymentStartDate": person.started_on,
            "TaxNumber": f"{10_000_000 + person.number}", "Country": ("Country", home.country.value),
        }  # fmt: skip
    for place, (name, price) in enumerate((("Ura nege", "48.50"), ("Prevoz", "0.4321"), ("Posteljnina", "12.90")), 1):
        yield "Item", {
            "Code": f"A{place}", "Name": name, "ItemType": "B" if place == 3 else "S", "UnitOfMeasurement": "ura",  # noqa: PLR2004 (the last of them)
            "VatRate": ("VatRate", "S"), "Price": Decimal(price), "Currency": ("Currency", home.currency),
            "Usage": "D", "RebatePercent": 0, "Composite": [],
        }  # fmt: skip
    for place, name in enumerate(SUPPLIERS, 1):
        yield "Customer", supplier(home, place, name)
    yield "Outbox", {
        "OutboxDate": date(2026, 1, 15), "OutboxType": "OP", "Description": "Obračun plač", "Attachments": [],
    }  # fmt: skip


def _chart() -> Iterator[tuple[str, Record]]:
    for code, name, flags in _CHART:
        yield "Account", account(code, name, flags)
    for each in LEDGER_ACCOUNTS:
        yield "Account", account(each.number, each.name, "VVVV")
    yield "Account", account(UNUSED, "Opuščen konto", "VVVV", Application="N")
    yield "Account", account(ENDED, "Star konto", "VVVV", ValidToYear=2020)


def _settings() -> Iterator[tuple[str, Record]]:
    for kind in _DISPLAY_TYPES.split():
        yield "ReportTemplate", {"Name": f"Izpis {kind}", "DisplayType": kind, "Default": "D"}
    yield "ReportTemplate", {"Name": "Izpis IR, drugi", "DisplayType": "IR", "Default": "N"}
    for document in ("IR", "PD", "PR"):
        yield "DocumentNumbering", {
            "Document": document, "Code": document, "Name": f"Številčenje {document}", "Default": "D", "Usage": "D",
        }  # fmt: skip
    for code, name, kind in _METHODS:
        yield "PaymentMethod", {"Name": name, "Code": code, "Type": kind, "Usage": "D", "Default": "N"}


def supplier(home: Localisation, place: int, name: str) -> Record:
    """A supplier with the code D001 and up."""
    return {
        "Code": f"D{place:03}", "Name": name, "Address": f"Izmišljena ulica {place}", "PostalCode": "1000",
        "City": "Nikjer", "Country": ("Country", home.country.value), "SubjectToVAT": "D",
        "Currency": ("Currency", home.currency), "EInvoiceIssuing": "SeNePripravlja", "ExpirationDays": 30,
        "RebatePercent": 0, "Usage": "D",
    }  # fmt: skip


def account(code: str, name: str, flags: str, **others: Any) -> Record:
    """An account from its four letters: side, customer, analytic, employee."""
    posting, customer, analytic, employee = tuple(flags)
    return {
        "Code": code, "Name": name, "AllowedPosting": posting, "InvoiceAccounting": "N", "CustomerEntry": customer,
        "AnalyticsEntry": analytic, "EmployeeEntry": employee, "NonTaxable": "N", "Application": "D",
        "ValidFromYear": 2000, "ValidToYear": 0, **others,
    }  # fmt: skip


def foreign_id(home: Localisation, country: str) -> int:
    """Id of a country's standard VAT rate abroad."""
    return 900 + home.country_ids[country]


def _currency(home: Localisation, country: str) -> int | None:
    code = currency_of(country)
    return home.currency_ids[code] if code else None


def _base(home: Localisation) -> int:
    return {Country.SI: 20, Country.HR: 300, Country.RS: 4000}[home.country]
