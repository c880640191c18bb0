"""What the positions of the switches came to, kept in `var/switches` from run to run; and what is not run in them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.target_minimax.positions import ORGANISATION

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT: Final = Path(__file__).resolve().parents[2]
TESTS: Final = "tests/target_minimax"
KEPT: Final = ROOT / "var" / "switches"
DEFAULTS: Final = "defaults"
VOLUMES: Final = {"MINIMAX_INTERLEAVINGS": "50"}
"""Smaller than usual: fates are many of a kind."""
LEFT_OUT: Final = {
    f"{TESTS}/test_switches.py": "makes its journey in every position by itself, in `make test` too",
    f"{TESTS}/test_volume.py": "many of what test_journals and test_records write one by one; answers at the limit are in test_preflight",
    f"{TESTS}/test_late_writes.py": "turns on when a write arrives; what is found after a lost one is in test_records, test_customers and the journey",
}
NOT_WHOLE: Final = {
    "api_right=False": "nothing can be read or written: each test would see the same exit code 13",
    f"without_right={ORGANISATION}": "the same for the only organisation",
    "calls_per_day=25": "no reading, the number is published: so few only show what happens at their end",
    "calls_per_month=25": "the same for the month",
    "localisation=HR": "no reading, a country: the records of these tests are Slovenian. test_simulator, test_countries and test_journals write those of each",
    "localisation=RS": "the same for Serbia",
}
"""Positions with the journey alone, and why."""
BESIDE: Final[dict[str, tuple[str, ...]]] = {
    "long_texts": ("unpublished_length=250",),
    "unsorted": ("page_size_max=50",),
}
"""Switches without which another one would mean nothing."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How one test ended: `passed`, `exempt` or `failed`."""

    test: str
    ended: str
    why: str = ""
    asked: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a position, or the defaults, came to, and at which commit."""

    position: str
    commit: str
    moment: str
    outcomes: Sequence[Outcome]

    @classmethod
    def read(cls, position: str) -> Measured | None:
        path = KEPT / f"{position}.json"
        if not path.exists():
            return None
        kept = json.loads(path.read_text(encoding="utf-8"))
        return cls(**kept | {"outcomes": [Outcome(**each) for each in kept["outcomes"]]})

    def keep(self) -> None:
        KEPT.mkdir(parents=True, exist_ok=True)
        (KEPT / f"{self.position}.json").write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    def of(self, ended: str) -> list[Outcome]:
        return [each for each in self.outcomes if each.ended == ended]

    @property
    def line(self) -> str:
        """For whoever waits."""
        counted = ", ".join(f"{len(self.of(ended))} {ended}" for ended in ("passed", "exempt", "failed"))
        failed = "".join(f"\n  {each.test.rpartition('/')[2]}" for each in self.of("failed"))
        return f"{self.position}: {counted}{failed}"
