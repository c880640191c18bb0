"""Employees, clients, teams and locations: lists, look-ups and searches of Administration."""

from datetime import timedelta

from provider_simulators.ons.drafting import Record
from provider_simulators.ons.endpoints.endpoint import (
    OPEN_PERIOD,
    PAGE,
    Answer,
    Ask,
    Endpoint,
    by_ids,
    one,
    table,
    those,
    those_within,
)
from provider_simulators.ons.moments import day_of, overlaps
from provider_simulators.ons.parameters import Parameter, date_time, day, needed, possible, several
from provider_simulators.ons.refusals import RefusedError
from provider_simulators.ons.resources import BY_NAME
from provider_simulators.ons.tables.people import BANK_ACCOUNT_IDS

ADMINISTRATION = "/v0/administration"
UNPAGED = 2_147_483_647
ABSENCE_TYPES = ("0", "1", "2")
CARE_BOUNDS = ("valid_from", "valid_to")
IDS = several(int, "id")
GIVEN_PERIOD = needed(day, "valid_from", "valid_to")


def _by_number(ask: Ask) -> Record:
    for employee in ask.store["employees"]:
        if employee["identificationNo"] == ask["identification_no"]:
            return employee
    raise RefusedError(404, "Resource not found")


def _in_team(ask: Ask) -> list[Record]:
    first, until = ask.window()
    members = {
        row["employeeObjectId"]
        for row in ask.store["team_assignments"]
        if row["teamObjectId"] == ask["team_id"]
        and overlaps(row["beginDate"], row["endDate"], first, until - timedelta(days=1))
    }
    return ask.page([row for row in ask.store["employees"] if row["id"] in members])


def _at_location(ask: Ask) -> list[Record]:
    ask.customer.known("locations", ask["location_id"])
    first, until = ask.window()
    there = {
        row["clientObjectId"]
        for row in ask.store["location_assignments"]
        if row["locationObjectId"] == ask["location_id"]
        and overlaps(row["beginDate"], row["endDate"], first, until - timedelta(days=1))
    }
    return ask.page([row for row in ask.store["clients"] if row["id"] in there])


def _found(name: str) -> Answer:
    """All, paged: the search itself is not simulated."""
    return lambda ask: ask.page(ask.store[name])


def _related(field: str, asked: str) -> Answer:
    def answer(ask: Ask) -> list[Record]:
        first, until = ask.window(inclusive=False)
        rows = [
            row
            for row in ask.store["client_employee_relations"]
            if row[field] == ask[asked] and overlaps(row["validFrom"], row["validTo"], first, until - timedelta(days=1))
        ]
        return ask.page(rows, limit=UNPAGED)

    return answer


def _client_absences(ask: Ask) -> list[Record]:
    """Both bounds are inclusive (vendor OpenAPI)."""
    if ask.values.get("type_id") not in (None, *ABSENCE_TYPES):
        raise RefusedError(400, "Unknown type", field="type_id")
    ask.customer.known("clients", ask["client_id"])
    first, until = ask.window(inclusive=True)
    return [
        row
        for row in ask.store["client_absences"]
        if row["clientId"] == ask["client_id"]
        and overlaps(row["beginDate"], row["endDate"], first, until - timedelta(days=1))
        and ask.values.get("type_id") in (None, "0")
    ]


def _bulk_assignments(ask: Ask) -> list[Record]:
    wanted = set(ask.employees(at_least=1))
    first, until = ask.window("begin_date", "end_date")
    return [
        row
        for row in ask.store["expertise_profile_assignments"]
        if row["employeeObjectId"] in wanted
        and overlaps(row["startTime"], row["endTime"], first, until - timedelta(days=1))
    ]


def _relations_of_clients(ask: Ask) -> list[Record]:
    return [row for row in ask.store["relations"] if row["clientObjectId"] in ask["ids"]]


def _documents(ask: Ask) -> list[Record]:
    first, until = ask.window("from", "to")
    rows = [row for row in ask.store["documents"] if row["clientObjectId"] == ask["client_id"]]
    return [row for row in rows if (added := day_of(row["createdAt"])) and first <= added < until]


def _main_location(ask: Ask) -> Record:
    at = ask["date"] or ask.today
    for row in ask.store["location_assignments"]:
        if (
            row["clientObjectId"] == ask["client_id"]
            and row["locationAssignmentType"] == "MAIN"
            and overlaps(row["beginDate"], row["endDate"], at, at)
        ):
            return row
    raise RefusedError(404, "Resource not found")


def _in_care(ask: Ask) -> set[int]:
    bounds = [day_of(ask[name]) or ask.today for name in CARE_BOUNDS]
    return {
        row["clientId"]
        for row in ask.store["care_allocations"]
        if overlaps(row["beginDate"], row["endDate"], bounds[0], bounds[1])
    }


def _counters(ask: Ask) -> Record:
    now, waiting = (
        _in_care(ask),
        {
            row["clientObjectId"]
            for row in ask.store["location_assignments"]
            if row["locationAssignmentType"] == "WAITING_LIST"
        },
    )
    everybody = {row["id"] for row in ask.store["clients"]}
    return {
        "noLongerInCareAmount": len(everybody - now),
        "activeInCareAmount": len(now - waiting),
        "inactiveInCareAmount": 0,
        "waitingForCareAmount": len(waiting & now),
        "activeNoLongerInCareAmount": 0,
    }


def _clients_in_care(ask: Ask) -> list[Record]:
    there = _in_care(ask)
    return [row for row in ask.store["clients"] if row["id"] in there]


def _groups(ask: Ask) -> list[Record]:
    at = ask["date"] or ask.today
    return [row for row in ask.store["groups"] if not row["expiresAfter"] or (day_of(row["expiresAfter"]) or at) >= at]


def _bank_account(ask: Ask) -> Record:
    return ask.customer.known("employee_bank_accounts", BANK_ACCOUNT_IDS + ask["employee_id"])


def _user_of(ask: Ask) -> Record:
    for row in ask.store["responsibilities"]:
        if row["employeeObjectId"] == ask["employee_id"]:
            return row
    raise RefusedError(404, "Resource not found")


def _user_named(ask: Ask) -> Record:
    for row in ask.store["responsibilities"]:
        if row["userName"] == ask["user_name"]:
            return row
    raise RefusedError(404, "Resource not found")


def _user_status(_ask: Ask) -> Record:
    kind = "CONTRACT_REQUIRED_USER_HAS_ACTIVE_CONTRACT"
    return {"userLoginAllowed": True, "loginDescription": "Mag inloggen", "type": kind}


def _plain(name: str, path: str, answer: Answer | None = None, query: tuple[Parameter, ...] = ()) -> Endpoint:
    return Endpoint(
        name=f"administration_{path.replace('/', '_')}",
        path=f"{ADMINISTRATION}/{path}",
        model=BY_NAME[name].model,
        list_key=BY_NAME[name].list_key,
        answer=answer or table(name),
        query=query,
    )


ENDPOINTS = (
    *(
        _plain(name, path)
        for name, path in (
            ("teams", "teams"),
            ("locations", "locations"),
            ("debtors", "debtors"),
            ("educations", "expertise_profiles"),
            ("expertise_groups", "expertise_groups"),
        )
    ),
    *(
        _plain(name, f"{path}/multiple", by_ids(name), query=IDS)
        for name, path in (
            ("employees", "employees"),
            ("clients", "clients"),
            ("teams", "teams"),
            ("locations", "locations"),
            ("educations", "expertise_profiles"),
            ("expertise_groups", "expertise_groups"),
            ("expertise_profile_assignments", "expertise_profile_assignments"),
        )
    ),
    _plain("employees", "employees/find", _found("employees"), query=PAGE),
    _plain("clients", "clients/find", _found("clients"), query=PAGE),
    _plain("employees", "employees/search_by_team", _in_team, query=needed(int, "team_id") + PAGE + OPEN_PERIOD),
    _plain(
        "clients", "clients/search_by_location", _at_location, query=needed(int, "location_id") + PAGE + OPEN_PERIOD
    ),
    _plain(
        "clients",
        "clients/in_care_in_period",
        _clients_in_care,
        query=possible(date_time, "valid_from", "valid_to"),
    ),
    Endpoint(
        name="client_ids_in_care",
        path=f"{ADMINISTRATION}/clients/ids_in_care_in_period",
        model=None,
        list_key="ids",
        answer=lambda ask: sorted(_in_care(ask)),  # type: ignore[arg-type,return-value]  # plain ids, no records
        query=possible(date_time, "valid_from", "valid_to"),
    ),
    Endpoint(
        name="clients_in_care",
        path=f"{ADMINISTRATION}/clients_in_care",
        model="ClientsInCare",
        list_key=None,
        answer=_counters,
        query=possible(date_time, "valid_from", "valid_to"),
    ),
    Endpoint(
        name="employee_by_number",
        path=f"{ADMINISTRATION}/employees/by_identification_no/{{identification_no}}",
        model="Employee",
        list_key=None,
        answer=_by_number,
    ),
    Endpoint(
        name="contracts_by_employee",
        path=f"{ADMINISTRATION}/employees/{{employee_id}}/contracts",
        model="payroll.Contract",
        list_key="contracts",
        answer=those("contracts", employeeId="employee_id"),
    ),
    Endpoint(
        name="bank_account_of_employee",
        path=f"{ADMINISTRATION}/employees/{{employee_id}}/bank_account",
        model="BankAccount",
        list_key=None,
        answer=_bank_account,
    ),
    Endpoint(
        name="hourly_wages_by_employee",
        path=f"{ADMINISTRATION}/hourly_wages/by_employee/{{employee_object_id}}",
        model="payroll.HourlyWage",
        list_key="hourlyWages",
        answer=those("hourly_wages", employeeId="employee_object_id"),
    ),
    Endpoint(
        name="contract_type",
        path=f"{ADMINISTRATION}/contract_types/{{id}}",
        model="payroll.ContractType",
        list_key=None,
        answer=one("contract_types"),
    ),
    Endpoint(
        name="team_assignments_by_employee",
        path=f"{ADMINISTRATION}/employees/{{employee_id}}/teams",
        model="TeamAssignment",
        list_key="teamAssignments",
        answer=those("team_assignments", employeeObjectId="employee_id"),
    ),
    Endpoint(
        name="expertise_assignments_by_employee",
        path=f"{ADMINISTRATION}/employees/{{employee_id}}/expertise_profile_assignments",
        model="ExpertiseProfileAssignment",
        list_key="expertiseProfileAssignments",
        answer=those_within("expertise_profile_assignments", "startTime", "endTime", employeeObjectId="employee_id"),
        query=OPEN_PERIOD,
    ),
    Endpoint(
        name="expertise_assignments_by_employees",
        path=f"{ADMINISTRATION}/expertise_profile_assignments/by_employee_ids",
        model="ExpertiseProfileAssignment",
        list_key="expertiseProfileAssignments",
        answer=_bulk_assignments,
        query=several(int, "id", required=True) + possible(day, "begin_date", "end_date"),
    ),
    Endpoint(
        name="user_of_employee",
        path=f"{ADMINISTRATION}/users/by_employee_id/{{employee_id}}",
        model="User",
        list_key=None,
        answer=_user_of,
    ),
    Endpoint(
        name="user_named",
        path=f"{ADMINISTRATION}/users/by_username",
        model="User",
        list_key=None,
        answer=_user_named,
        query=possible(str, "user_name"),
    ),
    Endpoint(
        name="user_status",
        path=f"{ADMINISTRATION}/users/{{user_id}}/status",
        model="UserStatus",
        list_key=None,
        answer=_user_status,
    ),
    _plain(
        "client_absences",
        "clientAbsences/search_by_client",
        _client_absences,
        query=needed(int, "client_id") + GIVEN_PERIOD,
    ),
    _plain(
        "client_absences",
        "clientAbsences/search_by_client_and_type",
        _client_absences,
        query=needed(int, "client_id") + needed(str, "type_id") + GIVEN_PERIOD,
    ),
    Endpoint(
        name="location_assignments_by_client",
        path=f"{ADMINISTRATION}/clients/{{client_id}}/locations",
        model="LocationAssignment",
        list_key="locationAssignments",
        answer=those_within("location_assignments", "beginDate", "endDate", clientObjectId="client_id"),
        query=OPEN_PERIOD,
    ),
    Endpoint(
        name="main_location_assignment",
        path=f"{ADMINISTRATION}/clients/{{client_id}}/main_location_assignment",
        model="LocationAssignment",
        list_key=None,
        answer=_main_location,
        query=possible(day, "date"),
    ),
    *(
        Endpoint(
            name=f"client_employee_relations_by_{owner}",
            path=f"{ADMINISTRATION}/{owner}s/{{{owner}_id}}/client_employee_relations",
            model="nexus.ClientEmployeeRelation",
            list_key="clientEmployeeRelations",
            answer=_related(f"{owner}Id", f"{owner}_id"),
            query=OPEN_PERIOD + PAGE,
        )
        for owner in ("client", "employee")
    ),
    _plain("relations", "client_contact_relations/by_client_ids", _relations_of_clients, query=several(int, "ids")),
    Endpoint(
        name="relations_by_client",
        path=f"{ADMINISTRATION}/client_contact_relations/by_client/{{client_id}}",
        model="ClientContactRelation",
        list_key="clientContactRelations",
        answer=those("relations", clientObjectId="client_id"),
        query=possible(str, "relation_type"),
    ),
    Endpoint(
        name="documents_by_client",
        path=f"{ADMINISTRATION}/clients/{{client_id}}/documents/all",
        model="Document",
        list_key="documents",
        answer=_documents,
        query=possible(day, "from", "to") + possible(int, "employee_id"),
    ),
    Endpoint(
        name="groups_at_date",
        path="/v0/groupcare/groups",
        model="groupcare.Group",
        list_key="groups",
        answer=_groups,
        query=possible(day, "date"),
    ),
)
