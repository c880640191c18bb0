"""What is in a document stays in the record: no person and no token in logs, state or errors."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator
from tap_inlenersbeloning.tap import TapInlenersbeloning

from tests.tap_inlenersbeloning.conftest import Settings, always, run_tap, sync

if TYPE_CHECKING:
    from pathlib import Path

Start = Callable[..., tuple[InlenersbeloningSimulator, Settings]]
PERSON = {
    "name": "Markeerder van Testen",
    "email": "markeerder@hirer.example",
    "phone": "0612300000",
    "function": "Hoofd Markeringen",
}
DOCUMENT: dict[str, Any] = {
    "id": "r1",
    "title": "Titel met Markeerder",
    "lenderVersion": 1,
    "publisher": PERSON,
    "company": {"id": "p1", "phoneNumber": "0301234567", "addresses": [{"street": "Markeerlaan", "houseNumber": 1}]},
    "allowances": {"allowances": [{"id": "a", "conditions": "bel Markeerder", "name": "Avond"}]},
}
LOUD = "version: 1\ndisable_existing_loggers: false\nhandlers: {stderr: {class: logging.StreamHandler}}\n"


def loud(folder: Path) -> dict[str, str]:
    """Environment in which everything is logged."""
    config = folder / "logging.yaml"
    config.write_text(LOUD + "root: {level: DEBUG, handlers: [stderr]}\n", encoding="utf-8")
    return {
        "SINGER_SDK_LOG_CONFIG": str(config),
        "LOGLEVEL": "DEBUG",
        "TAP_INLENERSBELONING_LOGLEVEL": "DEBUG",
    }


def spoken(found: str, settings: Settings) -> list[str]:
    markers = [*PERSON.values(), "Markeer", "0301234567", settings["token"], settings["token"][4:]]
    return [marker for marker in markers if marker in found]


@pytest.mark.parametrize(
    ("trouble", "ends"),
    [
        (None, "well"),
        ({"path": "/partner/", "body": {"Markeerder van Testen": 1}}, "badly"),
        ({"path": "/partner/", "body": '{"name": "Markeerder van Testen'}, "badly"),
        ({"path": "/remuneration/[^/]*/[^/]*$", "body": PERSON, "status": 403}, "well"),
        ({"path": "/remuneration/[^/]*/[^/]*/", "body": PERSON, "status": 401}, "badly"),
        ({"path": "/remuneration/[^/]*/[^/]*/", "body": {**DOCUMENT, "lenderVersion": "Markeerder"}}, "well"),
        ({"path": "/remuneration/[^/]*/[^/]*/", "body": {**DOCUMENT, "Markeerder van Testen": 1}}, "well"),
    ],
)
def test_the_loudest_log_tells_nothing_of_persons_and_token(
    hirers: Start, tmp_path: Path, trouble: dict[str, Any] | None, ends: str
) -> None:
    simulator, settings = hirers()
    if trouble:
        always(simulator, **trouble)
    always(simulator, "/remuneration/[^/]*/[^/]*/", {**DOCUMENT, "startDate": "Markeerder"})
    ended = run_tap(settings, tmp_path, **loud(tmp_path))
    assert (ended.returncode == 0) == (ends == "well")
    assert "GET /api/v6/partner/" in ended.stderr, "the log is not loud"
    assert spoken(ended.stderr, settings) == []
    states = "".join(line for line in ended.stdout.splitlines() if '"type":"STATE"' in line)
    assert spoken(states, settings) == []
    if trouble is None:
        assert len(spoken(ended.stdout, settings)) > 4, "the markers are no markers"
        assert settings["token"] not in ended.stdout


def test_the_publisher_can_be_pseudonymised_in_columns_and_document(hirers: Start) -> None:
    simulator, settings = hirers()
    always(simulator, "/remuneration/[^/]*/[^/]*/", DOCUMENT)
    classes = ["name", "contact", "identifier", "address", "free_text"]
    settings |= {"pseudonymise": classes, "pseudonym_key": "pepper-and-salt"}
    record = sync(settings, "remunerations").records("remunerations")[0]
    assert "Testen" not in json.dumps(record)
    raw = record["raw"]
    for member, value in PERSON.items():
        assert len(raw["publisher"][member]) == 32
        assert raw["publisher"][member] == record[f"publisher_{member}"] != value
    assert "Markeerlaan" not in json.dumps(raw["company"])
    (allowance,) = raw["allowances"]["allowances"]
    assert len(allowance.pop("conditions")) == 32
    assert allowance == {"id": "a", "name": "Avond"}
    assert raw["title"] == DOCUMENT["title"]
    schema = TapInlenersbeloning(config=dict(settings)).streams["remunerations"].schema["properties"]
    assert "Pseudonymised" in schema["publisher_name"]["description"]


def test_a_partner_can_be_pseudonymised_in_columns_and_raw(hirers: Start) -> None:
    _, settings = hirers()
    settings |= {"pseudonymise": ["contact", "address"], "pseudonym_key": "pepper-and-salt"}
    for record in sync(settings, "partners").some("partners"):
        assert len(record["phone_number"]) == 32
        assert record["raw"]["phoneNumber"] == record["phone_number"]
        assert isinstance(record["raw"].get("addresses", ""), str)


def test_without_a_wish_the_document_is_untouched(hirers: Start) -> None:
    simulator, settings = hirers()
    always(simulator, "/remuneration/[^/]*/[^/]*/", DOCUMENT)
    assert sync(settings, "remunerations").records("remunerations")[0]["raw"] == DOCUMENT


def test_the_story_is_told_in_few_lines(hirers: Start, caplog: pytest.LogCaptureFixture) -> None:
    _, settings = hirers()
    caplog.set_level(logging.INFO)
    sync(settings)
    ours = [each for each in caplog.records if "METRIC" not in each.getMessage() and each.name != "singer_sdk.metrics"]
    told = [each.getMessage() for each in ours if not each.getMessage().startswith(("Beginning sync", "Skipping"))]
    assert len(told) < 8
    assert f"Company {settings['company_ids'][0]} has " in caplog.text
