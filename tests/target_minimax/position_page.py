"""The page that says what each position of the switches came to."""

from __future__ import annotations

import platform
from collections import defaultdict
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from tests.target_minimax.measured import BESIDE, DEFAULTS, LEFT_OUT, NOT_WHOLE, ROOT, VOLUMES, Measured

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PAGE: Final = ROOT / "docs" / "switches.md"
LIBRARIES: Final = ("singer-sdk", "sqlalchemy", "requests", "tenacity", "filelock")
HEAD: Final = """\
# Minimax in every reading

Written by `make switches`; do not edit.

Much of Minimax is not published. Where it is not, its [simulator](../simulators/README.md) has a switch, with a position for each reading, and one of
them is the default. Here the tests of `target-minimax` run with each switch in each other position. A test that says a switch
itself keeps what it says.

First all run with the defaults, and what the simulator asks for is noted. A test in which it never asks for a switch does the same in
each position of it, and is not repeated: those are in the column *never asked* (`--all` repeats them too). *Exempt* tests assert
what is not so in that reading; they run and must fail, or else count as failed. Why stands below the table. Where no test
asks for a switch, only the journey of `tests/target_minimax/test_switches.py` is made in its positions, as in all others.
"""


def write(positions: Iterable[str]) -> bool:
    """Write it from what is kept, and tell whether something fails or is not measured."""
    names = [DEFAULTS, *positions]
    known = [measured for name in names if (measured := Measured.read(name)) is not None]
    missing = [name for name in names if name not in {each.position for each in known}]
    PAGE.write_text("\n".join(_page(known, missing)) + "\n", encoding="utf-8")
    return bool(missing) or any(each.of("failed") for each in known)


def _page(known: Sequence[Measured], missing: Sequence[str]) -> Iterator[str]:
    defaults, *others = known
    tests = len(defaults.outcomes)
    failed = [(each, outcome) for each in known for outcome in each.of("failed")]
    exempt = sum(len(each.of("exempt")) for each in known)
    runs = sum(len(each.outcomes) for each in others)
    yield HEAD
    moments = sorted(each.moment for each in known)
    yield f"- Date: {moments[0]} to {moments[-1]} UTC; the commit of each position stands in its row"
    yield f"- Python {platform.python_version()}, {', '.join(f'{name} {version(name)}' for name in LIBRARIES)}"
    yield f"- {tests} tests; {len(others)} positions beside the defaults, in which {runs:,} tests were run again"
    yield f"- Exempt: {exempt}. Failed: {len(failed)}. Positions that were not measured: {len(missing)}"
    yield f"- Smaller than usual in this run: {', '.join(f'`{name}={value}`' for name, value in VOLUMES.items())}"
    yield "\n| position | passed | exempt | failed | never asked | commit |\n|---|---|---|---|---|---|"
    for each in known:
        beside = "".join(f", with `{place}`" for place in BESIDE.get(each.position.partition("=")[0], ()))
        counts = " | ".join(str(len(each.of(ended))) for ended in ("passed", "exempt", "failed"))
        yield f"| `{each.position}`{beside} | {counts} | {tests - len(each.outcomes)} | {each.commit} |"
    yield "\n## Left out\n"
    for what, why in (LEFT_OUT | NOT_WHOLE).items():
        yield f"- `{what}`: {why}."
    if missing:
        yield "\n## Not measured yet\n"
        yield from (f"- `{name}`" for name in missing)
    yield from _exempt(known)
    if failed:
        yield "\n## Failed\n"
        yield from (f"- `{each.position}`: `{outcome.test.rpartition('/')[2]}`" for each, outcome in failed)


def _exempt(known: Iterable[Measured]) -> Iterator[str]:
    """Reasons, each with its positions and tests."""
    reasons: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for each in known:
        for outcome in each.of("exempt"):
            reasons[outcome.why][outcome.test.rpartition("::")[2]].append(each.position)
    if reasons:
        yield "\n## Exempt\n\n| why | positions | tests |\n|---|---|---|"
    for why, tests in reasons.items():
        positions = dict.fromkeys(f"`{position}`" for found in tests.values() for position in found)
        yield f"| {why} | {', '.join(positions)} | {', '.join(f'`{test}`' for test in tests)} |"
