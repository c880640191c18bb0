"""The tables of the warehouse that the models read, as `tap-ons` fills them, and of each the columns.

A column that is not there (left out as personal data, not granted by Ons) is null; a table that is not there is an
error if what is booked needs it.
"""

from collections.abc import Mapping
from typing import Final

__all__ = ["KINDS", "NEEDED", "SOURCES"]

KINDS: Final = ("hours", "mileage", "invoices")
"""What can be booked. `vat` comes with invoices."""

_CODES: Final = {"id": "bigint", "description": "varchar"}
SOURCES: Final[Mapping[str, Mapping[str, str]]] = {
    "presence_logs": {
        "id": "bigint",
        "activity_object_id": "bigint",
        "employee_object_id": "varchar",
        "client_object_id": "varchar",
        "care_order_object_id": "bigint",
        "cluster_object_id": "bigint",
        "date": "date",
        "start_date": "timestamp",
        "end_date": "timestamp",
        "duration": "bigint",
        "calculated_worktime_amount": "bigint",
        "payment": "boolean",
        "payrolling_activity": "boolean",
        "fixed_rate_compensation": "boolean",
        "removed": "boolean",
        "verified": "boolean",
        "products": "list",
    },
    "hour_types": {**_CODES, "identification_no": "varchar"},
    "hour_type_product_assignments": {
        "id": "bigint",
        "product_id": "bigint",
        "hour_type_id": "bigint",
        "rank": "bigint",
        "begin_date": "date",
        "end_date": "date",
    },
    "teams": {"id": "bigint", "cost_center_number": "varchar"},
    "care_orders": {"id": "bigint", "finance_type_id": "bigint"},
    "products": {**_CODES, "product_code": "varchar", "code": "varchar", "finance_type_id": "bigint"},
    "finance_types": {**_CODES, "user_identifier": "varchar", "external_code": "varchar"},
    "expenses": {
        "id": "bigint",
        "expense_date": "date",
        "verify_date": "date",
        "expense_type_object_id": "bigint",
        "employee_object_id": "varchar",
        "departure_cluster_object_id": "bigint",
        "amount": "decimal(18,4)",
    },
    "expense_types": {
        "id": "bigint",
        "name": "varchar",
        "unit": "varchar",
        "compensation_in_cents": "bigint",
        "compensation_in_cents_greater_than_ten": "bigint",
    },
    "invoices": {"id": "bigint", "book_date": "date", "invoice_creation_date": "date", "completed": "boolean"},
    "invoice_rows": {
        "id": "bigint",
        "invoice_id": "bigint",
        "client_id": "varchar",
        "product_id": "bigint",
        "care_order_product_id": "bigint",
        "accepted": "boolean",
        "reason_rejected": "varchar",
        "accepted_amount": "bigint",
        "calculated_amount": "bigint",
        "vat_amount": "bigint",
    },
    "care_order_products": {"id": "bigint", "finance_type_id": "bigint"},
    "invoice_row_finance_logs": {"invoice_row_id": "bigint", "finance_log_id": "bigint"},
    "finance_logs": {
        "id": "bigint",
        "amount": "bigint",
        "cost_center": "varchar",
        "location_id": "bigint",
        "team_id": "bigint",
    },
    "locations": {"id": "bigint", "cost_center": "varchar"},
}
_EVERYWHERE: Final = ("teams", "products", "finance_types")
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "hours": ("presence_logs", "hour_types", "hour_type_product_assignments", "care_orders", *_EVERYWHERE),
    "mileage": ("expenses", "expense_types", "teams"),
    "invoices": (
        "invoices",
        "invoice_rows",
        "care_order_products",
        "invoice_row_finance_logs",
        "finance_logs",
        "locations",
        *_EVERYWHERE,
    ),
}
"""The tables that each kind cannot do without."""
