"""What a user sees, and what debtors keep for all their companies."""

from typing import Final

from tap_nmbrs.soap.envelope import Service
from tap_nmbrs.soap.operations.row import twin
from tap_nmbrs.soap.values import Field, identifier, whole

__all__ = ["ACCOUNT_OPERATIONS"]

_DEBTOR: Final = {"DebtorId": "debtor_id"}

ACCOUNT_OPERATIONS: Final = (
    twin(
        "debtors",
        service=Service.DEBTOR,
        method="List_GetAll",
        fields=(Field("Id", "debtorId", identifier), Field("Number", "number"), Field("Name", "name")),
    ),
    twin(
        "companies",  # List_GetAll does not tell the debtor
        service=Service.COMPANY,
        method="List_GetByDebtor",
        arguments=_DEBTOR,
        fields=(
            Field("ID", "companyId", identifier),
            Field("Number", "number"),
            Field("Name", "name"),
            Field("PhoneNumber", "soap.phoneNumber"),
            Field("FaxNumber", "soap.faxNumber"),
            Field("Email", "soap.email"),
            Field("Website", "soap.website"),
            Field("LoonaangifteTijdvak", "soap.declarationPeriod"),
            Field("KvkNr", "soap.kvkNumber"),
        ),
    ),
    twin(
        "departments",
        service=Service.DEBTOR,
        method="Department_GetList",
        arguments=_DEBTOR,
        fields=(
            Field("Id", "departmentId", identifier),
            Field("Code", "code", whole),
            Field("Description", "description"),
        ),
    ),
    twin(
        "functions",
        service=Service.DEBTOR,
        method="Function_GetList",
        arguments=_DEBTOR,
        fields=(
            Field("Id", "functionId", identifier),
            Field("Code", "code", whole),
            Field("Description", "description"),
        ),
    ),
    twin(
        "managers",
        service=Service.DEBTOR,
        method="Manager_GetList",
        arguments=_DEBTOR,
        fields=(
            Field("Number", "managerId", identifier),  # there is no other
            Field("Number", "number", whole),
            Field("FirstName", "firstName"),
            Field("Name", "lastName"),
            Field("Department", "department.description"),
            Field("Function", "function.description"),
            Field("PhoneNumber", "phoneNumber"),
            Field("Mobile", "cellphone"),
            Field("Fax", "fax"),
            Field("Email", "email"),
        ),
    ),
    twin(
        "debtor_tags",
        service=Service.DEBTOR,
        method="Tags_Get",
        arguments=_DEBTOR,
        fields=(Field("Number", "tagNumber"), Field("Tag", "description")),
    ),
)
