"""The 48 names of scopes, from two clients' documentation; which of them guards which path is mostly inferred."""

BOTH = (
    "accrual administration cost_center cost_type customer document import invoice item journal ledger_account mandate "
    "ocr ordering profitlossbalance region representative supplier transaction vatdeclaration webhook"
)
ALL = frozenset(
    {f"{resource}:{right}" for resource in BOTH.split() for right in ("read", "write")}
    | {f"{resource}:read" for resource in ("budget", "email", "payment_term", "report", "vat")}
    | {"connection:write"}
)

BOOKING = (
    "administration:read",
    "ledger_account:read",
    "journal:read",
    "vat:read",
    "payment_term:read",
    "cost_center:read",
    "cost_type:read",
    "transaction:read",
    "transaction:write",
    "report:read",
    "connection:write",
)
"""What booking payroll needs, with reports for control and the payroll links against booking twice."""
