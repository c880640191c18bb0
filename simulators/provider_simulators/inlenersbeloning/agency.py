"""What the agency sees of its hirers: who shares what with which of its companies."""

from dataclasses import dataclass, field

from provider_simulators.inlenersbeloning.editions import Remuneration, shared
from provider_simulators.inlenersbeloning.hirers import Hirer, base36, crowd, every_kind, hirers, uuid4_of
from provider_simulators.inlenersbeloning.switches import InlenersbeloningSwitches
from provider_simulators.world import World

COMPANIES = (base36(1_640_995_200), uuid4_of("agency", "second company"))
"""The agency's companies (werkmaatschappijen): an older one, and one with a UUID. The second has one hirer."""
COMPANY_NAMES = dict(zip(COMPANIES, ("Verzonnen Uitzendkrachten B.V.", "Verzonnen Detachering B.V."), strict=True))


@dataclass(kw_only=True)
class Share:
    """What a hirer shares with one company: its remunerations by id, and those that it has withdrawn."""

    hirer: Hirer
    remunerations: dict[str, Remuneration]
    withdrawn: dict[str, Remuneration] = field(default_factory=dict)


Shares = dict[str, dict[str, Share]]
"""Per company of the agency, per partner."""


def share(hirer: Hirer, company: str, switches: InlenersbeloningSwitches) -> Share:
    """All publications of a hirer, shared with a company."""
    every = [shared(hirer, publication, company, switches.all_oddities) for publication in hirer.publications]
    return Share(hirer=hirer, remunerations={each.newest.head["id"]: each for each in every})


def all_shares(world: World, switches: InlenersbeloningSwitches) -> Shares:
    """Everything that is shared at the start; the second company shares in the first hirer only."""
    if switches.crowd:
        every = tuple(crowd(switches.crowd, switches.document_kilobytes))
    else:
        every = (*hirers(world), *(every_kind() if switches.hirers == "every_kind" else ()))
    return {
        company: {hirer.id: share(hirer, company, switches) for hirer in those}
        for company, those in zip(COMPANIES, (every, every[:1]), strict=True)
    }
