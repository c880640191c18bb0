"""Keeps secrets out of every log line and error message, in whatever form libraries print them."""

import base64
import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote, quote_plus

from connector_kit.structured import is_structured

MASK: Final = "***"
SECRET_LENGTH_MIN: Final = 6  # a shorter value would mask ordinary words and numbers

_BASE64_LENGTH_MIN: Final = 8
_ALWAYS: Final = (
    # What looks like a secret even when nobody has told us its value.
    re.compile(r"(?i)\b(?:bearer|basic)\s+([A-Za-z0-9._~+/-]{8,}=*)"),
    re.compile(r"(?i)\b(?:access_token|refresh_token|id_token|client_secret|password|code|code_verifier)=([^&\s\"']+)"),
    re.compile(r"(?i)[\"'](?:access_token|refresh_token|id_token|client_secret|password)[\"']\s*:\s*[\"']([^\"']+)"),
    re.compile(r"\b(eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?)"),
    re.compile(r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----(.+?)(?:-----END|$)"),
)
_QUERY: Final = re.compile(r"\?[^\s\"'>)]+")


class _Secrets:
    """The values known in this process, in all their forms, longest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forms: tuple[str, ...] = ()

    def add(self, *values: str) -> None:
        with self._lock:
            forms = {form for value in values if len(value) >= SECRET_LENGTH_MIN for form in _forms(value)}
            if not forms.issubset(self._forms):
                self._forms = tuple(sorted(forms.union(self._forms), key=len, reverse=True))

    def mask(self, text: str) -> str:
        # Plain search: an expression of all forms would have to be compiled anew for each rotated token.
        for form in self._forms:
            if form in text:
                text = text.replace(form, MASK)
        return text


def _forms(value: str) -> Iterator[str]:
    """List the spellings of a secret: plain, escaped, url-encoded, and base64 at every alignment."""
    yield from (value, repr(value)[1:-1], json.dumps(value)[1:-1])
    yield from (quote(value), quote(value, safe=""), quote_plus(value))
    for plain in {value, quote(value, safe=""), quote_plus(value)}:
        raw = plain.encode()
        for shift in range(3):
            # Inside a longer text (such as "id:secret") only whole groups of 6 bits belong to the secret alone.
            first, last = (0, 2, 3)[shift], (shift + len(raw)) * 8 // 6
            for encode in (base64.b64encode, base64.urlsafe_b64encode):
                core = encode(b"\0" * shift + raw).decode()[first:last]
                if len(core) >= _BASE64_LENGTH_MIN:
                    yield core


_secrets = _Secrets()


def protect(*secrets: str | None) -> None:
    """Mask these values from now on, in logs and in error messages; call it for every new token at once."""
    _secrets.add(*(secret for secret in secrets if secret))


def redact(text: str) -> str:
    """Replace every known secret, and everything that looks like one, with asterisks."""
    text = _secrets.mask(text)
    for expression in _ALWAYS:
        text = expression.sub(lambda match: match.group().replace(match.group(1), MASK), text)
    return text


def redacted_traceback(error: BaseException) -> str:
    """Format an exception with its traceback, without secrets."""
    return redact("".join(traceback.format_exception(error))).rstrip("\n")


class RedactingFilter(logging.Filter):
    """Cleans log records of any logger: message, arguments, exception text and extra fields."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean the record; never drops it."""
        clean(record)
        for key, value in record.__dict__.items():
            if key not in _STANDARD_FIELDS and value is not None and not isinstance(value, (bool, int, float)):
                text = str(value)
                if (cleaned := redact(text)) != text:
                    record.__dict__[key] = cleaned
        return True


def clean(record: logging.LogRecord) -> None:
    """Remove secrets from message, arguments and exception; a record without secrets stays untouched."""
    try:
        message = record.getMessage()
    except (TypeError, ValueError, KeyError):
        message = str(record.msg)  # wrong number of arguments: logging itself complains about it
        record.args = ()
    cleaned = redact(message)
    if record.name.startswith("urllib3"):
        cleaned = _QUERY.sub("?" + MASK, cleaned)  # it logs the whole address, and queries carry codes and names
    if cleaned != message:
        record.msg, record.args = cleaned, ()
    if record.exc_info and isinstance(record.exc_info[1], BaseException):
        trace = "".join(traceback.format_exception(record.exc_info[1])).rstrip("\n")
        if (cleaned := redact(trace)) != trace:
            record.exc_info, record.exc_text = None, cleaned
            record.__dict__["traceback"] = cleaned  # a structured formatter shows extra fields, not exc_text
    elif record.exc_text:
        record.exc_text = redact(record.exc_text)


_STANDARD_FIELDS: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


def install_redaction() -> None:
    """Clean every log record from its birth, and once more on each handler that exists by now.

    The record factory reaches handlers that are added later and loggers that do not propagate; the filter on the
    handlers reaches extra fields, which are attached after birth. Safe to call again.
    """
    factory = logging.getLogRecordFactory()
    if not isinstance(factory, _RedactingFactory):
        logging.setLogRecordFactory(_RedactingFactory(factory))
    for handler in _handlers():
        if not any(isinstance(existing, RedactingFilter) for existing in handler.filters):
            handler.addFilter(RedactingFilter())


class _RedactingFactory:
    def __init__(self, factory: Any) -> None:
        self._factory = factory

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record: logging.LogRecord = self._factory(*args, **kwargs)
        clean(record)
        return record


def _handlers() -> Iterator[logging.Handler]:
    loggers = [logging.getLogger(), *logging.Logger.manager.loggerDict.values()]
    for logger in loggers:
        if isinstance(logger, logging.Logger):
            yield from logger.handlers


def one_line(text: str, *, length_max: int = 1000) -> str:
    """Make a message fit for the user's terminal: one line, without control characters and without secrets."""
    flat = " ".join(redact(text).split())
    printable = "".join(c if c.isprintable() else "?" for c in flat)
    return printable if len(printable) <= length_max else printable[: length_max - 3] + "..."


def print_error(program: str, message: str) -> None:
    """Write one clear line to stderr; where Meltano reads it, as an error and not as any line."""
    logger = logging.getLogger(program)
    if is_structured(logger):
        logger.error("%s", one_line(message))
    else:
        sys.stderr.write(f"{program}: {one_line(message)}\n")
        sys.stderr.flush()
