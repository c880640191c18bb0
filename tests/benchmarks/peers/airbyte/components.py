"""What the manifests cannot say: a client certificate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from airbyte_cdk.sources.declarative.requesters.http_requester import HttpRequester


@dataclass
class CertificateRequester(HttpRequester):
    """A requester with the certificate of the settings; answers in lines are read while they come."""

    request_headers: dict[str, str] | None = None
    request_parameters: dict[str, str] | None = None

    def __post_init__(self, parameters: Any) -> None:
        self.request_options_provider = {
            "parameters": parameters,
            "request_headers": self.request_headers,
            "request_parameters": self.request_parameters,
        }
        super().__post_init__(parameters)
        session = self._http_client._session
        session.cert = (self.config["client_certificate"], self.config["client_key"])
        session.verify = self.config["ca_bundle"]
        self.stream_response = self.decoder.is_stream_response()
