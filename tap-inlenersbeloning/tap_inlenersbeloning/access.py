"""What a token may not read and which paths do not exist: reported once, and not asked for again and again."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from singer_sdk.exceptions import FatalAPIError, SkippableAPIError

from tap_inlenersbeloning.client import ForbiddenError, InlenersbeloningApi, NotThereError
from tap_inlenersbeloning.companies import Company
from tap_inlenersbeloning.operations import Operation

__all__ = ["Access"]

T = TypeVar("T")
_REFUSALS_MAX: Final = 3
"""So many refusals without any answer, and nobody asks any more."""

logger = logging.getLogger(__name__)


@dataclass(kw_only=True)
class _Experience:
    answers: int = 0
    refusals: int = 0
    last: SkippableAPIError | None = None
    is_reported: bool = False

    @property
    def is_hopeless(self) -> bool:
        return self.answers == 0 and self.refusals >= _REFUSALS_MAX


class Access:
    """Asks for what may be refused, from any thread.

    Args:
        api: The API.
        fail_on_forbidden: Whether a missing right ends the sync.

    Attributes:
        forbidden: Missing rights, as they were reported, with the names of the operations.
    """

    def __init__(self, api: InlenersbeloningApi, *, fail_on_forbidden: bool) -> None:
        self._api = api
        self._fail_on_forbidden = fail_on_forbidden
        self._lock = threading.Lock()
        self._experiences: dict[tuple[str, str], _Experience] = {}
        self._missing: set[str] = set()
        self.forbidden: list[tuple[str, str]] = []

    def ask(self, company: Company, operation: Operation, call: Callable[[], T]) -> T:
        """Make a call, unless calls of its kind have been refused again and again.

        Raises:
            ForbiddenError, NotThereError: It was refused.
            FatalAPIError: It was refused, and the settings say to stop.
        """
        with self._lock:
            experience = self._experiences.setdefault((company.id, operation.name), _Experience())
            if experience.is_hopeless and experience.last is not None:
                raise type(experience.last)(str(experience.last))
        try:
            answer = call()
        except SkippableAPIError as error:
            self._refused(experience, self._api.operation(operation), error)
            raise
        with self._lock:
            experience.answers += 1
        return answer

    def answers(self, company: Company, operation: Operation) -> bool:
        """Tell whether calls of this kind have been answered."""
        with self._lock:
            return self._experiences.get((company.id, operation.name), _Experience()).answers > 0

    def finish(self, operation: Operation) -> None:
        """Take note that nothing more will be asked: a path that never was there is reported."""
        experiences = [each for (_, name), each in self._experiences.items() if name == operation.name]
        if not any(experience.answers for experience in experiences):
            for experience in filter(lambda each: each.refusals, experiences):
                self._report_missing(experience, self._api.operation(operation))

    def _refused(self, experience: _Experience, operation: Operation, error: SkippableAPIError) -> None:
        with self._lock:
            is_first = not experience.is_reported
            if isinstance(error, ForbiddenError):
                experience.is_reported = True
                self.forbidden += [(operation.name, str(error))] if is_first else []
            elif operation.confirmed:
                return
            experience.refusals += 1
            experience.last = error
            is_hopeless = experience.is_hopeless
        if isinstance(error, ForbiddenError):
            if self._fail_on_forbidden:
                raise FatalAPIError(str(error)) from None
            if is_first:
                logger.warning("Left out: %s", error)
        elif isinstance(error, NotThereError) and is_hopeless:
            self._report_missing(experience, operation)

    def _report_missing(self, experience: _Experience, operation: Operation) -> None:
        with self._lock:
            if experience.is_reported or operation.name in self._missing:  # a path is there for all companies or none
                return
            self._missing.add(operation.name)
        logger.warning(
            "Left out: %s. This path is a guess: put the one of your API documentation in the setting paths.%s, or "
            "deselect the stream",
            experience.last,
            operation.name,
        )
