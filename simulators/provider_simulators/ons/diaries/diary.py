"""A table that is too large to keep: rows of a person and a day are made on demand, and may then be changed."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from threading import RLock

from provider_simulators.ons.drafting import Record
from provider_simulators.ons.moments import day_of
from provider_simulators.ons.organisation import CareOrganisation
from provider_simulators.world import Employee

FIRST_DAY = date(2000, 1, 1)
DAYS, ROWS_A_DAY = 100_000, 10
"""An id is owner, day and row in one number: it says from which person and day the row was made."""

Make = Callable[[CareOrganisation, Employee, date], Iterable[Record]]


class Diary:
    """Rows of people by day.

    Args:
        organisation: Whose people.
        model: The vendor's model.
        owner: Field that says whose row it is.
        day_fields: Fields that say its day; the first that is filled counts.
        make: The rows of a person and a day, without id.
    """

    def __init__(
        self, organisation: CareOrganisation, model: str, owner: str, day_fields: tuple[str, ...], make: Make
    ) -> None:
        self.model = model
        self.owner = owner
        self._organisation = organisation
        self._day_fields = day_fields
        self._make = make
        self._own: dict[int, Record] = {}
        self._gone: set[int] = set()
        self._added = 0
        self._lock = RLock()

    def between(self, owner: int, first: date, until: date) -> list[Record]:
        """A person's rows from a day until before another, oldest first; made ones first."""
        person = self._organisation.person.get(owner)
        with self._lock:
            gone, own = self._gone.copy(), list(self._own.values())
        last = min(until, self._organisation.today + timedelta(days=366))
        rows = [] if person is None else self._made(owner, person, max(first, person.started_on), last)
        kept = [row for row in rows if row["id"] not in gone] if gone else list(rows)
        return kept + [row for row in own if row[self.owner] == owner and first <= self.day(row) < until]

    def day(self, row: Record) -> date:
        """The day of a row."""
        return next(day for field in self._day_fields if (day := day_of(row.get(field))))

    def find(self, identifier: int) -> Record | None:
        """The row with this id."""
        with self._lock:
            if identifier in self._own or identifier in self._gone:
                return self._own.get(identifier)
        owner, number = divmod(identifier // ROWS_A_DAY, DAYS)
        day = FIRST_DAY + timedelta(days=number)
        return next((row for row in self.between(owner, day, day + timedelta(days=1)) if row["id"] == identifier), None)

    def add(self, row: Record) -> None:
        """Keep a row."""
        with self._lock:
            self._own[row["id"]] = row

    def replace(self, identifier: int, values: Record) -> Record:
        """Change fields of a row; gives the new one.

        Raises:
            KeyError: There is no such row.
        """
        row = self.find(identifier)
        if row is None:
            raise KeyError(identifier)
        with self._lock:
            self._gone.add(identifier)
            self._own[identifier] = {**row, **values}
            return self._own[identifier]

    def remove(self, identifier: int) -> None:
        """Delete a row.

        Raises:
            KeyError: There is no such row.
        """
        if self.find(identifier) is None:
            raise KeyError(identifier)
        with self._lock:
            self._gone.add(identifier)
            self._own.pop(identifier, None)

    def next_id(self) -> int:
        """An id that no made row has."""
        with self._lock:
            self._added += 1
            return self._added

    def _made(self, owner: int, person: Employee, first: date, until: date) -> Iterator[Record]:
        day = first
        while day < until and (person.left_on is None or day <= person.left_on):
            start = (owner * DAYS + (day - FIRST_DAY).days) * ROWS_A_DAY
            for k, row in enumerate(self._make(self._organisation, person, day)):
                yield {"id": start + k, **row}
            day += timedelta(days=1)
