"""Debtors and users in Nmbrs' JSON: names, types and case of the vendor's OpenAPI."""

from datetime import UTC, datetime
from uuid import uuid5

from provider_simulators.nmbrs.paging import Row
from provider_simulators.nmbrs.records.organisation import (
    department_value,
    manager_basics,
    managers_of,
    user_account,
)
from provider_simulators.world import Debtor


def debtor(each: Debtor) -> Row:
    """Schema Debtor."""
    return {"debtorId": str(each.id), "number": each.number, "name": each.name}


def debtor_info(each: Debtor) -> Row:
    """Schemas Debtor and DebtorAddress."""
    address = {
        "addressId": uuid5(each.id, "address"),
        "isDefault": True,
        "type": "debtorAddress",
        "street": "Façadeplein",
        "houseNumber": "7",
        "houseNumberAddition": None,
        "postalCode": "1234 AB",
        "city": "Oosterschild",
        "stateProvince": None,
        "countryISOCode": "NL",
        "period": {"year": 2023, "period": 1},
        "createdAt": datetime(2023, 1, 4, 10, tzinfo=UTC),
    }
    return {"debtor": debtor(each), "address": address}


def departments(each: Debtor) -> list[Row]:
    """Schema DepartmentWithManagers; the last department has no manager."""
    managers = [manager_basics(manager) for manager in managers_of(each.id)][: len(each.departments) - 1]
    return [
        {
            **department_value(department),
            "createdAt": department.created_at,
            "managers": managers[index : index + 1],
        }
        for index, department in enumerate(each.departments)
    ]


def manager_accounts(each: Debtor) -> list[Row]:
    """A manager with their login; one never got one."""
    *with_login, without = managers_of(each.id)
    rows: list[Row] = []
    for manager in with_login:
        manager_id, name = manager["managerId"], f"{manager['firstName']} {manager['lastName']}"
        rows.append({"managerId": manager_id, "userAccount": user_account(manager_id, each.id, name, "manager")})
    return [*rows, {"managerId": without["managerId"]}]


def user(each: Debtor) -> Row:
    """Who consented."""
    return {
        "name": "Sanne Eikenrode",
        "email": "sanne@kantoor.example",
        "language": "nl-NL",
        "debtorId": each.id,
        "userId": uuid5(each.id, "user"),
    }


def subscription(each: Debtor, name: str) -> Row:
    """A subscription of the user to a product beside payroll."""
    return {
        "userId": uuid5(each.id, "user"),
        "status": "subscribed" if name == "hire" else "unsubscribed",
        "pricingTier": {"title": "Starter", "description": "", "maxItemsForTier": 50, "isRecommended": False},
        "itemName": name,
    }
