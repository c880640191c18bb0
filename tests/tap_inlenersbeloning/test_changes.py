"""What a sync asks for and writes when it knows what the one before it has seen."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator
from tap_inlenersbeloning.blocks import DOCUMENT_STREAMS

from tests.tap_inlenersbeloning.conftest import Settings, Sync, paths, sync

Start = Callable[..., tuple[InlenersbeloningSimulator, Settings]]
DELETED = "_sdc_deleted_at"
OF_DOCUMENTS = [row.name for row in DOCUMENT_STREAMS]


class Agency:
    """A simulator, and syncs that go on from each other."""

    def __init__(self, simulator: InlenersbeloningSimulator, settings: Settings) -> None:
        self.simulator = simulator
        self.backend = simulator.backend
        self.settings = settings
        self.state: dict[str, Any] = {}
        self.asked: list[str] = []

    def sync(self, *streams: str, **settings: Any) -> Sync:
        before = len(paths(self.simulator))
        done = sync({**self.settings, **settings}, *streams, state=self.state)
        self.asked = paths(self.simulator)[before:]
        self.state = done.state
        return done

    @property
    def documents_asked(self) -> list[str]:
        return [path for path in self.asked if path.count("/") > 3]

    def one(self) -> tuple[str, str, str]:
        """Company, partner and id of a remuneration."""
        return next(self.every())

    def every(self) -> Iterator[tuple[str, str, str]]:
        for company, shares in self.backend.shares.items():
            for partner, share in shares.items():
                for identifier in share.remunerations:
                    yield company, partner, identifier


@pytest.fixture
def agency(hirers: Start) -> Callable[..., Agency]:
    """Start one, and sync it once."""

    def start(*streams: str, **switches: Any) -> Agency:
        made = Agency(*hirers(**switches))
        made.sync(*streams)
        return made

    return start


def deleted(done: Sync, stream: str) -> list[tuple[Any, ...]]:
    """Keys of the records that say that something is gone; they hold nothing else."""
    gone = [record for record in done.records(stream) if record.get(DELETED)]
    return [tuple(value for name, value in record.items() if name != DELETED) for record in gone]


def written(done: Sync) -> Counter[str]:
    return Counter(m["stream"] for m in done.messages if m["type"] == "RECORD" and m["stream"] in OF_DOCUMENTS)


@pytest.mark.parametrize("fields", ["full", "version", "date"])
def test_where_nothing_has_changed_the_lists_are_asked_for_and_nothing_else(
    agency: Callable[..., Agency], fields: str
) -> None:
    made = agency(list_fields=fields)
    first = len(made.asked)
    done = made.sync()
    partners = len(done.some("partners"))
    assert len(made.asked) == len(made.settings["company_ids"]) + partners == first - len(list(made.every()))
    assert made.documents_asked == []
    assert not written(done)
    assert done.some("remuneration_index")
    assert made.sync().state == done.state


def test_a_new_version_is_read_and_written_alone(agency: Callable[..., Agency]) -> None:
    made = agency()
    company, partner, identifier = made.one()
    version = made.backend.republish(company, partner, identifier)
    done = made.sync()
    assert made.documents_asked == [f"/remuneration/{company}/{partner}/{identifier}"]
    (record,) = done.records("remunerations")
    assert (record["company_id"], record["partner_id"], record["id"]) == (company, partner, identifier)
    assert record["lender_version"] == version
    assert {row["lender_version"] for row in done.some("salary_steps")} == {version}
    assert not written(made.sync())


def test_documents_are_fetched_once_for_all_their_streams(agency: Callable[..., Agency]) -> None:
    made = agency()
    assert len(set(made.asked)) == len(made.asked)


def test_a_remuneration_that_is_withdrawn_is_marked_once_and_lives_again_when_it_returns(
    agency: Callable[..., Agency],
) -> None:
    made = agency()
    company, partner, identifier = made.one()
    version = made.backend.shares[company][partner].remunerations[identifier].version
    made.backend.withdraw(company, partner, identifier)
    done = made.sync()
    assert deleted(done, "remuneration_index") == [(company, partner, identifier)]
    assert deleted(done, "remunerations") == [(company, partner, identifier, version)]
    assert deleted(made.sync(), "remuneration_index") == []
    made.backend.restore(company, partner, identifier)
    done = made.sync()
    live = [r for r in done.records("remunerations") if r["id"] == identifier]
    assert [(r["lender_version"], r[DELETED]) for r in live] == [(version, None)]
    assert done.some("salary_steps")
    shown = [r for r in done.records("remuneration_index") if r["remuneration_id"] == identifier]
    assert [r[DELETED] for r in shown] == [None]


def test_the_row_of_a_partner_without_remuneration_goes_and_comes(agency: Callable[..., Agency]) -> None:
    made = agency()
    company, partner, identifier = next(
        (c, p, i) for c, p, i in made.every() if len(made.backend.shares[c][p].remunerations) == 1
    )
    made.backend.withdraw(company, partner, identifier)
    rows = [row for row in made.sync().records("remuneration_index") if row["partner_id"] == partner]
    live = [row for row in rows if row["company_id"] == company and not row[DELETED]]
    assert [(row["remuneration_id"], row["has_remuneration"]) for row in live] == [("", False)]
    made.backend.restore(company, partner, identifier)
    assert deleted(made.sync(), "remuneration_index") == [(company, partner, "")]


def test_a_partner_that_goes_takes_its_remunerations_along(agency: Callable[..., Agency]) -> None:
    made = agency()
    company, partner, identifier = made.one()
    shares = made.backend.shares[company][partner].remunerations
    expected = {(company, partner, each, kept.version) for each, kept in shares.items()}
    share = made.backend.remove_partner(company, partner)
    done = made.sync()
    assert deleted(done, "partners") == [(company, partner)]
    assert {each[:3] for each in expected} == set(deleted(done, "remuneration_index"))
    assert expected == set(deleted(done, "remunerations"))
    done = made.sync()
    assert deleted(done, "partners") == deleted(done, "remuneration_index") == []
    made.backend.shares[company][partner] = share
    done = made.sync()
    assert (company, partner) in {(row["company_id"], row["id"]) for row in done.records("partners")}
    assert identifier in {row["id"] for row in done.records("remunerations")}


def test_a_new_partner_with_a_document_of_years_ago_is_read(agency: Callable[..., Agency]) -> None:
    made = agency()
    company, _, _ = made.one()
    partner = made.backend.add_partner(company, "Nieuwe Inlener B.V.")
    done = made.sync()
    assert [row["partner_id"] for row in done.records("remunerations")] == [partner]
    assert done.records("remunerations")[0]["publish_date"] < "2025"


def test_nothing_is_withdrawn_where_the_list_could_not_be_read(agency: Callable[..., Agency]) -> None:
    made = agency()
    company, partner, _ = made.one()
    made.simulator.faults.add(action="status", path=f"/remuneration/{company}/", status=403, times=None)
    done = made.sync()
    assert deleted(done, "remuneration_index") == deleted(done, "remunerations") == []
    assert {row["company_id"] for row in done.records("remuneration_index")} == set(made.settings["company_ids"]) - {
        company
    }
    made.simulator.faults.clear()
    done = made.sync()
    assert deleted(done, "remuneration_index") == []
    assert not written(done)
    assert partner in {row["partner_id"] for row in done.records("remuneration_index")}


def test_partners_that_the_settings_leave_out_are_not_withdrawn(agency: Callable[..., Agency]) -> None:
    made = agency()
    company, partner, identifier = made.one()
    done = made.sync(partner_ids=[partner])
    assert {path.split("/")[3] for path in made.asked if path.startswith("/remuneration/")} == {partner}
    assert {row["id"] for row in done.records("partners")} == {partner}
    assert deleted(done, "partners") == deleted(done, "remuneration_index") == []
    done = made.sync(exclude_partner_ids=[partner])
    assert partner not in {row["partner_id"] for row in done.records("remuneration_index")}
    made.backend.withdraw(company, partner, identifier)
    assert deleted(made.sync(exclude_partner_ids=[partner]), "remuneration_index") == []
    assert (company, partner, identifier) in deleted(made.sync(), "remuneration_index")
    assert made.documents_asked == []


@pytest.mark.parametrize("fields", ["id", "title"])
def test_lists_without_version_or_date_have_every_document_read_and_only_changed_ones_written(
    agency: Callable[..., Agency], caplog: pytest.LogCaptureFixture, fields: str
) -> None:
    caplog.set_level("INFO")
    made = agency(list_fields=fields)
    assert caplog.text.count("show neither version nor date") == 1
    total = len(list(made.every()))
    company, partner, identifier = made.one()
    made.backend.amend(company, partner, identifier)
    done = made.sync()
    assert len(made.documents_asked) == total
    assert [row["id"] for row in done.records("remunerations")] == [identifier]
    assert f"1 read and written, {total - 1} read and unchanged" in caplog.text


def test_force_reads_and_writes_everything_again(agency: Callable[..., Agency]) -> None:
    made = agency()
    total = len(list(made.every()))
    done = made.sync(force=True)
    assert len(made.documents_asked) == len(done.records("remunerations")) == total


@pytest.mark.parametrize(
    "change",
    [
        {"pseudonymise": ["contact"], "pseudonym_key": "pepper"},
        {"strip_control_chars": True},
        {"flattening_enabled": True, "flattening_max_depth": 1},
    ],
)
def test_other_settings_of_what_records_hold_have_everything_written_again(
    agency: Callable[..., Agency], change: dict[str, Any]
) -> None:
    made = agency()
    total = len(list(made.every()))
    assert len(made.sync(**change).records("remunerations")) == total
    assert not written(made.sync(**change))
    if "pseudonym_key" in change:
        assert len(made.sync(**{**change, "pseudonym_key": "salt"}).records("remunerations")) == total


def test_a_stream_that_is_selected_later_has_everything(agency: Callable[..., Agency]) -> None:
    made = agency("partners", "remuneration_index", "remunerations")
    done = made.sync("partners", "remuneration_index", "remunerations", "salary_steps")
    assert done.some("salary_steps")
    assert len(done.records("remunerations")) == len(list(made.every()))


def test_a_sync_of_the_lists_alone_does_not_make_documents_known(agency: Callable[..., Agency]) -> None:
    made = agency("partners")
    made.sync("remuneration_index")
    done = made.sync()
    assert len(done.records("remunerations")) == len(list(made.every()))
    company, partner, identifier = made.one()
    made.backend.republish(company, partner, identifier)
    made.sync("remuneration_index")
    assert [row["id"] for row in made.sync().records("remunerations")] == [identifier]


def test_a_partner_that_goes_between_syncs_of_partners_alone_is_withdrawn_by_the_next_whole_one(
    agency: Callable[..., Agency],
) -> None:
    made = agency()
    company, partner, identifier = made.one()
    made.backend.remove_partner(company, partner)
    assert deleted(made.sync("partners"), "partners") == [(company, partner)]
    assert (company, partner, identifier) in deleted(made.sync(), "remuneration_index")


def test_a_document_withdrawn_between_list_and_reading_is_read_when_it_returns(agency: Callable[..., Agency]) -> None:
    made = agency()
    company, partner, identifier = made.one()
    made.backend.republish(company, partner, identifier)

    def withdraw(operation: str, ids: dict[str, str]) -> None:
        if operation == "get_remuneration" and ids["remuneration"] == identifier:
            made.backend.before_read = lambda *_: None
            made.backend.withdraw(company, partner, identifier)

    made.backend.before_read = withdraw
    assert made.sync().records("remunerations") == []
    made.backend.restore(company, partner, identifier)
    assert [row["id"] for row in made.sync().records("remunerations")] == [identifier]


@pytest.mark.parametrize(
    "state",
    [
        {"bookmarks": {"partners": {}, "remuneration_index": {}, "remunerations": {}}},
        {"bookmarks": {"remunerations": {"format": 1, "signature": "x", "companies": {"a": {"b": {"c": 5}}}}}},
        {"bookmarks": {"remunerations": {"format": 99, "companies": []}}},
        {"bookmarks": {"remunerations": {"partitions": [{"context": {"company_id": "a"}}]}}},
    ],
)
def test_a_state_of_another_version_is_accepted(hirers: Start, state: dict[str, Any]) -> None:
    _, settings = hirers()
    assert sync(settings, state=state).state == sync(settings).state


def test_the_state_holds_nothing_of_documents_and_stands_in_one_place(agency: Callable[..., Agency]) -> None:
    made = agency()
    text = json.dumps(made.state)
    assert [name for name, content in made.state["bookmarks"].items() if content] == ["remunerations"]
    for company, partner, identifier in made.every():
        document = made.backend.shares[company][partner].remunerations[identifier].newest.document(total_versions=1)
        for word in (document["title"], document["company"]["businessName"], document["publisher"]["email"]):
            assert word is None or word not in text


def test_the_state_moves_only_when_all_that_is_made_of_documents_has_been_written(hirers: Start) -> None:
    _, settings = hirers()
    done = sync(settings)
    places = [
        place
        for place, m in enumerate(done.messages)
        if m["type"] == "STATE" and m["value"]["bookmarks"].get("remunerations")
    ]
    last = max(place for place, m in enumerate(done.messages) if m["type"] == "RECORD" and m["stream"] in OF_DOCUMENTS)
    assert places[0] > last
