"""Care orders, products, debtors and their insurances, invoices and what was logged for them, in euro cents."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from provider_simulators.ons.drafting import Record
from provider_simulators.ons.moments import local, midnight, moment
from provider_simulators.ons.organisation import CareOrganisation, Plan

DEBTORS = (
    ("Zorgkantoor Veluwezoom", "2", "5501"),
    ("Gemeente Veluwezoom", "4", None),
    ("Onderlinge Zorgverzekeraar 't Anker", "3", "0101"),
    ("Cliënt Grünewald", "6", None),
)
INSURER = 2
CLIENT_DEBTOR = 3
FINANCE_TYPES = (("WLZ", 2), ("WMO", 3), ("ZVW", 10))
PRODUCTS = ("Persoonlijke verzorging", "Verpleging", "Begeleiding individueel", "Dagbesteding", "Vervoer", "ZZP 4VV")
NO_ROW = -1
LOGS_PER_ROW = 2
NO_VAT = Decimal("0.0")


def finance_types(organisation: CareOrganisation) -> Iterator[Record]:
    """Kinds of financing."""
    for name, category in FINANCE_TYPES:
        yield {"description": name, "userIdentifier": name, "category": category, "beginDate": _year(organisation)}


def products(organisation: CareOrganisation) -> Iterator[Record]:
    """What can be declared; codes have leading zeros."""
    types = organisation.ids("finance_types")
    for n, description in enumerate(PRODUCTS):
        yield {
            "description": description,
            "productCode": f"0{n}A1",
            "code": f"{n:05}",
            "financeTypeId": types[n % len(types)],
            "declarable": n != len(PRODUCTS) - 1,
        }


def care_orders(organisation: CareOrganisation) -> Iterator[Record]:
    """An order per client; times are ignored, days count."""
    debtors, types = organisation.ids("debtors"), organisation.ids("finance_types")
    for n, client in enumerate(organisation.ids("clients")):
        yield {
            "clientId": client,
            "userIdentifier": f"ID{n:07}",
            "clientIdentifier": f"C-{n + 1:05}",
            "financeTypeId": types[n % len(types)],
            "debtorId": debtors[n % len(debtors)],
            "beginDate": midnight(_year(organisation)),
            "endDate": moment(local(_year(organisation) + timedelta(days=364), 23, 59)),
        }


def care_order_products(organisation: CareOrganisation) -> Iterator[Record]:
    """One or two products per order."""
    bought = organisation.ids("products")
    for n, order in enumerate(organisation.facts("care_orders")):
        for k in range(1 + n % 2):
            yield {
                "careOrderId": order["id"],
                "productId": bought[(n + k) % len(bought)],
                "financeTypeId": order["financeTypeId"],
                "debtorId": order["debtorId"],
                "magnitudeQuantityValue": 1 + n % 5,
                "magnitudeUnitQuantity": 60,
                "magnitudeUnitType": "MINUTE",
                "magnitudeFrequency": "PER_WEEK",
                "beginDate": order["beginDate"],
                "endDate": order["endDate"],
            }


def _ordered(organisation: CareOrganisation, order: Record) -> Record:
    products_of = [row for row in organisation.records("care_order_products") if row["careOrderId"] == order["id"]]
    return {"careOrderProducts": products_of}


def debtors(organisation: CareOrganisation) -> Iterator[Record]:
    """Who pays: a care office, a municipality, an insurer, and a client."""
    for n, (name, kind, uzovi) in enumerate(DEBTORS):
        yield {
            "type": kind,
            "organizationName": name if n != CLIENT_DEBTOR else None,
            "lastName": "Grünewald" if n == CLIENT_DEBTOR else None,
            "uzoviCode": uzovi,
            "gemeentecode": "0293" if kind == "4" else None,
            "debtorNumber": f"D{n + 1:04}",
            "clientObjectId": organisation.ids("clients")[0] if n == CLIENT_DEBTOR else None,
            "paymentMethod": "BANK",
            "endDate": None,
        }


def insurances(organisation: CareOrganisation) -> Iterator[Record]:
    """A basic insurance per client."""
    for n, client in enumerate(organisation.ids("clients")):
        yield {
            "clientObjectId": client,
            "debtorObjectId": organisation.ids("debtors")[INSURER],
            "insuranceType": ("BV", "AV", "TV", "HV")[n % 4],
            "registrationNumber": f"{n:09}",
            "beginDate": midnight(_year(organisation)),
            "endDate": None,
        }


def _insured_by(organisation: CareOrganisation, _insurance: Record) -> Record:
    return {"insurer": _debtor(organisation, INSURER, organisation.insurance_depth - 1)}


def _insured(organisation: CareOrganisation, debtor: Record) -> Record:
    number = organisation.ids("debtors").index(debtor["id"])
    return {
        "insurances": _insurances(organisation, number, organisation.insurance_depth),
        "bankAccount": organisation.records("bank_accounts")[number],
    }


def _debtor(organisation: CareOrganisation, number: int, depth: int) -> Record | None:
    """A debtor with insurances, whose insurer is a debtor with insurances, so deep."""
    if depth < 0:
        return None
    debtor = organisation.drafts.record("Debtor", number, organisation.facts("debtors")[number])
    return debtor | {"insurances": _insurances(organisation, number, depth)}


def _insurances(organisation: CareOrganisation, number: int, depth: int) -> list[Record]:
    if depth <= 0 or number not in (INSURER, CLIENT_DEBTOR):
        return []
    facts = organisation.facts("insurances")[0]
    insurance = organisation.drafts.record("Insurance", number, facts)
    return [insurance | {"insurer": _debtor(organisation, INSURER, depth - 1)}]


def bank_accounts(_organisation: CareOrganisation) -> Iterator[Record]:
    """One per debtor."""
    for name, _, _ in DEBTORS:
        yield {"nameOfOwner": name, "creditBankAccount": False}


def invoices(organisation: CareOrganisation) -> Iterator[Record]:
    """An invoice a month and debtor, of last year and this."""
    number = 0
    for debtor in organisation.ids("debtors"):
        for month in _months(organisation):
            number += 1
            yield {
                "debtorId": debtor,
                "invoiceNumber": f"F{month.year}{number:05}",
                "numericInvoiceNumber": month.year * 100_000 + number,
                "beginDate": midnight(month),
                "endDate": midnight(_next(month) - timedelta(days=1)),
                "bookDate": midnight(_next(month)),
                "invoiceCreationDate": moment(local(_next(month), 6, 30)),
                "completed": True,
                "rejected": number % 12 == 0,
            }


def invoice_rows(organisation: CareOrganisation) -> Iterator[Record]:
    """Five clients per invoice; a row may replace an earlier one."""
    everybody, bought = organisation.ids("clients"), organisation.ids("products")
    number = 0
    for invoice in organisation.facts("invoices"):
        for k in range(5):
            number += 1
            amount, rate = 4 + number % 9, 5_500 + 25 * (number % 40)
            yield {
                "invoiceId": invoice["id"],
                "clientId": everybody[(number + k) % len(everybody)],
                "previousInvoiceRowId": NO_ROW,
                "productId": bought[number % len(bought)],
                "beginDate": invoice["beginDate"],
                "endDate": invoice["endDate"],
                "amount": amount,
                "rate": rate,
                "calculatedAmount": amount * rate,
                "totalCostAmount": amount * rate,
                "acceptedAmount": 0 if invoice["rejected"] else amount * rate,
                "accepted": not invoice["rejected"],
                "reasonRejected": "8109" if invoice["rejected"] else None,
                "vat": NO_VAT,
                "vatAmount": 0,
                "debtorId": invoice["debtorId"],
            }


def finance_logs(organisation: CareOrganisation) -> Iterator[Record]:
    """What was delivered, two logs per row of an invoice."""
    carers, centers = organisation.ids("employees"), organisation.facts("teams")
    for n, row in enumerate(organisation.facts("invoice_rows")):
        for k in range(LOGS_PER_ROW):
            yield {
                "clientId": row["clientId"],
                "employeeId": carers[(n + k) % len(carers)],
                "productId": row["productId"],
                "debtorId": row["debtorId"],
                "date": row["beginDate"],
                "amount": row["amount"] // 2,
                "tarief": row["rate"],
                "vat": NO_VAT,
                "source": "ExportPresenceLog",
                "costCenter": centers[1 + n % (len(centers) - 1)]["costCenterNumber"],
            }


def invoice_row_finance_logs(organisation: CareOrganisation) -> Iterator[Record]:
    """Which log stands in which row."""
    logs = organisation.ids("finance_logs")
    for n, row in enumerate(organisation.ids("invoice_rows")):
        for k in range(LOGS_PER_ROW):
            yield {"invoiceRowId": row, "financeLogId": logs[LOGS_PER_ROW * n + k]}


def restitutions(organisation: CareOrganisation) -> Iterator[Record]:
    """What was paid back of some rows."""
    logs = organisation.ids("finance_logs")
    for n, row in enumerate(organisation.facts("invoice_rows")[::9]):
        yield {
            "financeLogId": logs[LOGS_PER_ROW * 9 * n],
            "invoiceRowId": row["id"],
            "originalAmount": row["amount"],
            "originalRate": row["rate"],
            "restitutionAmount": row["amount"] * row["rate"] // 2,
        }


def declarations(organisation: CareOrganisation) -> Iterator[Record]:
    """Declarations of invoices at the clearing house."""
    for n, invoice in enumerate(organisation.ids("invoices")):
        yield {"declarationId": f"VZ-{n:08}", "invoiceId": invoice}


def declaration_rules(organisation: CareOrganisation) -> Iterator[Record]:
    """Rules by which clients' care is declared; created and updated on a date."""
    lines = organisation.facts("care_order_products")
    clients_of = {order["id"]: order["clientId"] for order in organisation.facts("care_orders")}
    for line in lines:
        yield {
            "clientObjectId": clients_of[line["careOrderId"]],
            "indicatieBesluitObjectId": line["careOrderId"],
            "careOrderProductObjectId": line["id"],
            "productObjectId": line["productId"],
            "tariff": 6_125,
            "beginDate": _year(organisation),
            "endDate": None,
            "source": "automatic",
            "declarablePeriods": [{"start": _year(organisation), "end": organisation.today}],
        }


def debtor_groups(organisation: CareOrganisation) -> Iterator[Record]:
    """Two groups."""
    everybody = list(organisation.ids("debtors"))
    yield {"name": "Zorgkantoren en verzekeraars", "debtorIds": everybody[::2]}
    yield {"name": "Gemeenten", "debtorIds": everybody[1:2]}


def invoice_provider_groups(organisation: CareOrganisation) -> Iterator[Record]:
    """Derived from export profiles: the id is the profile's."""
    for profile in organisation.ids("export_profiles"):
        yield {"id": profile, "active": True, "koepelCode": "00004711", "debtorIds": [], "providers": ["00004711"]}


def export_profiles(_organisation: CareOrganisation) -> Iterator[Record]:
    """Two, of which one makes journal entries."""
    for n, name in enumerate(("Maandfacturatie", "Weekfacturatie WMO")):
        yield {"name": name, "active": True, "exportJournaling": n == 0, "type": str(n)}


def _year(organisation: CareOrganisation) -> date:
    return organisation.today.replace(month=1, day=1)


def _months(organisation: CareOrganisation) -> Iterator[date]:
    month = date(organisation.today.year - 1, 1, 1)
    while _next(month) <= organisation.today:
        yield month
        month = _next(month)


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


PLANS = (
    Plan(name="finance_types", model="finance.FinanceType", ids=8_100, facts=finance_types),
    Plan(name="products", model="finance.Product", ids=8_200, facts=products),
    Plan(name="care_orders", model="finance.CareOrder", ids=610_000, facts=care_orders, embed=_ordered),
    Plan(name="care_order_products", model="finance.CareOrderProduct", ids=620_000, facts=care_order_products),
    Plan(name="debtors", model="Debtor", ids=8_300, facts=debtors, embed=_insured),
    Plan(name="insurances", model="Insurance", ids=630_000, facts=insurances, embed=_insured_by),
    Plan(name="bank_accounts", model="BankAccount", ids=8_400, facts=bank_accounts),
    Plan(name="invoices", model="finance.Invoice", ids=640_000, facts=invoices),
    Plan(name="invoice_rows", model="finance.InvoiceRow", ids=650_000, facts=invoice_rows),
    Plan(name="finance_logs", model="finance.FinanceLog", ids=660_000, facts=finance_logs),
    Plan(
        name="invoice_row_finance_logs",
        model="finance.InvoiceRowFinanceLog",
        ids=0,
        facts=invoice_row_finance_logs,
    ),
    Plan(name="restitutions", model="finance.Restitution", ids=680_000, facts=restitutions),
    Plan(name="vecozo_invoice_relations", model="finance.VecozoInvoiceRelation", ids=690_000, facts=declarations),
    Plan(name="declaration_rules", model="finance.DeclarationRule", ids=700_000, facts=declaration_rules),
    Plan(name="debtor_groups", model="finance.DebtorGroup", ids=8_500, facts=debtor_groups),
    Plan(
        name="invoice_provider_groups",
        model="finance.InvoiceProviderGroup",
        ids=0,
        facts=invoice_provider_groups,
    ),
    Plan(name="export_profiles", model="finance.ExportProfile", ids=8_600, facts=export_profiles),
)
