"""Somebody else's tools beside ours, cell by cell: what each needs, and what of it lands.

    python -m tests.benchmarks.peers --workload employees --peer dlt ours --destination duckdb --things 10000

The peers need `make .venv-peers/.installed`. Each cell has a fresh simulator; `--troubled` is with faults.
"""

from __future__ import annotations

import argparse
import sys

from tests.benchmarks.peers.cell import measured
from tests.benchmarks.peers.programs import DESTINATIONS, PEERS
from tests.benchmarks.peers.workloads import WORKLOADS


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.peers", description=__doc__)
    parser.add_argument("--workload", nargs="+", choices=WORKLOADS, default=list(WORKLOADS))
    parser.add_argument("--peer", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--destination", nargs="+", choices=DESTINATIONS, default=list(DESTINATIONS))
    parser.add_argument("--things", type=int, help="default: as many as in a quick pass")
    parser.add_argument("--troubled", action="store_true")
    options = parser.parse_args()
    head = "workload | destination | who | wall | processor | memory | calls | there | landed | lost | doubled | exit"
    sys.stdout.write(f"{head}\n")
    for workload in (WORKLOADS[name] for name in options.workload):
        things = options.things or workload.things[1]
        for destination in options.destination:
            for who in (name for name in options.peer if destination in PEERS[name].destinations):
                cell = measured(workload, who, destination, things=things, troubled=options.troubled)
                cost = cell.cost
                sys.stdout.write(
                    f"{workload.name} | {destination} | {who} | {cost.wall_seconds:.1f} s | {cost.processor_seconds:.1f} s"
                    f" | {cost.memory_mb:.0f} MB | {cell.calls:,} | {cell.there:,} | {cell.records:,} | {cell.lost:,}"
                    f" | {cell.doubled:,} | {cost.exit_code}\n"
                )
                sys.stdout.flush()


if __name__ == "__main__":
    main()
