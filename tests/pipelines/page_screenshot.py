"""Makes the picture of a simulator's page in the docs: payroll is booked, of which Minox refuses some (`make screenshot`)."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Final

from provider_simulators.minox import MinoxSimulator
from provider_simulators.nmbrs import NmbrsSimulator
from provider_simulators.world import World

from tests.browser import browse
from tests.payroll import ROOT, Payroll

PICTURE: Final = ROOT / "docs" / "pictures" / "simulator.png"


def main() -> None:
    """Run the pipeline, and look at the books."""
    world = World.build(seed=1, debtors=1, companies=1, employees=6, today=date(2026, 4, 15))
    with (
        tempfile.TemporaryDirectory() as folder,
        NmbrsSimulator(world) as nmbrs,
        MinoxSimulator(world) as minox,
    ):
        payroll = Payroll(nmbrs=nmbrs, minox=minox, folder=Path(folder))
        minox.faults.add(method="PUT", path="transaction_line_batch", action="status", status=503, nth=1)
        payroll.book(payroll.extract(), verify=True)
        PICTURE.parent.mkdir(exist_ok=True)
        shot = (f"--screenshot={PICTURE}", "--window-size=1100,1950", "--force-device-scale-factor=0.75")
        browse(f"{minox.url}/_simulator/", *shot, profile=Path(folder) / "profile")


if __name__ == "__main__":
    main()
