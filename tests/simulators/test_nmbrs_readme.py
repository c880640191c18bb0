"""The README tells of every switch and every fault action."""

from dataclasses import fields
from pathlib import Path

from provider_simulators.faults import Action, Fault
from provider_simulators.nmbrs import JournalVariant, NmbrsSwitches

README = Path(__file__).resolve().parents[2] / "simulators" / "README.md"


def test_every_switch_fault_and_variant_is_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    names = [field.name for field in (*fields(NmbrsSwitches), *fields(Fault))] + [*Action, *JournalVariant]
    assert [name for name in names if f"`{name}`" not in text and f"`action: {name}`" not in text] == []
