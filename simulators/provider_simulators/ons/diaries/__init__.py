"""What people do day by day: made when it is asked for, the same every time, and open to change."""

from provider_simulators.ons.diaries.diary import Diary
from provider_simulators.ons.diaries.expenses import expenses_of
from provider_simulators.ons.diaries.hours import presence_logs_of
from provider_simulators.ons.diaries.leave import account_entries_of
from provider_simulators.ons.diaries.rosters import shift_assignments_of
from provider_simulators.ons.organisation import CareOrganisation

__all__ = ["Diary", "diaries_of"]


def diaries_of(organisation: CareOrganisation) -> dict[str, Diary]:
    """The diaries of a customer by name."""
    return {
        "presence_logs": Diary(
            organisation, "PresenceLog", "employeeObjectId", ("startDate", "date"), presence_logs_of
        ),
        "expenses": Diary(organisation, "expense.Expense", "employeeObjectId", ("expenseDate",), expenses_of),
        "account_entries": Diary(organisation, "payroll.AccountEntry", "employeeId", ("date",), account_entries_of),
        "shift_assignments": Diary(
            organisation, "moves.ShiftAssignment", "employeeId", ("date",), shift_assignments_of
        ),
    }
