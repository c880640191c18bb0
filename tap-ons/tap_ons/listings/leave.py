"""Leave accounts and balances, agreements, and what else there is one by one of employees and users."""

from typing import Final

from tap_ons.listing import TODAY, Kind, Listing, Parent, Variants, Window
from tap_ons.listings.terms import ADMINISTRATION, EMPLOYEE, EMPLOYEE_OBJECT, EMPLOYEE_STAMPED, PERIOD

__all__ = ["LISTINGS"]

LISTINGS: Final = (
    Listing(
        stream="account_entries",
        path=f"{ADMINISTRATION}/account_entries/by_employee_in_period/{{employee_id}}",
        model="payroll.AccountEntry",
        parent=EMPLOYEE,
        window=PERIOD,
    ),
    Listing(
        stream="work_hours_balances",
        path=f"{ADMINISTRATION}/work_hours_balances/by_employee/{{employee_object_id}}",
        model="payroll.WorkHoursBalance",
        primary_keys=("employee_id", "account_type_id", "date"),
        parent=EMPLOYEE_OBJECT,
    ),
    Listing(
        stream="work_hours_balances_at_month_end",
        path=f"{ADMINISTRATION}/work_hours_balances/by_employee_at_date/{{employee_object_id}}",
        model="payroll.WorkHoursBalance",
        primary_keys=("employee_id", "account_type_id", "date"),
        parent=EMPLOYEE_OBJECT,
        window=Window(begins="date", ends=None, kind=Kind.MONTH_END),
        selected=False,
    ),
    Listing(
        stream="account_type_expirations",
        path=f"{ADMINISTRATION}/account_type_expire_statistics/by_employee_at_date/{{employee_id}}",
        model="payroll.AccountTypeExpireStatistic",
        primary_keys=("employee_id", "sub_type", "account_type_id", "expiration_date", "year"),  # inferred
        parent=EMPLOYEE_STAMPED,
        variants=Variants(parameter="subtype", values=(0, 1, 2), column="sub_type"),
        parameters={"date": TODAY},
        selected=False,
    ),
    Listing(
        stream="collective_agreement_assignments",
        path=f"{ADMINISTRATION}/collective_agreement_assignments/by_employee_id/{{employee_id}}",
        model="payroll.CollectiveAgreementAssignment",
        parent=EMPLOYEE,
    ),
    Listing(
        stream="employee_weeksheet_profiles",
        path=f"{ADMINISTRATION}/employees/{{employee_id}}/weeksheet_profile",
        model="WeeksheetProfile",
        primary_keys=("employee_id",),
        parent=EMPLOYEE_STAMPED,
        single=True,
        selected=False,
    ),
    Listing(
        stream="employee_bank_accounts",
        path=f"{ADMINISTRATION}/employees/{{employee_id}}/bank_account",
        model="BankAccount",
        primary_keys=("employee_id",),
        parent=EMPLOYEE_STAMPED,
        single=True,
        selected=False,
    ),
    Listing(
        stream="user_statuses",
        path=f"{ADMINISTRATION}/users/{{user_id}}/status",
        model="UserStatus",
        primary_keys=("user_id",),
        parent=Parent(stream="users", parameter="user_id", column="user_id"),
        single=True,
        selected=False,
    ),
)
