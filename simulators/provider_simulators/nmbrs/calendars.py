"""The companies' current periods, and which periods there are."""

from uuid import UUID

from provider_simulators.clock import Clock
from provider_simulators.log import EffectLog
from provider_simulators.nmbrs.problems import InvalidParameter, ProblemError
from provider_simulators.nmbrs.switches import NmbrsSwitches
from provider_simulators.world import Company
from provider_simulators.world.periods import Period, current_period, periods_of

NO_SUCH_PERIOD = InvalidParameter(
    name="period", reason="The parameter is invalid. It needs to be a period of the year."
)


class Calendars:
    """One per company: its current period is that of today, unless users have set another one."""

    def __init__(self, switches: NmbrsSwitches, clock: Clock, log: EffectLog) -> None:
        self._switches = switches
        self._clock = clock
        self._log = log
        self._set = dict[UUID, Period]()

    def current(self, company: Company) -> Period:
        """The company's current period."""
        return self._set.get(company.id) or current_period(self._clock.today(), company.period_type)

    def set_current(self, company: Company, year: int, number: int) -> None:
        """Users move the company on, or back, to a period.

        Raises:
            ValueError: The year has no such period.
        """
        self.check(company, year, number)
        self._set[company.id] = periods_of(year, company.period_type)[number - 1]
        self._log.effect("current_period_set", company=company.id, year=year, period=number)

    def asked(self, company: Company, year: int | None, number: int | None) -> tuple[int, int] | None:
        """The period of a call, by default the current one; None: answer as if there were nothing.

        Raises:
            ProblemError: 40401 or 40033, when the year has no such period and the switch says so.
        """
        current = self.current(company)
        asked = (current.year if year is None else year, current.number if number is None else number)
        if _exists(company, *asked):
            return asked
        match self._switches.missing_period:
            case "404":
                raise ProblemError(40401)
            case "400":
                raise ProblemError(40033, invalid=(NO_SUCH_PERIOD,))
            case "empty":
                return None

    def check(self, company: Company, year: int, *numbers: int) -> None:
        """See that the year has such periods.

        Raises:
            ValueError: It does not.
        """
        for number in numbers:
            if not _exists(company, year, number):
                raise ValueError(f"{year} has no period {number} of {company.period_type}")


def _exists(company: Company, year: int, number: int) -> bool:
    return 1 <= number <= len(periods_of(year, company.period_type))
