"""The kit's README says of posting what the code does."""

import importlib
import re
from pathlib import Path

import pytest
from connector_kit.posting.commands import books_commands
from connector_kit.posting.commands.comparison import AGREEING, Verdict
from connector_kit.posting.failpoints import registered
from connector_kit.posting.ledger import State
from connector_kit.posting.outcome import OutcomeClass
from connector_kit.posting.summary import Tally

README = (Path(__file__).resolve().parents[2] / "connector-kit" / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("\n## posting\n")[2].partition("\n## ")[0]
NAMES = re.findall(r"`((?:[a-z_]+)\.[A-Za-z_]+)`", "\n".join(line for line in SECTION.splitlines() if line[:1] == "|"))


@pytest.mark.parametrize("name", NAMES)
def test_every_name_exists(name: str) -> None:
    module, _, member = name.partition(".")

    assert hasattr(importlib.import_module(f"connector_kit.posting.{module}"), member)


def test_states_outcomes_counts_and_failpoints_are_those_of_the_code() -> None:
    assert len(NAMES) > 10
    assert all(str(state) in SECTION for state in State)
    assert all(str(kind).replace("_", " ") in SECTION for kind in OutcomeClass)
    assert all(f"`{count}`" in SECTION for count in Tally().counts())
    assert re.findall(r"CONNECTOR_KIT_FAILPOINT=([\w.]+)", SECTION)[0] in registered()


COMMANDS = README.partition("\n## posting.commands\n")[2].partition("\n## ")[0]


def test_every_command_has_its_row() -> None:
    rows = re.findall(r"^\| `([a-z]+)[ `]", COMMANDS.partition("| name |")[0], flags=re.MULTILINE)

    assert rows == [command.name for command in books_commands()]


def test_every_verdict_of_reconcile_is_explained() -> None:
    assert all(f"`{verdict}`" in COMMANDS for verdict in Verdict if verdict not in AGREEING)


def test_every_name_of_the_commands_exists() -> None:
    names = re.findall(r"`([a-z_]+)\.([A-Za-z_]+)`", COMMANDS)

    assert len(names) >= 5
    assert all(hasattr(importlib.import_module(f"connector_kit.posting.{module}"), member) for module, member in names)
