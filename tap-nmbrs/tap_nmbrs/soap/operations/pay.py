"""What employees earn and what is withheld; hours and wage components are asked for employee by employee."""

from typing import Final

from tap_nmbrs.operation import Parent
from tap_nmbrs.soap.envelope import Service
from tap_nmbrs.soap.operations.row import Asked, Shape, twin
from tap_nmbrs.soap.values import Field, code, created, flag, identifier, label, moment, number, whole

__all__ = ["PAY_OPERATIONS"]

_COMPANY: Final = {"CompanyID": "company_id"}
_OF_PERIOD: Final = {"CompanyId": "company_id", "Period": "period", "Year": "year"}
_OF_EMPLOYEE: Final = {"EmployeeId": "employee_id", "Period": "period", "Year": "year"}
_EACH_EMPLOYEE: Final = Parent(stream="employees", key="employee_id")
_START: Final = (Field("StartYear", "period.year", whole), Field("StartPeriod", "period.period", whole))
_SALARY_TYPES: Final = (
    "none",
    "grossFulltimeSalary",
    "grossParttimeSalary",
    "grossHourlyWage",
    "netParttimeSalaryInclWageComp",
    "netParttimeSalaryExclWageComp",
    "netHourlyWageExclWageComp",
    "employerCosts",
    "netHourlyWageInclWageComp",
)
"""In the order of the vendor's WSDL; that the numbers of bulk answers count them is inferred."""
_BANK_ACCOUNT_TYPES: Final = label(
    {
        "Standaard": "standard",
        "Spaarloon": "salarySavings",
        "Levensloop": "lifecycleSavingSchemes",
        **{f"Bankrekening{number}": f"bankAccount{number}" for number in range(1, 6)},
    }
)

PAY_OPERATIONS: Final = (
    twin(
        "employee_bank_accounts",
        service=Service.EMPLOYEE,
        method="BankAccount_GetListCurrent",
        arguments={"EmployeeId": "employee_id"},
        parent=_EACH_EMPLOYEE,
        fields=(
            Field("Id", "bankAccountId", identifier),
            Field("Number", "number"),
            Field("Description", "description"),
            Field("IBAN", "IBAN"),
            Field("City", "city"),
            Field("Name", "name"),
            Field("Type", "bankAccountType", _BANK_ACCOUNT_TYPES),
        ),
    ),
    twin(
        "salaries",
        service=Service.EMPLOYEE,
        method="Salary_GetAll_AllEmployeesByCompany",
        arguments=_COMPANY,
        shape=Shape.EMPLOYEES,
        fields=(
            Field("ID", "salaryId", identifier),
            Field("Type", "type", label({str(index): name for index, name in enumerate(_SALARY_TYPES)})),
            Field("Type", "soap.salaryTypeNumber", whole),
            Field("Value", "value", number),
            Field("StartDate", "startDate", moment),
            Field("SalaryTable/Code", "salaryTable.tableCode", code),
            Field("SalaryTable/Description", "salaryTable.tableName"),
            Field("SalaryTable/Schaal/Scale", "salaryTable.scale.scaleCode"),
            Field("SalaryTable/Schaal/SchaalDescription", "salaryTable.scale.scaleDescription"),
            Field("SalaryTable/Trede/Step", "salaryTable.step.stepCode"),
            Field("SalaryTable/Trede/StepDescription", "salaryTable.step.stepDescription"),
            Field("CreationDate", "createdAt", moment),
        ),
    ),
    twin(
        "employee_cost_centers",
        service=Service.EMPLOYEE,
        method="CostCenter_GetAllEmployeesByCompany",
        arguments=_OF_PERIOD,
        shape=Shape.EMPLOYEES,
        asked=Asked.CURRENT,
        fields=(
            Field("Id", "employeeCostCenterId", identifier),
            Field("CostCenter/Id", "costCenters.costCenterId", identifier),
            Field("CostCenter/Code", "costCenters.code"),
            Field("CostCenter/Description", "costCenters.description"),
            Field("Kostensoort/Code", "costUnits.code"),
            Field("Kostensoort/Description", "costUnits.description"),
            Field("Percentage", "percentage", number),
            Field("Default", "default", flag),
        ),
    ),
    twin(
        "employee_svw_settings",
        service=Service.EMPLOYEE,
        method="SVW_GetAll_AllEmployeesByCompany",
        arguments=_COMPANY,
        shape=Shape.EMPLOYEES,
        fields=(
            Field("Zw|ZW", "ZW", flag),
            Field("Ww|WW", "WW", flag),
            Field("Wao_Wia|WAO_WIA", "waoWia", flag),
            Field("EmploymentType", "natureOfEmployment"),
            Field("PhaseClassification", "phaseClassification"),
            Field("EmploymentSequenceTaxId", "taxSequenceNumber", whole),
            Field("CodeZvw|ZVW", "codeZvw"),
            Field("IncomeRelatedContributionZvw|ZVWContribution", "incomeRelatedContributionZvw"),
            Field("InfluenceObligedInsuranced|InfluenceInsurance", "influenceObligedInsurance"),
            Field(
                "WageCostBenefit/WageCostBenefitCode|PremiumReduction/PremiumReductionCode",
                "wageCostBenefit.code",
                code,
            ),
            Field("WageCostBenefit/EndPeriod|PremiumReduction/EndPeriod", "wageCostBenefit.endPeriod", whole),
            Field("WageCostBenefit/EndYear|PremiumReduction/EndYear", "wageCostBenefit.endYear", whole),
            Field("CAO/CAOCode|CLA/CLACode", "CAO.code", whole),
            Field("CAO/CAODescription|CLA/CLADescription", "CAO.CAODescription"),
            *_START,
            Field("CreateDate|CreationDate", "createdAt", created),
        ),
    ),
    twin(
        "lease_cars",
        service=Service.EMPLOYEE,
        method="LeaseCar2_GetAll_EmployeesByCompany",
        arguments=_OF_PERIOD,
        shape=Shape.EMPLOYEES,
        asked=Asked.CURRENT_UNTOLD,
        fields=(
            Field("Id", "id", identifier),
            Field("Brand", "brand"),
            Field("Model", "model"),
            Field("AdditionPercentage", "soap.additionPercentage"),
            Field("ContractLeaseCompany", "contractLeaseCompany"),
            Field("ContractNumber", "contractNumber"),
            Field("ContractDuration", "contractDuration", whole),
            Field("LeasingPriceMonth", "leasingPriceMonth", number),
            Field("MaxMileage", "maxMileage", whole),
            Field("PriceMoreMileage", "priceMoreMileage", number),
            Field("PriceLessMileage", "priceLessMileage", number),
            Field("FirstResgistrationDate", "firstRegistrationDate", moment),
            Field("CO2Emissions", "co2Emissions", whole),
            Field("LicensePlate", "licensePlate"),
            Field("CatalogValue", "catalogValue", number),
            Field("StartDate", "startDate", moment),
            Field("EndDate", "endDate", moment),
            Field("ReasonNoContribution", "reasonNoContribution.reasonNumber", whole),
            Field("ContributionPrivatePercentage", "contributionPrivatePercentage.contributionNumber", whole),
            Field("ContributionPrivateUse", "contributionPrivateUse", number),
            Field("ContributionNotDeductible", "contributionNotDeductible", number),
        ),
    ),
    *(
        twin(
            f"{kind}_wage_components",
            service=Service.EMPLOYEE,
            method=method,
            arguments=_OF_EMPLOYEE,
            parent=_EACH_EMPLOYEE,
            fields=(
                Field("Id", f"{kind}WageComponentId", identifier),
                Field("Code", "code", whole),
                Field("Value", "value", number),
            ),
        )
        for kind, method in (("fixed", "WageComponentFixed_Get"), ("variable", "WageComponentVar_Get"))
    ),
    *(
        twin(
            stream,
            service=Service.EMPLOYEE,
            method=method,
            arguments=_OF_EMPLOYEE,
            fields=(
                Field("Id", "hourComponentId", identifier),
                Field("HourCode", "hourCode", whole),
                Field("Hours", "hours", number),
            ),
        )
        for stream, method in (("fixed_hours", "HourComponentFixed_Get"), ("variable_hours", "HourComponentVar_Get"))
    ),
    *(
        twin(
            stream,
            service=Service.EMPLOYEE,
            method=method,
            arguments=_OF_EMPLOYEE,
            shape=Shape.TEXT,
            fields=(Field("", "days", number),),
        )
        for stream, method in (("fixed_days", "DaysFixed_Get"), ("variable_days", "DaysVarWorked_Get"))
    ),
)
