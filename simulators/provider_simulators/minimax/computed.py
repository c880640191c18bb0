"""Rows that are worked out: ledger lines, stock, price lists, rates by day, registers, settings."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from provider_simulators.minimax.backend import MinimaxBackend
from provider_simulators.minimax.books import ZERO, Organisation
from provider_simulators.minimax.documents import plain_number
from provider_simulators.minimax.filling import HUNDRED
from provider_simulators.minimax.listing import Query
from provider_simulators.minimax.reading import InvalidError, Record, day
from provider_simulators.minimax.refusals import Message, RefusedError
from provider_simulators.minimax.vat import rate_on

REGISTER = (("08000001", "10001", "RS100000001", "Vzorna opština"), ("08000002", None, "RS100000002", "Primer d.o.o."))
"""Firms in the register of Serbian e-invoices; all invented."""
PAYROLL_SETTINGS = (("MINPLACA", "Minimalna plača", "1277.72"), ("POVPLACA", "Povprečna plača", "2395.80"))
Rows = Callable[[MinimaxBackend, Organisation, Query], Iterator[Record]]


def journal_entries(_backend: MinimaxBackend, organisation: Organisation, _query: Query) -> Iterator[Record]:
    """The lines of all journals, with what they have from their journal."""
    for journal, entry in organisation.entries():
        yield {
            **entry, "Journal": journal["JournalId"], "JournalType": journal["JournalType"],
            "JournalDate": journal["JournalDate"], "Status": journal["Status"],
        }  # fmt: skip


def vat_rates(backend: MinimaxBackend, organisation: Organisation, query: Query) -> Iterator[Record]:
    """The rates of a country (home's when it is left out) on a day (today's)."""
    wanted = query.get("countryID")
    code = next(
        (code for code, key in backend.localisation.country_ids.items() if str(key) == wanted),
        backend.localisation.country.value,
    )
    on = asked_day(backend, query)
    for rate in organisation.table("VatRate").values():
        row = rate_on(backend.localisation, rate, on) if rate["country"] == code else None
        if row:
            yield row


def vat_accounting_types(backend: MinimaxBackend, organisation: Organisation, query: Query) -> Iterator[Record]:
    """Those that are valid on a day; all without one."""
    on = asked_day(backend, query) if query.get("date") else None
    for each in organisation.table("VatAccountingType").values():
        if on is None or (each["ValidFrom"] <= on and (each["ValidTo"] is None or on <= each["ValidTo"])):
            yield each


def stocks(_backend: MinimaxBackend, organisation: Organisation, query: Query) -> Iterator[Record]:
    """What confirmed stock entries have brought and taken, per item."""
    warehouse = query.get("WarehouseId")
    amounts: dict[int, tuple[Decimal, Decimal]] = {}
    for entry in organisation.table("StockEntry").values():
        if entry["Status"] == "P":
            for row in entry["StockEntryRows"]:
                for place, sign in (("WarehouseTo", 1), ("WarehouseFrom", -1)):
                    if row[place] is not None and warehouse in (None, "", str(row[place])):
                        quantity, value = amounts.get(row["Item"], (ZERO, ZERO))
                        moved = sign * plain_number(row["Quantity"])
                        amounts[row["Item"]] = quantity + moved, value + moved * plain_number(row["Price"])
    for key, item in organisation.table("Item").items():
        quantity, value = amounts.get(key, (ZERO, ZERO))
        if quantity or query.get("Mode") == "1":
            average = value / quantity if quantity else ZERO
            yield {
                "Item": key, "ItemID": key, "ItemName": item["Name"], "ItemCode": item["Code"],
                "ItemIdentifier": item["Code"], "ItemEANCode": item["EANCode"], "ItemType": item["ItemType"],
                "UnitOfMeasurement": item["UnitOfMeasurement"], "AveragePurchasePrice": round(average, 4),
                "SellingPrice": item["Price"], "Quantity": quantity, "Value": value, "BatchNumber": None,
                "Currency": item["Currency"],
            }  # fmt: skip


def items_data(_backend: MinimaxBackend, organisation: Organisation, query: Query) -> Iterator[Record]:
    """Prices for a customer and a warehouse."""
    for key, item in organisation.table("Item").items():
        if query.get("ItemId") in (None, "", str(key)):
            yield {
                "Title": item["Name"], "Code": item["Code"], "Price": item["Price"], "Item": key,
                "UnitOfMeasurement": item["UnitOfMeasurement"], "Warehouse": _id(query, "WarehouseId"),
                "Customer": _id(query, "CustomerId"),
            }  # fmt: skip


def price_lists(backend: MinimaxBackend, organisation: Organisation, query: Query) -> Iterator[Record]:
    """The whole catalogue with and without VAT."""
    percents = {row["VatRateId"]: row["Percent"] for row in vat_rates(backend, organisation, {})}
    for row in items_data(backend, organisation, query):
        price = plain_number(row["Price"])
        factor = 1 + percents.get(organisation.table("Item")[row["Item"]]["VatRate"], ZERO) / HUNDRED
        net = price / factor if backend.switches.prices_include_vat else price
        yield {**row, "PriceWithoutVAT": round(net, 4), "PriceWithVAT": round(net * factor, 4)}


def payroll_settings(backend: MinimaxBackend, code: str, query: Query) -> Iterator[Record]:
    """National parameters of payroll, by code and day (``YYYYMMDD``)."""
    text = query.get("date", "")
    on = date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:8]}") if len(text) == 8 else backend.clock.today()  # noqa: PLR2004 (digits)
    for number, (own, name, value) in enumerate(PAYROLL_SETTINGS, 1):
        if own.casefold() == code.casefold():
            yield {
                "PayrollSettingsId": number, "Code": own, "Name": name, "Description": None, "CustomerCode": None,
                "CustomerName": None, "Value": Decimal(value), "Date": on.replace(day=1),
            }  # fmt: skip


def e_fakturas() -> Iterator[Record]:
    """The register of Serbian e-invoices."""
    members = ("RegistrationNumber", "BudgetUserNumber", "VatIdentificationNumber", "Name")
    return (dict(zip(members, row, strict=True)) for row in REGISTER)


def asked_day(backend: MinimaxBackend, query: Query) -> date:
    """The day that a query names, or today.

    Raises:
        RefusedError: 400: it is none.
    """
    try:
        return day(query["date"]) if query.get("date") else backend.clock.today()
    except InvalidError:
        raise RefusedError(400, Message(text="The request is invalid.", property_name="date")) from None


def _id(query: Query, name: str) -> int | None:
    text = query.get(name, "")
    return int(text) if text.isdecimal() else None


ROWS: Mapping[str, Rows] = {
    "GetJournalEntries": journal_entries,
    "GetVatRates": vat_rates,
    "GetVatAccountingTypes": vat_accounting_types,
    "GetStocks": stocks,
    "GetItemsData": items_data,
    "GetPriceLists": price_lists,
}
"""Rows by operation."""
