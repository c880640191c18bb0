"""What a company keeps: its settings, its payroll runs, and what it owes for them."""

from typing import Final

from tap_nmbrs.soap.envelope import Service
from tap_nmbrs.soap.operations.row import Asked, Shape, twin
from tap_nmbrs.soap.values import Field, flag, identifier, label, moment, number, whole

__all__ = ["COMPANY_OPERATIONS", "GENDERS"]

_COMPANY: Final = {"CompanyId": "company_id"}
_OF_PERIOD: Final = {"CompanyId": "company_id", "Period": "period", "Year": "year"}
_OF_YEAR: Final = {"CompanyId": "company_id", "intYear": "year"}
_NO_MODEL: Final = "-"
GENDERS: Final = label({"undefined": "unspecified"})
_SCHEDULES: Final = label({"FulltimeScheduleOne": "1", "FulltimeScheduleTwo": "2"})
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

COMPANY_OPERATIONS: Final = (
    twin(
        "company_periods",
        service=Service.COMPANY,
        method="Company_GetCurrentPeriod",
        arguments=_COMPANY,
        fields=(),  # a text
    ),
    twin(
        "company_addresses",
        service=Service.COMPANY,
        method="Address_GetCurrent",
        arguments=_COMPANY,
        shape=Shape.OBJECT,
        fields=(
            Field("Id", "addressId", identifier),
            Field("Default", "isDefault", flag),
            Field("Street", "street"),
            Field("HouseNumber", "houseNumber"),
            Field("HouseNumberAddition", "houseNumberAddition"),
            Field("PostalCode", "postalCode"),
            Field("City", "city"),
            Field("StateProvince", "stateProvince"),
            Field("CountryISOCode", "countryISOCode"),
        ),
    ),
    twin(
        "company_contact_persons",
        service=Service.COMPANY,
        method="ContactPerson_Get",
        arguments=_COMPANY,
        shape=Shape.OBJECT,
        fields=(
            Field("Email", "email"),
            Field("Name", "name"),
            Field("Gender", "gender", GENDERS),
            Field("Department", "department.description"),
            Field("Function", "function.description"),
            Field("Phone", "phoneNumber"),
            Field("MobilePhone", "mobilePhoneNumber"),
        ),
    ),
    twin(
        "cost_centers",
        service=Service.COMPANY,
        method="CostCenter_GetList",
        arguments=_COMPANY,
        fields=(
            Field("Id", "costCenterId", identifier),
            Field("Code", "code"),
            Field("Description", "description"),
        ),
    ),
    twin(
        "cost_units",
        service=Service.COMPANY,
        method="CostUnit_GetList",
        arguments=_COMPANY,
        fields=(Field("Id", "costUnitId", identifier), Field("Code", "code"), Field("Description", "description")),
    ),
    twin(
        "hour_codes",
        service=Service.COMPANY,
        method="HourModel2_GetHourCodes",
        arguments=_COMPANY,
        fields=(Field("Code", "code", whole), Field("Description", "description")),
    ),
    twin(
        "wage_codes",
        service=Service.COMPANY,
        method="WageModel2_GetWageCodes",
        arguments=_COMPANY,
        fields=(
            Field("", "id", lambda _: _NO_MODEL),  # the model has neither id nor name here
            Field("Code", "code", whole),
            Field("Description", "description"),
        ),
    ),
    twin(
        "company_schedules",
        service=Service.COMPANY,
        method="Schedule_GetCurrent",
        arguments=_COMPANY,
        fields=(
            Field("@", "scheduleNumber", _SCHEDULES),
            Field("ScheduleCalcMethod", "scheduleCalcMethod.calcMethodDescription"),
            *(Field(f"Hours{day}{week}", f"hours.{day.lower()}{week}", number) for week in ("", "2") for day in _DAYS),
        ),
    ),
    twin(
        "salary_tables",
        service=Service.COMPANY,
        method="SalaryTable2_Get",
        arguments=_OF_PERIOD,
        shape=Shape.OBJECT,
        asked=Asked.CURRENT,
        fields=(
            Field("GuidSalaryTable", "salaryTableId", identifier),
            Field("Code", "tableCode", whole),
            Field("Description", "tableName"),
        ),
    ),
    twin(
        "company_fixed_wage_components",
        service=Service.COMPANY,
        method="WageComponentFixed_Get",
        arguments=_OF_PERIOD,
        fields=(
            Field("Id", "fixedWageComponentId", identifier),
            Field("Code", "code", whole),
            Field("Value", "value", number),
        ),
    ),
    twin(
        "company_variable_wage_components",
        service=Service.COMPANY,
        method="WageComponentVar_Get",
        arguments=_OF_PERIOD,
        asked=Asked.EACH_OF_YEAR,
        fields=(
            Field("Id", "variableWageComponentId", identifier),
            Field("Code", "code", whole),
            Field("Value", "value", number),
        ),
    ),
    twin(
        "work_costs",
        service=Service.COMPANY,
        method="WorkCost_GetList",
        arguments={"CompanyId": "company_id", "Year": "year"},
        fields=(
            Field("Year", "period.year", whole),
            Field("Period", "period.period", whole),
            Field("WorkCostPayroll", "workCostPayroll", number),
            Field("WorkCostFinancial", "workCostFinancial", number),
            Field("FiscalWage", "fiscalWage", number),
            Field("WorkCostAvailableSpace", "workCostAvailable", number),
            Field("WorkCostBase", "workCostBase", number),
            Field("WorkCostToPay", "workCostToPay", number),
            Field("WorkCostEstimated", "workCostEstimated", number),
            Field("WorkCostPaid", "workCostPaid", number),
        ),
    ),
    twin(
        "wage_taxes",
        service=Service.COMPANY,
        method="WageTax_GetList",
        arguments=_OF_YEAR,
        fields=(
            Field("LoonaangifteID", "wageTaxId", identifier),
            Field("SerialNumber", "serialNumber", whole),
            Field("TotalGeneral", "totalGeneral", number),
            Field("PaymentReference", "paymentReference"),
            Field("Period", "period", whole),
            Field("Year", "year", whole),
            Field("Status", "status"),
            Field("SentAt", "sentAt", moment),
            Field("TijdvakStart", "periodStart", moment),
            Field("TijdvakEnd", "periodEnd", moment),
            Field("CorrectionTijdvakStart", "correctionPeriodStart", moment),
            Field("CorrectionTijdvakEnd", "correctionPeriodEnd", moment),
        ),
    ),
    twin(
        "pension_exports",
        service=Service.COMPANY,
        method="PensionExport_GetList",
        arguments=_OF_YEAR,
        fields=(
            Field("PensionExportID", "pensionExportId", identifier),
            Field("SerialNumber", "serialNumber", whole),
            Field("Period", "period", whole),
            Field("Year", "year", whole),
            Field("Status", "status"),
            Field("SentAt", "sentAt", moment),
            Field("CorrectionTijdvakStart", "correctionStartDate", moment),
            Field("CorrectionTijdvakEnd", "correctionEndDate", moment),
        ),
    ),
    twin(
        "default_templates",
        service=Service.COMPANY,
        method="DefaultEmployeeTemplates_GetByCompany",
        arguments=_COMPANY,
        fields=(
            Field("DefaultEmployeeTemplateId", "defaultEmployeeTemplateId", identifier),
            Field("Description", "description"),
        ),
    ),
    twin(
        "payroll_runs",
        service=Service.COMPANY,
        method="Run_GetList",
        arguments={"CompanyId": "company_id", "Year": "year"},
        fields=(
            Field("ID", "payrollRunId", identifier),
            Field("Number", "number", whole),
            Field("Description", "description"),
            Field("Year", "year", whole),
            Field("PeriodStart", "periodStart", whole),
            Field("PeriodEnd", "periodEnd", whole),
            Field("RunAt", "createdAt", moment),
            Field("IsLocked", "locked", flag),
        ),
    ),
    twin(
        "payroll_run_employees",
        service=Service.COMPANY,
        method="Run_GetEmployeesByRunCompany",
        arguments={"CompanyId": "company_id", "RunId": "payroll_run_id", "Year": "year"},
        fields=(Field("EmployeeId", "employeeId", identifier), Field("EmployeeNumber", "employeeNumber", whole)),
    ),
)
