"""What a seed stands for: settings, facts, what the source delivers when, and what goes wrong in which run."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

__all__ = ["LATEST", "SETTLE", "Fact", "Scenario"]

SETTLE: Final = timedelta(minutes=15)
LATEST: Final = SETTLE * 3
"""When the last of the writes that arrive too late has arrived."""
LARGER_FROM: Final = 100_000
"""Most worlds of the seeds from here on have more records: for long measurements."""
BSN: Final = "111222333"
PERIODS: Final = ("2026-09", "2026-10")
FLAWS: Final = ("refused_by_provider", "unknown_account", "unbalanced")


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A business fact in one of its contents.

    Attributes:
        key: Business key.
        version: Number of the content, from 1.
        amount: In cents.
        period: Month that it is booked in.
        flaw: Why it can never be booked.
        told: The source says the version.
    """

    key: str
    version: int
    amount: int
    period: str
    flaw: str | None
    told: bool

    def record(self) -> dict[str, Any]:
        """As delivered; amounts between `#` become JSON numbers, digit by digit."""
        account = {"refused_by_provider": "4999", "unknown_account": "0000"}.get(self.flaw or "", "4000")
        other = self.amount + (self.flaw == "unbalanced")
        lines = [
            {"account": account, "debit": _euros(self.amount), "description": f"salary {BSN}"},
            {"account": "1600", "credit": _euros(other), "description": f"v{self.version}"},
        ]
        version = {"version": str(self.version)} if self.told else {}
        return {"key": self.key, "date": f"{self.period}-28", "lines": lines, **version}


def _euros(cents: int) -> str:
    return f"#{cents // 100}.{cents % 100:02}#"


@dataclass(kw_only=True)
class Scenario:
    """Everything that a seed decides before the first run; what happens within runs is drawn from `random`."""

    seed: int
    random: random.Random = field(repr=False)
    strategy: str
    on_changed: str
    versioned: bool
    told: bool
    on_reject: str
    state_after: str
    runs: int
    late_beyond_settle: bool
    people: bool
    budget: int | None
    log: list[list[Fact]] = field(repr=False)
    """What the source has new before each run."""

    @classmethod
    def of(cls, seed: int) -> Scenario:
        draw = random.Random(seed)
        strategy = draw.choice(("client_id", "client_id", "marker", "marker", "search"))
        choices = {"search": ("skip", "reject", "update", "update")}
        on_changed = draw.choice(choices.get(strategy, ("skip", "reject", "update", "update", "reverse", "reverse")))
        runs = draw.randint(1, 3)
        told = draw.random() < 0.4
        late_beyond_settle = draw.random() < 0.1
        more = random.Random(f"more of {seed}")  # draws of its own leave the worlds as they were
        late_beyond_settle = late_beyond_settle or (more.random() < 0.2 and strategy != "client_id")
        many = more.randint(7, 20) if more.random() < (0.06 if seed < LARGER_FROM else 0.6) else None
        scenario = cls(
            seed=seed,
            random=draw,
            strategy=strategy,
            on_changed=on_changed,
            versioned=draw.random() < 0.5,
            told=told,
            on_reject="advance" if draw.random() < 0.2 else "hold",
            state_after="durable" if draw.random() < 0.1 else "confirmed",
            runs=runs,
            late_beyond_settle=late_beyond_settle,
            people=draw.random() < 0.3 and not late_beyond_settle,
            budget=draw.randint(3, 12) if draw.random() < 0.1 else None,
            log=_log(draw, runs, told=told, many=many),
        )
        if many and scenario.budget:
            scenario.budget += 2 * many  # else what is refused every day uses it up
        if scenario.twice:
            scenario.budget = None
            scenario.versioned = scenario.versioned or on_changed == "update"
        return scenario

    @property
    def twice(self) -> bool:
        """Writes arrive later than anybody waits for them, at endpoints where that makes a second booking."""
        return self.late_beyond_settle and self.strategy != "client_id"


def _fact(draw: random.Random, number: int, *, told: bool) -> Fact:
    flaw = draw.choice(FLAWS) if draw.random() < 0.08 else None
    period = draw.choice(PERIODS)
    cents = draw.randint(1, 10 ** draw.randint(1, 9))
    return Fact(key=f"f{number}", version=1, amount=cents, period=period, flaw=flaw, told=told)


def _log(draw: random.Random, runs: int, *, told: bool, many: int | None) -> list[list[Fact]]:
    few = draw.randint(2, 6)
    facts = [_fact(draw, number, told=told) for number in range(many or few)]
    first = draw.randint(1, len(facts))
    log = [facts[:first]]
    newest = {fact.key: fact for fact in facts[:first]}
    rest = facts[first:]
    for _ in range(runs - 1):
        new = [rest.pop() for _ in range(draw.randint(0, len(rest)))]
        for fact in list(newest.values()):
            if draw.random() < 0.3:
                cents = fact.amount if draw.random() < 0.2 else draw.randint(1, 10**6)
                changed = Fact(
                    key=fact.key,
                    version=fact.version + 1,
                    amount=cents,
                    period=fact.period,
                    flaw=fact.flaw,
                    told=told,
                )
                new.append(changed)
        newest |= {fact.key: fact for fact in new}
        log.append(new)
    if rest:
        log[-1] += rest
    return log
