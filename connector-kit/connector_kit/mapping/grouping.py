"""Lines of one entry that become one: same side, same account, and the sum to the cent."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from connector_kit.books.money import ZERO, MoneyError, money, total
from connector_kit.mapping.templates import joined

__all__ = ["grouped"]

_DIMENSIONS: Final = ("cost_center", "cost_unit")
_OPEN_ITEM: Final = ("customer", "supplier", "vat_code", "invoice_number", "due_date")
"""Members that make a line another line in the books, whatever is grouped by."""


def grouped(lines: Sequence[Any], *, by_cost_center: bool, length_max: int | None) -> list[Any]:
    """Sum the lines of the same side, account and open item, and of the same cost center and cost unit if asked.

    A negative amount counts on the other side. Cost center, cost unit and employee stay where all lines of a group
    have the same. Members that the books contract does not know are left out. The order is that of each group's first
    line. If one line is not understood, all stay as they are: the target has to see and refuse it.

    Args:
        lines: Lines of the books contract.
        by_cost_center: Keep cost centers and cost units apart.
        length_max: Longest description; see `joined`.
    """
    groups: dict[tuple[Any, ...], list[tuple[Decimal, dict[str, Any]]]] = {}
    names = ("account", *(_DIMENSIONS if by_cost_center else ()), *_OPEN_ITEM)
    for line in lines:
        amount = _signed(line)
        if amount is None:
            return list(lines)
        groups.setdefault((amount < 0, *(line.get(name) for name in names)), []).append((amount, line))
    return [_sum(members, length_max) for members in groups.values()]


def _signed(line: object) -> Decimal | None:
    """Debit positive, credit negative; None for a line that is not understood."""
    if not isinstance(line, dict):
        return None
    texts = ("account", "description", "employee", *_DIMENSIONS, *_OPEN_ITEM)
    if not all(isinstance(line.get(name), str | None) for name in texts):
        return None
    if line.get("debit") is None and line.get("credit") is None:
        return None
    try:
        debit, credit = (ZERO if line.get(side) is None else money(line[side]) for side in ("debit", "credit"))
    except MoneyError:
        return None
    if debit and credit:
        return None
    return debit or credit.copy_negate()


def _sum(members: list[tuple[Decimal, dict[str, Any]]], length_max: int | None) -> dict[str, Any]:
    amount = total(amount for amount, _ in members)
    lines = [line for _, line in members]
    texts = [line["description"] for line in lines if line.get("description")]
    return {
        "account": lines[0]["account"],
        "debit": amount if amount > 0 else ZERO,
        "credit": amount.copy_abs() if amount < 0 else ZERO,
        "description": joined(texts, length_max=length_max),
        **{name: _shared(name, lines) for name in (*_DIMENSIONS, "employee", *_OPEN_ITEM)},
    }


def _shared(name: str, lines: Sequence[dict[str, Any]]) -> Any:
    """Give the value that all lines have; None if they differ."""
    values = {line.get(name) for line in lines}
    return values.pop() if len(values) == 1 else None
