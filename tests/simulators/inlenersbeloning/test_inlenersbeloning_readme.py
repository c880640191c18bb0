import re
from dataclasses import fields
from pathlib import Path

from provider_simulators.inlenersbeloning import InlenersbeloningSwitches, Oddity, Right

README = Path(__file__).parents[3] / "simulators" / "README.md"


def test_every_switch_oddity_and_right_is_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    part = text[text.index("## Inlenersbeloning.com") : text.index("## Minimax")]
    rows = [row for row in part.splitlines() if row.startswith("| `")]
    switches = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}

    assert switches == {field.name for field in fields(InlenersbeloningSwitches)}
    assert f"`{','.join(Oddity)}`" in part
    assert f"`{','.join(Right)}`" in part
