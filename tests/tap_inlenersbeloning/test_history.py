"""Whatever hirers do between syncs: what incremental syncs leave in a warehouse is what a full one would put there."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator
from tap_inlenersbeloning.blocks import DOCUMENT_STREAMS
from tap_inlenersbeloning.table import STREAMS

from tests.tap_inlenersbeloning.conftest import Settings, Sync, sync

if TYPE_CHECKING:
    from provider_simulators.inlenersbeloning.backend import InlenersbeloningBackend

Start = Callable[..., tuple[InlenersbeloningSimulator, Settings]]
Rows = dict[tuple[Any, ...], dict[str, Any]]
KEYS = {declaration.name: declaration.primary_keys for declaration in STREAMS}
SELECTED = [declaration.name for declaration in STREAMS if declaration.selected]
OF_DOCUMENTS = [row.name for row in DOCUMENT_STREAMS]
DELETED = "_sdc_deleted_at"


class Warehouse:
    """Merges records by key, as a loader does."""

    def __init__(self) -> None:
        self.tables: dict[str, Rows] = {name: {} for name in SELECTED}

    def load(self, done: Sync) -> None:
        for message in done.messages:
            if message["type"] == "RECORD":
                record = message["record"]
                key = tuple(record[name] for name in KEYS[message["stream"]])
                table = self.tables[message["stream"]]
                table[key] = table.get(key, {}) | record

    def live(self) -> dict[str, Rows]:
        """Without what is deleted; of remunerations the newest versions."""
        newest: dict[tuple[Any, ...], int] = {}
        for *ids, version in self.tables["remunerations"]:
            newest[tuple(ids)] = max(version, newest.get(tuple(ids), 0))
        current = {
            (*ids, version)
            for (*ids, version), row in self.tables["remunerations"].items()
            if newest[tuple(ids)] == version and not row[DELETED]
        }
        return {
            name: {
                key: row
                for key, row in rows.items()
                if not row.get(DELETED) and (name not in OF_DOCUMENTS or key[:4] in current)
            }
            for name, rows in self.tables.items()
        }


def something_happens(backend: InlenersbeloningBackend, dice: random.Random, gone: list[Any]) -> None:
    company = dice.choice(list(backend.shares))
    partners = list(backend.shares[company])
    partner = dice.choice(partners) if partners else ""
    share = backend.shares[company].get(partner)
    match dice.choice(["republish", "republish", "withdraw", "restore", "add", "remove", "return", "nothing"]):
        case "republish" if share and share.remunerations:
            backend.republish(company, partner, dice.choice(list(share.remunerations)))
        case "withdraw" if share and share.remunerations:
            backend.withdraw(company, partner, dice.choice(list(share.remunerations)))
        case "restore" if share and share.withdrawn:
            identifier = dice.choice(list(share.withdrawn))
            backend.restore(company, partner, identifier)
            if dice.random() < 0.5:
                backend.republish(company, partner, identifier)
        case "add":
            backend.add_partner(company, f"Inlener {dice.random()}")
        case "remove" if share and len(partners) > 1:
            gone.append((company, partner, backend.remove_partner(company, partner)))
        case "return" if gone:
            company, partner, share = gone.pop(dice.randrange(len(gone)))
            backend.shares[company][partner] = share


@pytest.mark.parametrize("fields", ["full", "id"])
@pytest.mark.parametrize("seed", range(4))
def test_incremental_syncs_leave_what_a_full_one_would(hirers: Start, seed: int, fields: str) -> None:
    simulator, settings = hirers(list_fields=fields)
    dice, gone = random.Random(seed), []
    warehouse, state = Warehouse(), {}
    for _ in range(6):
        done = sync(settings, state=state)
        state = done.state
        warehouse.load(done)
        full = Warehouse()
        full.load(sync(settings))
        assert warehouse.live() == full.live()
        for _ in range(dice.randrange(5)):
            something_happens(simulator.backend, dice, gone)
