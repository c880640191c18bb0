"""What rows of several areas have in common: applications, whose list it is, windows of time."""

from datetime import timedelta
from typing import Final

from tap_ons.listing import End, Ids, Parent, Window

__all__ = [
    "ADMINISTRATION",
    "CLIENT",
    "CLIENT_STAMPED",
    "EMPLOYEE",
    "EMPLOYEES",
    "EMPLOYEE_OBJECT",
    "EMPLOYEE_STAMPED",
    "EMPLOYEE_VERIFIED",
    "FINANCE",
    "PERIOD",
    "PLANNED",
    "PLANNING",
    "UNIT",
]

ADMINISTRATION: Final = "/v0/administration"
FINANCE: Final = "/v0/administration/finance"
PLANNING: Final = "/v0/plannen_roosteren"

EMPLOYEE: Final = Parent(stream="employees", parameter="employee_id")
EMPLOYEE_VERIFIED: Final = Parent(stream="employees", parameter="employee_id", verified_until="verifiedUntilDate")
EMPLOYEE_STAMPED: Final = Parent(stream="employees", parameter="employee_id", column="employee_id")
EMPLOYEE_OBJECT: Final = Parent(stream="employees", parameter="employee_object_id")
CLIENT: Final = Parent(stream="clients", parameter="client_id")
CLIENT_STAMPED: Final = Parent(stream="clients", parameter="client_id", column="client_id")
UNIT: Final = Parent(stream="units", parameter="unit_id", column="unit_id")
EMPLOYEES: Final = Ids(stream="employees")

PERIOD: Final = Window()
"""Days from and to; whether the last one belongs to it is not published."""
PLANNED: Final = Window(begins="from", ends="to", end=End.EXCLUSIVE, at_most=timedelta(days=7), ahead=True)
