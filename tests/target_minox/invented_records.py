"""One invented record of every stream of target-minox but journals and those that refer to other records."""

import base64
from typing import Any

PDF = base64.b64encode(b"%PDF-1.4 factuur").decode()
ADDRESS = {"address": "Dorpsstraat 1", "postal_code": "1234 AB", "city": "Ons Dorp", "country_code": "NL"}

RECORDS: dict[str, dict[str, Any]] = {
    "cost_types": {"key": "7", "description": "Reiskosten"},
    "cost_centers": {"key": "300", "name": "Buitendienst"},
    "ledger_accounts": {"key": "4321", "description": "Kantine", "cost_type": {"id": 7}},
    "customers": {
        "key": "crm-1",
        "name": "Één & Zn. — coöperatie",
        "email": "post@voorbeeld.test",
        "vat_number": "NL001234567B01",
        "iban": "NL02ABNA0123456789",
    }
    | ADDRESS,
    "suppliers": {"key": "crm-2", "code": "20100", "name": "Groothandel Zuid"} | ADDRESS,
    "item_groups": {"key": "5", "description": "Uren", "ledger_accounts": {"sales_revenue_nl": {"id": 8000}}},
    "items": {"key": "UUR", "name": "Uur zorg", "price": 61.255, "group": "5", "unit": "uur"},
    "regions": {"key": "3", "description": "Noord"},
    "representatives": {"key": "4", "name": "J. de Vertegenwoordiger"},
    "customer_types": {"key": "2", "description": "Groothandel"},
    "profit_loss_balances": {"key": "410", "description": "Personeelskosten", "is_balance": False},
    "budgets": {"key": "b1", "cost_type": {"id": 7}, "cost_center": {"id": 300}, "year_budget": 12000.5},
    "accruals": {
        "key": "a1",
        "description": "Verzekering",
        "value": 1200.00,
        "debet_credit": "debet",
        "booking_date": "2026-01-31",
        "ledger_account_id": 4321,
        "transitoria_account_id": 1720,
        "start_period": 1,
        "start_year": 2026,
        "periods": 12,
    },
    "mandates": {"key": "m1", "customer_id": 10001, "active": True, "signing_date": "2026-01-05"},
    "distance_sales": {"key": "d1", "country_code": "BE", "item_id": "UUR", "ledger_account_id": 8000, "vat_id": 11},
    "documents": {"key": "f1", "name": "bon.pdf", "type": "purchase"},
    "invoices": {
        "key": "u1",
        "invoice_number": 26000900,
        "relation_number": 10001,
        "invoice_date": "2026-02-03",
        "invoice": {"reference": "PO 7", "lines": [{"description": "Uren", "quantity": 2, "price": 61.255}]},
    },
    "order_documents": {"key": "o1", "type": "quotation", "customer": {"id": 10001}, "quotation_date": "2026-02-03"},
    "journal_entries": {
        "key": "run-1",
        "date": "2026-01-31",
        "lines": [{"account": "1720", "debit": 10.00}, {"account": "1700", "credit": 10.00}],
    },
    "sales_invoices": {
        "key": "si-1",
        "number": "26000417",
        "date": "2026-02-03",
        "due_date": "2026-03-05",
        "customer": "crm-1",
        "total": 121.00,
        "lines": [{"account": "8000", "amount": 100.00, "vat_amount": 21.00}],
    },
    "purchase_invoices": {
        "key": "pi-1",
        "number": "GZ-2026-00417",
        "date": "2026-02-04",
        "payment_days": 30,
        "supplier": "20100",
        "lines": [{"account": "4321", "amount": 50.00, "cost_center": "300"}],
    },
    "attachments": {
        "key": "si-1.pdf",
        "stream": "sales_invoices",
        "entry_key": "si-1",
        "file_name": "factuur.pdf",
        "content": PDF,
    },
}
"""In an order in which each refers to what came before."""
OPEN_ITEM: dict[str, Any] = {
    "key": "oi-1",
    "type": "payable",
    "account_id": 20100,
    "invoice_number": 2600417,
    "memo": "Betalen na levering",
}
CHANGES: dict[str, dict[str, Any]] = {
    "cost_types": {"description": "Reis- en verblijfkosten"},
    "cost_centers": {"name": "Buitendienst Noord"},
    "ledger_accounts": {"description": "Kantine en keuken", "cost_type": None},
    "customers": {"city": "Elders"},
    "suppliers": {"phone": "0201234567"},
    "items": {"price": 62.50},
    "budgets": {"year_budget": 13000},
    "accruals": {"value": 1300.00},
    "mandates": {"active": False},
    "documents": {"type": "sales"},
    "invoices": {"memo": "Tweede versie"},
    "journal_entries": {
        "lines": [{"account": "1720", "debit": 12.00}, {"account": "1700", "credit": 12.00}],
    },
    "attachments": {"content": base64.b64encode(b"%PDF-1.4 factuur, tweede versie").decode()},
}
