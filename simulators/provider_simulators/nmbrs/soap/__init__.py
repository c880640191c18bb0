"""Nmbrs' SOAP API v3, the older of its two, on the same environment and port as the REST API."""
