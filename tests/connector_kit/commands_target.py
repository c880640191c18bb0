"""The tiny target with its commands and with books that can be read line by line: `python commands_target.py plan ...`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from connector_kit.console import program
from connector_kit.posting.commands import books_commands
from connector_kit.posting.commands.totals import totals_of
from connector_kit.posting.held import AccountTotal, HeldBooks, HeldLine
from connector_kit.posting.posting import Posting
from typing_extensions import override

from tests.connector_kit.posting_target import TargetTiny


class TinyBooks:
    """The batches of the provider, as lines."""

    def __init__(self, target: TargetTiny) -> None:
        self.target = target

    def lines(self, period: str) -> Iterable[HeldLine]:
        batches: dict[str, Any] = self.target.transport.request("GET", "/all").body
        for batch_id, document in batches.items():
            yield from (line for line in _lines(document, batch_id) if line.period == period)

    def trial_balance(self, period: str) -> Mapping[str, AccountTotal]:
        return {account: total for (_, account), total in totals_of(self.lines(period)).items()}

    def expected(self, posting: Posting[Any]) -> Sequence[HeldLine]:
        return _lines(posting.document, None)


def _lines(document: Mapping[str, Any], booking: str | None) -> list[HeldLine]:
    return [
        HeldLine(
            booking=booking,
            period=document["date"][:7],
            account=line["account"],
            debit=_amount(line["debit"]),
            credit=_amount(line["credit"]),
            date=date.fromisoformat(document["date"]),
            text=line["text"],
        )
        for line in document["lines"]
    ]


def _amount(value: Any) -> Decimal:
    return Decimal(str(value or 0)).quantize(Decimal("0.01"))


class TargetTinyBooks(TargetTiny):
    """Books into the provider of the posting tests, and reads what it holds."""

    @override
    def held_books(self) -> HeldBooks:
        return TinyBooks(self)


main = program(TargetTinyBooks, *books_commands())

if __name__ == "__main__":
    main()
