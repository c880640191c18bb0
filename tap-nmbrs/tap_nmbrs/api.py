"""Which of Nmbrs' APIs the settings choose."""

import logging
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from connector_kit.errors import SettingError

from tap_nmbrs.operation import Operation
from tap_nmbrs.rest.connection import Connection as RestConnection
from tap_nmbrs.rest.operations import OPERATIONS as REST_OPERATIONS
from tap_nmbrs.rest.source import RestSource
from tap_nmbrs.soap.connection import Connection as SoapConnection
from tap_nmbrs.soap.operations import OPERATIONS as SOAP_OPERATIONS
from tap_nmbrs.soap.source import SoapSource
from tap_nmbrs.source import Source

__all__ = ["Api", "operations_of", "source_of"]

_LOGGER: Final = logging.getLogger(__name__)


class Api(StrEnum):
    """The value of the setting `api`."""

    REST = "rest"
    SOAP = "soap"


def operations_of(settings: Mapping[str, Any]) -> Sequence[Operation]:
    """Give every list of the chosen API."""
    return SOAP_OPERATIONS if settings.get("api") == Api.SOAP else REST_OPERATIONS


def source_of(settings: Mapping[str, Any], *, version: str) -> Source:
    """Build the chosen API; nothing is sent before it is asked.

    Raises:
        SettingError: A setting is missing or wrong.
    """
    if settings["api"] != Api.SOAP:
        return RestSource(RestConnection.from_settings(settings, version=version), page_size=settings["page_size"])
    if settings.get("run_types"):
        raise SettingError("setting run_types needs api rest: the SOAP API does not tell the type of a run")
    _LOGGER.warning(
        "The SOAP API of Nmbrs ends on 1 March 2027. Before that day set api to rest and give consent with "
        "tap-nmbrs login; ids are others there, so let the first REST sync begin without state"
    )
    return SoapSource(SoapConnection.from_settings(settings, version=version))
