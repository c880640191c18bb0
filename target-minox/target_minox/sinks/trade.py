"""What is bought and sold: items, order documents, structured invoices, mandates; none of it is booked."""

from collections.abc import Mapping
from typing import Any, Final

from connector_kit.books.masterdata import Item

from target_minox import operations as op
from target_minox.records import MinoxRecord
from target_minox.sinks.names import NUMBER, code
from target_minox.sinks.records import Records, extended, named

__all__ = ["ROWS"]


class Items(Records):
    """Items of the books contract."""

    def read(self, record: Mapping[str, Any]) -> MinoxRecord:
        """Read an item.

        Raises:
            EntryError: It is none.
        """
        fact = Item.from_record(record)
        members = {
            "id": fact.code,
            "description": fact.name,
            "extended_description": fact.description,
            "item_group": {"id": int(fact.group) if fact.group.isdecimal() else fact.group} if fact.group else None,
            "vat": {"id": int(fact.vat_code) if fact.vat_code.isdecimal() else fact.vat_code}
            if fact.vat_code
            else None,
            "unit_packaging": fact.unit,
            "price": fact.price,
            "price_purchase": fact.purchase_price,
        }
        return extended(fact, members, self.row.stream)


ROWS: Final = (
    named(
        "items",
        "item",
        op.WRITE_ITEM,
        op.READ_ITEM,
        "item_id",
        name_of=code(50),
        change=op.CHANGE_ITEM,
        way=Items,
    ),
    named("item_groups", "item group", op.WRITE_ITEM_GROUP, op.ITEM_GROUPS, "number", name_of=NUMBER),
    named("invoices", "structured invoice", op.WRITE_INVOICE, op.READ_INVOICE, "invoice_id"),
    named("order_documents", "order document", op.WRITE_ORDER, op.READ_ORDER, "order_id"),
    named("mandates", "mandate", op.WRITE_MANDATE, op.READ_MANDATE, "mandate_id"),
    named("distance_sales", "distance sale", op.WRITE_DISTANCE_SALE, op.READ_DISTANCE_SALE, "distance_sale_id"),
)
