"""Lists that REST does not have."""

from typing import Final

from tap_nmbrs.operation import Window
from tap_nmbrs.soap.envelope import Service
from tap_nmbrs.soap.operations.company import GENDERS
from tap_nmbrs.soap.operations.row import Shape, SoapOperation
from tap_nmbrs.soap.values import Field, flag, identifier, moment, whole

__all__ = ["ONLY_OPERATIONS"]

_MODELS: Final = {
    "ScheduleModel": "scheduleModel",
    "WageModel": "wageModel",
    "HoursModel": "hoursModel",
    "LeaveModel": "leaveModel",
    "ReservationModel": "reservationModel",
    "SalaryTable": "salaryTable",
    "CAO": "CAO",
}

ONLY_OPERATIONS: Final = (
    SoapOperation(
        stream="labour_agreements",
        primary_keys=("company_id", "labour_agreement_id"),
        service=Service.COMPANY,
        method="LabourAgreements_GetCurrent",
        arguments={"CompanyId": "company_id"},
        fields=(
            Field("Id", "labourAgreementId", identifier),
            Field("Guid", "guid"),
            Field("Number", "number", whole),
            Field("Description", "description"),
            Field("Default", "default", flag),
            *(
                field
                for source, target in _MODELS.items()
                for field in (
                    Field(f"{source}/Code", f"{target}.code", whole),
                    Field(f"{source}/Description", f"{target}.description"),
                )
            ),
        ),
    ),
    SoapOperation(
        stream="run_requests",
        primary_keys=("company_id", "year", "period", "sequence"),
        window=Window.YEAR,
        service=Service.COMPANY,
        method="RunRequest_GetList",
        arguments={"CompanyId": "company_id", "Year": "year"},
        fields=(
            Field("Period", "period", whole),
            Field("Status", "status"),
            Field("HandledDate", "handledDate", moment),
        ),
    ),
    SoapOperation(
        stream="partners",
        primary_keys=("employee_id", "partner_id"),
        selected=False,
        service=Service.EMPLOYEE,
        method="Partner_GetAll_AllEmployeesByCompany",
        arguments={"CompanyId": "company_id"},
        fields=(
            Field("EmployeeId", "employeeId", identifier),
            Field("Partner/Id", "partnerId", identifier),
            Field("Partner/PartnerName", "partnerName"),
            Field("Partner/FirstName", "firstName"),
            Field("Partner/Initials", "initials"),
            Field("Partner/Gender", "gender", GENDERS),
            Field("Partner/Birthday", "birthday", moment),
            Field("Partner/StartDate", "startDate", moment),
            Field("Partner/Telephone", "telephone"),
            Field("Partner/Email", "email"),
        ),
    ),
    SoapOperation(
        stream="performance_reviews",
        primary_keys=("performance_review_id",),
        selected=False,
        service=Service.EMPLOYEE,
        method="PerformanceReview_GetAll_AllEmployeesByCompany",
        arguments={"CompanyID": "company_id"},
        shape=Shape.EMPLOYEES,
        fields=(
            Field("ID", "performanceReviewId", identifier),
            Field("ReviewDate", "reviewDate", moment),
            Field("NextReviewDate", "nextReviewDate", moment),
            Field("TypeID", "typeId", identifier),
            Field("Type", "type"),
            Field("AppraisalID", "appraisalId", identifier),
            Field("Appraisal", "appraisal", whole),
            Field("AppraisalName", "appraisalName"),
            Field("ManagerID", "managerId", identifier),
            Field("Manager", "manager"),
            Field("CaseManager", "caseManager"),
            Field("Note", "note"),
        ),
    ),
)
