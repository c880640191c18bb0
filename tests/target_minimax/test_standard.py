"""The SDK's standard tests of targets: what applies is run, what does not is listed with its reason."""

import json
from importlib import resources

import pytest
from singer_sdk.testing import get_target_test_class
from singer_sdk.testing.suites import SingerTestSuite, target_tests
from singer_sdk.testing.target_tests import TargetCliPrintsTest
from target_minimax.target import TargetMinimax

EXISTING = {test.name for test in target_tests.tests}
APPLICABLE = (TargetCliPrintsTest,)
_OWN_STREAM = (
    "writes a stream of its own, and the register takes named streams only; refused before anything is written"
)
INAPPLICABLE = {
    "array_data": _OWN_STREAM,
    "camelcase": _OWN_STREAM,
    "camelcase_complex_schema": _OWN_STREAM,
    "duplicate_records": _OWN_STREAM,
    "encoded_string_data": _OWN_STREAM,
    "invalid_schema": _OWN_STREAM,
    "no_primary_keys": _OWN_STREAM,
    "optional_attributes": _OWN_STREAM,
    "pk_updates": _OWN_STREAM,
    "record_before_schema": "expects an exception; here it is a rejected record like others (record_before_schema)",
    "record_missing_fields": _OWN_STREAM,
    "record_missing_key_property": "expects an exception; here it is a rejected record like others (missing_key)",
    "schema_no_properties": _OWN_STREAM,
    "schema_updates": _OWN_STREAM,
    "special_chars_in_attributes": _OWN_STREAM,
    **({"string_formats": _OWN_STREAM} if "string_formats" in EXISTING else {}),  # from SDK 0.55 on
}
CONFIG = {
    "localisation": "SI",
    "organisation_id": 1,
    "client_id": "x",
    "client_secret": "not-a-secret",
    "username": "y",
    "password": "not-a-password",
}

TestStandard = get_target_test_class(
    TargetMinimax,
    config=CONFIG,
    include_target_tests=False,
    custom_suites=[SingerTestSuite(kind="target", tests=list(APPLICABLE))],
)


def test_every_standard_test_is_run_or_has_its_reason() -> None:
    run = {test.name for test in APPLICABLE}
    assert run | INAPPLICABLE.keys() == EXISTING
    assert not run & INAPPLICABLE.keys()


@pytest.mark.parametrize("name", INAPPLICABLE)
def test_the_streams_of_the_others_are_none_of_ours(name: str) -> None:
    file = resources.files("singer_sdk.testing").joinpath("target_test_streams", f"{name}.singer")
    messages = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    streams = {message["stream"] for message in messages if "stream" in message}
    assert streams
    assert not streams & TargetMinimax.accepted_streams.keys()
