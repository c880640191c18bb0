"""The administrations of the simulated tenant: one for every company of the world, and one with a broken year."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from provider_simulators.minox.administration import (
    Administration,
    Described,
    FiscalYear,
    Journal,
    LedgerAccount,
    PaymentTerm,
    Vat,
)
from provider_simulators.world import AccountKind, Company, CostCenter, PeriodType, World

TENANT = 480001
BROKEN_YEAR_NUMBER = 90701
BLOCKED_ACCOUNT = 4990
VAT_ACCOUNT = 4500
WAGES = Described(number=1, description="Loonkosten per afdeling")
COST_TYPES = (WAGES, Described(number=2, description="Overige kosten - coöperatie"))

JOURNALS = (
    Journal(code="KAS", description="Kas", kind="cash", contra_account=1000),
    Journal(code="BANK", description="Bank", kind="bank", contra_account=1100),
    Journal(code="BEG", description="Beginbalans", kind="opening_balance", contra_account=1890),
    Journal(code="MEMO", description="Memoriaal", kind="general", contra_account=1800),
    Journal(code="LOON", description="Loonjournaalposten", kind="general", contra_account=1810),
    Journal(code="INK", description="Inkoopfacturen", kind="purchase", contra_account=1600, range=(20000, 29999)),
    Journal(code="VERK", description="Verkoopfacturen", kind="sales", contra_account=1300, range=(10000, 19999)),
)
VAT_CODES = (
    Vat(number=1, description="BTW hoog", kind="Af te dragen (1a, 1b)", percentage=Decimal(21), account=1520),
    Vat(number=2, description="BTW laag", kind="Af te dragen (1a, 1b)", percentage=Decimal(9), account=1520),
    Vat(number=11, description="Voorbelasting hoog", kind="Te vorderen (5b)", percentage=Decimal(21), account=1500),
    Vat(
        number=31,
        description="Diensten België - verlegd",
        kind="Diensten binnen de EU (ICP)",
        percentage=Decimal(0),
        account=1520,
    ),
)
PAYMENT_TERMS = (
    PaymentTerm(number=14, description="Binnen 14 dagen", days=14),
    PaymentTerm(number=30, description="Binnen één maand", days=30),
)
BALANCE_ACCOUNTS = {
    500: "Aandelenkapitaal",
    1000: "Kas",
    1100: "Bank - rekening-courant",
    1300: "Debiteuren",
    1500: "Te vorderen omzetbelasting",
    1520: "Af te dragen omzetbelasting",
    1600: "Crediteuren",
    1800: "Tussenrekening memoriaal",
    1810: "Tussenrekening loonjournaal",
    1890: "Tussenrekening beginbalans",
    1990: "Betalings- en boekingsverschillen",
}
PARTIES = {
    10001: ("customer", "Gemeente 's-Hertogenbösch (verzonnen)"),
    10002: ("customer", "Zorggroep De Drie Eiken"),
    20001: ("supplier", "Kantoorhandel Ünlü & Zn."),
    20002: ("supplier", "Energie voor Één B.V."),
}
COLLECTIVE = {"customer": 1300, "supplier": 1600}
"""The ledger accounts that stand for all customers and all suppliers in balances."""
# So many that the chart has a second page, and that the payroll accounts are on it.
FIXED_ASSETS = {number: f"Materiële vaste activa - groep {number - 99}" for number in range(100, 148)}


def administrations(world: World) -> list[Administration]:
    """All administrations of the tenant, by number."""
    broken = _administration(
        number=BROKEN_YEAR_NUMBER,
        name="Stichting Zomerschool Zeeuwsche Été",
        years=_years(world.today, first_month=7, periods=12),
        cost_centers=world.companies[0].cost_centers if world.companies else (),
        world=world,
    )
    return sorted([*(_of_company(company, world) for company in world.companies), broken], key=lambda each: each.number)


def _of_company(company: Company, world: World) -> Administration:
    return _administration(
        number=company.books_number,
        name=company.name,
        years=_years(world.today, first_month=1, periods=13 if company.period_type is PeriodType.FOUR_WEEKS else 12),
        cost_centers=company.cost_centers,
        world=world,
    )


def _years(today: date, *, first_month: int, periods: int) -> list[FiscalYear]:
    """This year, last year and the one before; a broken year is called after the year in which it starts (inferred)."""
    return [
        FiscalYear(year=year, start=date(year, first_month, 1), periods=periods)
        for year in range(today.year - 2, today.year + 1)
    ]


def _administration(
    *, number: int, name: str, years: Iterable[FiscalYear], cost_centers: Iterable[CostCenter], world: World
) -> Administration:
    administration = Administration(
        number=number,
        name=name,
        chamber_of_commerce=f"9{number:07}",
        fiscal_years={year.year: year for year in years},
        journals={journal.code: journal for journal in JOURNALS},
        accounts={account.number: account for account in sorted(_accounts(world), key=lambda each: each.number)},
        cost_centers={
            center.books_number: Described(number=center.books_number, description=center.description)
            for center in cost_centers
        },
        cost_types={each.number: each for each in COST_TYPES},
        vat_codes={vat.number: vat for vat in VAT_CODES},
        payment_terms={term.number: term for term in PAYMENT_TERMS},
    )
    for party, (kind, party_name) in PARTIES.items():
        administration.written[kind][party] = {"addresses": [{"address_type": "postal", "name": party_name}]}
    return administration


def _accounts(world: World) -> Iterable[LedgerAccount]:
    for number, description in (FIXED_ASSETS | BALANCE_ACCOUNTS).items():
        yield LedgerAccount(number=number, description=description, is_balance=True)
    for account in world.ledger_accounts:
        is_balance = account.kind is AccountKind.BALANCE
        yield LedgerAccount(
            number=int(account.number),
            description=account.name,
            is_balance=is_balance,
            cost_type=None if is_balance else WAGES.number,
        )
    yield LedgerAccount(number=VAT_ACCOUNT, description="Kantoorkosten", is_balance=False, vat=11)
    yield LedgerAccount(
        number=BLOCKED_ACCOUNT, description="Diverse kosten (oud)", is_balance=False, blocked="Vervallen per 2024"
    )
    yield LedgerAccount(number=8000, description="Omzet", is_balance=False, vat=1)
    yield LedgerAccount(number=8100, description="Omzet vrijgesteld (zorg)", is_balance=False)
    for number, (kind, name) in PARTIES.items():
        yield LedgerAccount(number=number, description=name, is_balance=True, kind=kind, collective=COLLECTIVE[kind])
