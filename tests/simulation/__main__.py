"""Run seeds: `python -m tests.simulation --seeds 0:2000`; tell one: `python -m tests.simulation --seed 17`."""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings

from tests.simulation.simulation import simulate, simulate_all


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.simulation", description=__doc__)
    parser.add_argument("--seeds", default="0:2000", help="FIRST:LAST")
    parser.add_argument("--seed", type=int, help="tell the story of this one")
    parser.add_argument("--stop-at-first", action="store_true", help="end at the first violation")
    options = parser.parse_args()
    warnings.simplefilter("error")
    if options.seed is not None:
        figures, story = simulate(options.seed)
        say("\n".join([*story, *figures.violations]))
        return 1 if figures.violations else 0
    first, last = map(int, options.seeds.split(":"))
    began = time.monotonic()
    figures = simulate_all(range(first, last), stop_at_first=options.stop_at_first, tell=say)
    counted = {name: value for name, value in vars(figures).items() if isinstance(value, int)}
    say(json.dumps(counted | {"seconds": round(time.monotonic() - began, 1), "failpoints": sorted(figures.passed)}))
    return 1 if figures.violations else 0


if __name__ == "__main__":
    sys.exit(main())
