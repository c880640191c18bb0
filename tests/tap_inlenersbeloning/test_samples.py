"""The streams over invented documents in the shape of recorded ones: both generations, classifiable or not."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator
from tap_inlenersbeloning.documents import DOCUMENT_BLOCKS

from tests.tap_inlenersbeloning.conftest import Settings, always, sync

if TYPE_CHECKING:
    from pathlib import Path

Start = Callable[..., tuple[InlenersbeloningSimulator, Settings]]
SAMPLES = ("remuneration_gen1_legacy", "remuneration_gen2_full", "remuneration_gen2_unclassifiable")


def sample(provider_specs: Path, name: str) -> str:
    path = provider_specs / "inlenersbeloning" / "samples_synthetic" / f"{name}.json"
    if not path.is_file():
        pytest.fail(f"There is no {path.name} in {path.parent}")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_becomes_a_typed_header_and_the_untouched_document(
    hirers: Start, provider_specs: Path, name: str
) -> None:
    simulator, settings = hirers()
    text = sample(provider_specs, name)
    document: dict[str, Any] = json.loads(text, parse_float=Decimal)
    always(simulator, "/partner/", [document["company"]])
    always(simulator, r"/remuneration/[^/]*/[^/]*$", [{"id": document["id"]}])
    always(simulator, r"/remuneration/[^/]*/[^/]*/[^/]*$", text)
    done = sync({**settings, "company_ids": ["c1"]})
    (line,) = [line for line in done.lines if b'"RECORD","stream":"remunerations"' in line]
    record = json.loads(line, parse_float=Decimal)["record"]
    assert record["raw"] == document
    assert record["id"] == document["id"]
    assert record["partner_id"] == record["hirer_id"] == document["company"]["id"]
    assert record["lender_version"] == document["lenderVersion"]
    assert record["start_date"] == document["startDate"]
    assert record["publish_date"].endswith("Z")
    assert record["publisher_email"] == document["publisher"]["email"]
    assert record["hirer_commerce_number"] == "01234567"
    assert record["has_extended_blocks"] is ("gen2" in name)
    (partner,) = done.records("partners")
    assert partner["business_name"] == document["company"]["businessName"]
    assert partner["sbi_codes"] == document["company"]["sbiCodes"]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_nested_block_of_a_sample_is_known(provider_specs: Path, name: str) -> None:
    document = json.loads(sample(provider_specs, name))
    assert {key for key, value in document.items() if isinstance(value, (dict, list))} <= DOCUMENT_BLOCKS
