"""Why a record cannot be booked."""

from decimal import Decimal

from connector_kit.books.money import canonical

__all__ = [
    "EmptyEntryError",
    "EntryError",
    "InvalidFieldError",
    "MissingAccountError",
    "MissingFieldError",
    "MissingKeyError",
    "Problems",
    "UnbalancedEntryError",
]

_KEY_LENGTH_MAX = 100
_FIELDS_NAMED_MAX = 3


class EntryError(ValueError):
    """A record that cannot be booked.

    The text is one line that names the entry's key and the field, never a description or an amount: it goes to logs.

    Args:
        message: What is wrong and what to do.
        entry: Key of the entry, as far as it is known.
        field: Path of the field, lines counted from 0: `lines[3].debit`.
        code: Reason in snake_case, where the class does not say it.
    """

    code: str = "invalid_entry"

    def __init__(
        self, message: str, *, entry: str | None = None, field: str | None = None, code: str | None = None
    ) -> None:
        self.message = message
        self.entry = entry
        self.field = field
        if code is not None:
            self.code = code
        super().__init__(message)

    def __str__(self) -> str:
        where = [f"entry {_one_line(self.entry)}" if self.entry else "entry without key"]
        where += [_one_line(self.field)] if self.field else []
        return f"{', '.join(where)}: {self.message}"


class MissingKeyError(EntryError):
    """The record has no key, so nobody could tell whether it has been booked already."""

    code = "missing_key"


class MissingFieldError(EntryError):
    """A required field has no value."""

    code = "missing_field"


class InvalidFieldError(EntryError):
    """A field has a value of the wrong form."""

    code = "invalid_field"


class MissingAccountError(EntryError):
    """A line has no ledger account."""

    code = "missing_account"


class EmptyEntryError(EntryError):
    """The entry has no line with an amount."""

    code = "no_lines"


class UnbalancedEntryError(EntryError):
    """Debit and credit differ.

    Args:
        difference: Debit minus credit, not zero.
        entry: Key of the entry.
    """

    code = "unbalanced"

    def __init__(self, difference: Decimal, *, entry: str | None = None) -> None:
        self.difference = difference
        sides = "debit exceeds credit" if difference > 0 else "credit exceeds debit"
        super().__init__(f"{sides} by {canonical(difference.copy_abs())}", entry=entry)


class Problems(list[EntryError]):
    """What is wrong with a record, in the order in which it was found."""

    def add(self, code: str, member: str, message: str) -> None:
        """Note a problem of a member of the record."""
        self.append(EntryError(message, field=member, code=code))

    def joined(self, key: str | None) -> EntryError:
        """The error itself if it is the only one, so that its class tells what it is; else one for all."""
        if len(self) > 1:
            return self.combined(key)
        error = self[0]
        error.entry = error.entry or key
        return error

    def combined(self, key: str | None) -> EntryError:
        """One error for all: code and field of the first, the others in the message."""
        first, *others = self
        fields: dict[str, list[str]] = {}
        for problem in others:
            fields.setdefault(problem.message, []).append(str(problem.field))
        same = fields.pop(first.message, [])
        message = f"{first.message} (also {_listed(same)})" if same else first.message
        message = "; ".join([message, *(f"{_listed(names)}: {text}" for text, names in fields.items())])
        return EntryError(message, entry=key, field=first.field, code=first.code)


def _listed(names: list[str]) -> str:
    """Name a few; an entry may have a thousand lines with the same problem."""
    more = len(names) - _FIELDS_NAMED_MAX
    return ", ".join(names[:_FIELDS_NAMED_MAX]) + (f" and {more} more" if more > 0 else "")


def _one_line(text: str) -> str:
    """Escape what would break a log line, and cut what would flood it."""
    cut = text if len(text) <= _KEY_LENGTH_MAX else f"{text[:_KEY_LENGTH_MAX]}..."
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in cut
    )
