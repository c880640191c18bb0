"""Who works for a company: one call per company gives all employees with their history."""

from typing import Final

from tap_nmbrs.soap.envelope import Service
from tap_nmbrs.soap.operations.company import GENDERS
from tap_nmbrs.soap.operations.row import Shape, twin
from tap_nmbrs.soap.values import Field, code, created, flag, identifier, key, label, moment, number, whole

__all__ = ["EMPLOYEE_OPERATIONS"]

_COMPANY: Final = {"CompanyID": "company_id"}
_START: Final = (Field("StartYear", "period.year", whole), Field("StartPeriod", "period.period", whole))
_CREATED: Final = Field("CreationDate", "createdAt", moment)
_CREATED_KEY: Final = Field("CreationDate", "createdAt", created)
_ADDRESS_TYPES: Final = label(
    {
        name: name[0].lower() + name[1:]
        for name in ("HomeAddress", "PostAddress", "AbsenceAddress", "HolidaysAddress", "WeekendAddress")
    }
)
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

EMPLOYEE_OPERATIONS: Final = (
    twin(
        "employees",  # once for each employee type
        service=Service.EMPLOYEE,
        method="List_GetByCompany",
        arguments={"CompanyId": "company_id", "EmployeeType": "employeeType"},
        fields=(
            Field("Id", "employeeId", identifier),
            Field("Number", "employeeNumber", whole),
            Field("DisplayName", "soap.displayName"),
        ),
    ),
    twin(
        "employee_personal_info",
        service=Service.EMPLOYEE,
        method="PersonalInfoWithoutBSN_Get_GetAllEmployeesByCompany",
        arguments=_COMPANY,
        shape=Shape.EMPLOYEES,
        fields=(
            Field("Id", "personalInfoId", identifier),
            Field("EmployeeNumber", "basicInfo.employeeNumber", whole),
            Field("FirstName", "basicInfo.firstName"),
            Field("Prefix", "basicInfo.prefix"),
            Field("Initials", "basicInfo.initials"),
            Field("LastName", "basicInfo.lastName"),
            Field("Nickname", "soap.nickname"),
            Field("PlaceOfBirth", "soap.placeOfBirth"),
            Field("BurgerlijkeStaat", "soap.maritalStatusNumber", whole),
            Field("NationalityCode", "soap.nationalityNumber", whole),
            Field("IdentificationNumber", "soap.identificationNumber"),
            Field("Birthday", "birthInfo.birthDate", moment),
            Field("CountryOfBirthISOCode", "birthInfo.birthCountry.codeISO"),
            Field("DeceasedDate", "birthInfo.deceasedOn", moment),
            Field("Gender", "birthInfo.gender", GENDERS),
            Field("EmailPrivate", "contactInfo.privateEmail"),
            Field("EmailWork", "contactInfo.businessEmail"),
            Field("TelephoneWork", "contactInfo.businessPhone"),
            Field("TelephoneMobileWork", "contactInfo.businessMobilePhone"),
            Field("TelephonePrivate", "contactInfo.privatePhone"),
            Field("TelephoneMobilePrivate", "contactInfo.privateMobilePhone"),
            Field("TelephoneOther", "contactInfo.otherPhone"),
            Field("PartnerPrefix", "partnerInfo.partnerPrefix"),
            Field("PartnerLastName", "partnerInfo.partnerName"),
            Field("Naamstelling", "partnerInfo.ascription.code", whole),
            Field("InCaseOfEmergency", "emergencyInfo.emergencyContact"),
            Field("InCaseOfEmergencyPhone", "emergencyInfo.emergencyPhone"),
            Field("InCaseOfEmergencyRelation", "emergencyInfo.emergencyRelationship"),
            *_START,
            _CREATED,
        ),
    ),
    twin(
        "employee_private_info",
        service=Service.EMPLOYEE,
        method="PersonalInfo_GetAll_AllEmployeesByCompany",
        arguments=_COMPANY,
        shape=Shape.EMPLOYEES,
        fields=(Field("BSN", "BSN"), _CREATED_KEY),
    ),
    twin(
        "employee_addresses",
        service=Service.EMPLOYEE,
        method="Address_GetAll_AllEmployeesByCompany",
        arguments=_COMPANY,
        shape=Shape.EMPLOYEES,
        fields=(
            Field("Id", "addressId", identifier),
            Field("Type", "type", _ADDRESS_TYPES),
            Field("Street", "street"),
            Field("HouseNumber", "houseNumber"),
            Field("HouseNumberAddition", "houseNumberAddition"),
            Field("PostalCode", "postalCode"),
            Field("City", "city"),
            Field("StateProvince", "stateProvince"),
            Field("CountryISOCode", "countryISOCode"),
            *_START,
            _CREATED,
        ),
    ),
    twin(
        "employee_departments",
        service=Service.EMPLOYEE,
        method="Department_GetAll_AllEmployeesByCompany",
        arguments=_COMPANY,
        shape=Shape.EMPLOYEES,
        fields=(
            Field("Id", "departmentId", key),
            Field("Code", "code", code),
            Field("Description", "description"),
            *_START,
            _CREATED_KEY,
        ),
    ),
    twin(
        "employee_functions",
        service=Service.EMPLOYEE,
        method="Function_GetAll_AllEmployeesByCompany_V2",
        arguments=_COMPANY,
        shape=Shape.EMPLOYEES,
        fields=(
            Field("Function/Id", "functionId", key),
            Field("Function/Code", "code", code),
            Field("Function/Description", "description"),
            *_START,
            _CREATED_KEY,
        ),
    ),
    twin(
        "children",
        service=Service.EMPLOYEE,
        method="Children_GetAll_Employeesbycompany",
        arguments={"CompanyId": "company_id"},
        shape=Shape.EMPLOYEES,
        fields=(
            Field("Name", "name"),
            Field("FirstName", "firstName"),
            Field("Initials", "initials"),
            Field("Gender", "gender", GENDERS),
            Field("Birthday", "birthday", moment),
        ),
    ),
    twin(
        "employments",
        service=Service.EMPLOYEE,
        method="Employment_GetAll_AllEmployeesByCompany",
        arguments=_COMPANY,
        shape=Shape.EMPLOYEES,
        fields=(
            Field("EmploymentId", "employmentId", identifier),
            Field("CreationDate", "creationDate", moment),
            Field("StartDate", "startDate", moment),
            Field("EndDate", "endDate", moment),
            Field("InitialStartDate", "seniorityDate", moment),  # inferred: the first of all starts
        ),
    ),
    twin(
        "contracts",
        service=Service.EMPLOYEE,
        method="Contract_GetAll_AllEmployeesByCompany",
        arguments=_COMPANY,
        shape=Shape.EMPLOYEES,
        fields=(
            Field("ContractID", "contractId", identifier),
            Field("StartDate", "startDate", moment),
            Field("TrialPeriod", "trialPeriod", moment),
            Field("EndDate", "endDate", moment),
            Field("Indefinite", "indefinite", flag),
            Field("WrittenContract", "writtenContract", flag),
            Field("HoursPerWeek", "hoursPerWeek", number),
            Field("EmployementType", "soap.employmentType", whole),
            Field("PhaseClassification", "soap.phaseClassification"),
            Field("EmploymentSequenceTaxId", "soap.taxSequenceNumber", whole),
            _CREATED_KEY,
        ),
    ),
    twin(
        "schedules",
        service=Service.EMPLOYEE,
        method="Schedule_GetAll_AllEmployeesByCompany",
        arguments=_COMPANY,
        shape=Shape.EMPLOYEES,
        fields=(
            Field("Id", "scheduleId", identifier),
            Field("StartDate", "startDate", moment),
            Field("ParttimePercentage", "parttimePercentage", number),
            *(Field(f"Hours{day}", f"week1.hours{day}", number) for day in _DAYS),
            *(Field(f"Hours{day}2", f"week2.hours{day}", number) for day in _DAYS),
            _CREATED,
        ),
    ),
    twin(
        "absence_registrations",
        service=Service.EMPLOYEE,
        method="Absence_GetAll_AllEmployeesByCompany",
        arguments={"CompanyId": "company_id"},
        fields=(
            Field("EmployeeId", "employeeId", identifier),
            Field("Dossiernr", "absenceDossierId", identifier),
            Field("AbsenceId", "absenceId", identifier),
            Field("Percentage", "percentage", whole),
            Field("Start", "startDate", moment),
            Field("RegistrationStartDate", "registrationStartDate", moment),
            Field("End", "endDate", moment),
            Field("RegistrationEndDate", "registrationEndDate", moment),
            Field("Comment", "remark"),
            Field("Dossier", "soap.dossier"),
        ),
    ),
)
