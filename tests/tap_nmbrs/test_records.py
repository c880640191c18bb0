"""Records of every stream, from the simulator."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import jsonschema
from connector_kit.extract.personal_data import LEFT_OUT_BY_DEFAULT
from tap_nmbrs.tap import TapNmbrs

from tests.tap_nmbrs.conftest import Settings, sync

if TYPE_CHECKING:
    from collections.abc import Callable

    from provider_simulators.nmbrs import NmbrsSimulator


def test_records_of_every_stream_are_valid_and_told_apart_by_their_key(
    nmbrs: Callable[..., tuple[NmbrsSimulator, Settings]],
) -> None:
    _, settings = nmbrs(debtors=2, companies=2, employees=20)
    settings |= {"include_personal_data": sorted(LEFT_OUT_BY_DEFAULT), "start_date": "2026-07-01"}
    settings |= {"journals_only_locked": False}
    done = sync(settings)
    streams = TapNmbrs(config=dict(settings)).streams
    wrong: dict[str, Any] = {}
    for name, stream in streams.items():
        records = done.records(name)
        validator = jsonschema.Draft7Validator(dict(stream.schema))
        invalid = [error.message for record in records for error in validator.iter_errors(record)]
        counted = Counter(tuple(record[key] for key in stream.primary_keys) for record in records)
        twice = [key for key, count in counted.items() if count > 1]
        undeclared = {field for record in records for field in record} - stream.schema["properties"].keys()
        if invalid or twice or undeclared or not records:
            wrong[name] = (len(records), invalid[:2], twice[:2], sorted(undeclared))
    assert wrong == {}
