"""The array of messages with which Minox refuses (seen in working clients); codes and severities are not public."""

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Message codes. All are INVENTED, which the prefix says: nothing may depend on them."""

    WARNING = "SIM000"
    BODY = "SIM001"
    UNKNOWN_MEMBER = "SIM002"
    MISSING_MEMBER = "SIM003"
    EMPTY_MEMBER = "SIM004"
    WRONG_TYPE = "SIM005"
    BATCH_ID = "SIM006"
    ACCOUNT = "SIM010"
    BLOCKED_ACCOUNT = "SIM011"
    JOURNAL = "SIM012"
    COST_CENTER = "SIM013"
    COST_CENTER_REQUIRED = "SIM014"
    VAT = "SIM015"
    PAYMENT_TERM = "SIM016"
    CURRENCY = "SIM017"
    FISCAL_YEAR = "SIM020"
    PERIOD = "SIM021"
    CLOSED_PERIOD = "SIM022"
    DATE = "SIM023"
    DATE_OUTSIDE = "SIM024"
    AMOUNT = "SIM030"
    BOTH_SIDES = "SIM031"
    UNBALANCED = "SIM032"
    INVOICE_NUMBER = "SIM033"
    ENTRY_NUMBER = "SIM034"
    SCOPE = "SIM040"
    NOT_LINKED = "SIM041"
    RATE_LIMIT = "SIM042"
    PARAMETER = "SIM043"
    ABSENT = "SIM044"
    DAILY_BUDGET = "SIM045"
    KEY = "SIM050"
    NUMBER_TAKEN = "SIM051"
    NUMBER_RANGE = "SIM052"
    IN_USE = "SIM053"
    EXTERNAL_ID = "SIM054"
    COST_TYPE = "SIM055"
    PAID = "SIM056"
    ACCOUNT_KIND = "SIM057"
    ATTACHMENT = "SIM058"
    FORBIDDEN = "SIM059"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of Minox; severities are invented (Dutch words, as the product's screens use).

    Attributes:
        code: Machine code.
        text: Human text, Dutch.
        field: Path of the offending member; sent only with messages on lines.
        severity: ``Fout`` or ``Waarschuwing``.
    """

    code: Code
    text: str
    field: str | None = None
    severity: str = "Fout"

    def document(self) -> dict[str, str]:
        """The message as it stands in the array of a refusal."""
        return {"message_code": self.code, "message_type": self.severity, "message": self.text}


class RefusedError(Exception):
    """The request is answered with a status and an array of messages; nothing has changed in the books."""

    def __init__(self, status: int, *messages: Message) -> None:
        super().__init__(status, messages)
        self.status = status
        self.messages = messages


def refusal(status: int, code: Code, text: str) -> RefusedError:
    """A refusal with a single message."""
    return RefusedError(status, Message(code=code, text=text))
