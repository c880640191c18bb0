"""Nmbrs' scopes. Either the write scope or its `.read` twin satisfies a read where the operation names both."""

_WITH_TWIN = (
    "company.info", "employee.bankaccount", "employee.document", "employee.employment", "employee.info",
    "employee.leave", "employee.orgstructure", "employee.payment", "employee.payrollsettings",
)  # fmt: skip

ALL_SCOPES = frozenset({
    *_WITH_TWIN, *(f"{scope}.read" for scope in _WITH_TWIN), "company.document.read", "company.leave.read",
    "company.payrollsettings.read", "debtor.info.read", "document.read", "user.info.read", "offline_access",
})  # fmt: skip
"""The vendor's OpenAPI. `openid` and `profile` are not given to partner apps (seen in a working client)."""

CONNECTOR_SCOPES = tuple(
    sorted({"offline_access", "employee.info", *(scope for scope in ALL_SCOPES if scope.endswith(".read"))})
)
"""What the consent of the seeded refresh token covers: every read. Countries and templates want the right to write."""
