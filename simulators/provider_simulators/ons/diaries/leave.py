"""Leave: what is booked on people's accounts, in minutes, and what stands on them."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from provider_simulators.ons.drafting import Record
from provider_simulators.ons.moments import local, moment
from provider_simulators.ons.organisation import CareOrganisation
from provider_simulators.world import Employee

if TYPE_CHECKING:
    from provider_simulators.ons.diaries.diary import Diary

MINUTES_A_MONTH = 960
TAKEN_ON = 17
YEARS_BACK = 3


def account_entries_of(organisation: CareOrganisation, person: Employee, day: date) -> Iterator[Record]:
    """Leave comes on the first of a month, on each account, and is taken on a day in the middle."""
    if day > organisation.today:
        return
    for index, account in enumerate(organisation.facts("account_types")):
        if day.day == 1:
            yield _entry(organisation, person, day, account, int(MINUTES_A_MONTH * person.part_time) // (1 + index))
        elif day.day == TAKEN_ON and index == day.month % 2:
            yield _entry(organisation, person, day, account, -480)


def _entry(organisation: CareOrganisation, person: Employee, day: date, account: Record, minutes: int) -> Record:
    booked = moment(local(day, 6, 15))
    words = "Opbouw" if minutes > 0 else "Opgenomen verlof"
    return {
        "employeeId": organisation.employee_id(person),
        "date": day,
        "minutes": minutes,
        "reason": "accrual" if minutes > 0 else "leave",
        "comment": None if minutes > 0 else "Lang weekend 🏖",
        "accountTypeId": account["id"],
        "subType": account["subType"],
        "absolute": False,
        "correction": False,
        "verified": day <= organisation.verified_until,
        "createdAt": booked,
        "updatedAt": booked,
        "reasonAsText": words,
        "includedInStartingBalance": False,
    }


def balances(organisation: CareOrganisation, diary: "Diary", employee: int, day: date) -> Iterator[Record]:
    """What stands on a person's accounts at the end of a day."""
    entries = diary.between(employee, day - timedelta(days=366 * YEARS_BACK), day + timedelta(days=1))
    for account in organisation.ids("account_types"):
        booked = [entry for entry in entries if entry["accountTypeId"] == account]
        yield {
            "employeeId": employee,
            "accountTypeId": account,
            "unverifiedBalance": sum(entry["minutes"] for entry in booked),
            "verifiedBalance": sum(entry["minutes"] for entry in booked if entry["verified"]),
            "date": day,
            "verifiedUntil": organisation.verified_until,
        }


def expirations(
    organisation: CareOrganisation, diary: "Diary", employee: int, day: date, sub_type: str
) -> Iterator[Record]:
    """What expires of a kind of account, by the year that it comes from."""
    for account in organisation.facts("account_types"):
        if account["subType"] != sub_type or not account["expirationMonths"]:
            continue
        for year in (day.year - 1, day.year):
            entries = diary.between(employee, date(year, 1, 1), min(date(year + 1, 1, 1), day + timedelta(days=1)))
            yield {
                "accountTypeId": account["id"],
                "minutes": sum(entry["minutes"] for entry in entries if entry["accountTypeId"] == account["id"]),
                "expirationDate": date(year + account["expirationMonths"] // 12, 12, 31),
                "year": year,
                "description": account["name"],
            }
