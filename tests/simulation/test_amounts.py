"""Amounts arrive as the source wrote them, to the cent: through the reader, the entry, the document and the wire."""

from __future__ import annotations

import json
import os
import random
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.simulation.network import Chaos
from tests.simulation.scenario import Scenario
from tests.simulation.statements import compiled_once
from tests.simulation.world import World

if TYPE_CHECKING:
    from pathlib import Path

AMOUNTS = int(os.environ.get("TEST_AMOUNTS") or 20_000)
LINES = 500


def written(draw: random.Random, cents: int) -> str:
    """An amount in one of the ways in which a source may write it; between `#` it becomes a JSON number."""
    amount = Decimal(cents).scaleb(-2)
    forms = [f"#{amount:.2f}#", f"{amount:.2f}", f"#{cents}e-2#"]
    if cents % 10 == 0:
        forms.append(f"#{amount:.1f}#")
    if cents % 100 == 0:
        forms.append(f"#{cents // 100}#")
    return draw.choice(forms)


def entry(draw: random.Random, key: str, amounts: list[int]) -> dict[str, Any]:
    lines: list[dict[str, Any]] = [{"account": "4000", "debit": written(draw, cents)} for cents in amounts]
    lines.append({"account": "1600", "credit": written(draw, sum(amounts))})
    return {"key": key, "date": "2026-10-31", "lines": lines}


def test_every_amount_arrives_exact(tmp_path: Path) -> None:
    draw = random.Random(20261031)
    scenario = Scenario.of(1)
    scenario.strategy, scenario.on_changed, scenario.budget = "client_id", "reject", None
    sent: dict[str, list[int]] = {}
    for number in range(AMOUNTS // LINES):
        amounts = [draw.randint(1, 10 ** draw.randint(1, 17)) for _ in range(LINES - 1)]
        sent[f"e{number}"] = [*amounts, sum(amounts)]
    world = World(scenario, tmp_path)
    head = world.messages([], states=0)
    lines = [
        json.dumps({"type": "RECORD", "stream": "journal_entries", "record": entry(draw, key, cents[:-1])})
        for key, cents in sent.items()
    ]
    text = head.splitlines(keepends=True)[0] + "\n".join(lines).replace('"#', "").replace('#"', "") + "\n"

    with compiled_once():
        ended = world.run(text, [], Chaos(random=draw))

    assert ended.code == 0, ended.logged
    arrived = {booking.key: booking.document["lines"] for booking in world.books.live()}
    assert arrived.keys() == sent.keys()
    for key, cents in sent.items():
        held = [line.get("debit") or line.get("credit") for line in arrived[key]]
        assert all(isinstance(amount, Decimal | int) for amount in held)
        assert [amount * 100 for amount in held] == cents
