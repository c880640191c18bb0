"""Expenses: kilometers, and a meal now and then."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from provider_simulators.ons.diaries.hours import works
from provider_simulators.ons.drafting import Record
from provider_simulators.ons.organisation import CareOrganisation
from provider_simulators.ons.tables.people import team_of
from provider_simulators.world import Employee

MEAL_EVERY = 4


def expenses_of(organisation: CareOrganisation, person: Employee, day: date) -> Iterator[Record]:
    """Every third day of work. The unit of the amount is that of the expense type."""
    turn = day.toordinal() + person.number
    if turn % 3 or day > organisation.today or not works(person, day):
        return
    travel, _, meal = organisation.ids("expense_types")
    distance = Decimal(turn % 40) + Decimal("2.5")
    deviation = Decimal("1.5") if turn % 5 == 0 else Decimal(0)
    base = {
        "expenseDate": day,
        "verifyDate": day if day <= organisation.verified_until else None,
        "employeeObjectId": organisation.employee_id(person),
        "sourceType": turn % 3,
        "departureLocation": "HOME" if turn % 2 else "OFFICE",
        "departureClusterObjectId": team_of(organisation, person),
    }
    yield base | {
        "expenseTypeObjectId": travel,
        "amount": distance + deviation,
        "calculatedAmount": distance,
        "deviation": deviation,
        "description": None,
        "expenseDistances": [
            {
                "id": turn,
                "description": "Grünewald → kantoor",
                "commute": False,
                "distance": distance,
                "originalDistance": None,
                "position": None,
            }
        ],
    }
    if turn % MEAL_EVERY == 0:
        yield base | {
            "expenseTypeObjectId": meal,
            "amount": Decimal(1),
            "calculatedAmount": Decimal(1),
            "deviation": Decimal(0),
            "description": "Maaltijd bij cliënt 🍲",
            "expenseDistances": [],
        }
