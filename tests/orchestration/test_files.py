"""tenants.yml, exit codes, and where STATE is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml
from connector_kit.errors import ExitCode
from orchestration.errors import BusyError, SettingError
from orchestration.meltano import Project
from orchestration.office import read_office
from orchestration.stores import StateFile, StateStore, StateTable

from orchestration import ending
from tests.payroll import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TENANT = {"name": "bakery", "pipeline": "payroll-to-minox"}


def test_what_a_tenant_says_goes_over_what_all_have(tmp_path: Path) -> None:
    file = tmp_path / "tenants.yml"
    file.write_text("""
folder: data
defaults:
  pipeline: payroll-to-minox
  settings:
    target-minox: {journal: LOON, verify: true, dead_letters: '{folder}/{name}.jsonl'}
  secrets:
    target-minox: {client_secret: '{NAME}_SECRET'}
tenants:
- name: bakery-2
  settings:
    target-minox: {journal: MEMO, administration_id: 7}
- name: florist
  pipeline: payroll-to-minimax
""")

    bakery, florist = read_office(file).tenants

    folder = tmp_path / "data" / "bakery-2"
    assert bakery.folder == folder
    assert bakery.settings["target-minox"] == {
        "journal": "MEMO",
        "verify": True,
        "dead_letters": f"{folder}/bakery-2.jsonl",
        "administration_id": 7,
    }
    assert bakery.secrets["target-minox"] == {"client_secret": "BAKERY_2_SECRET"}
    assert (bakery.pipeline, florist.pipeline) == ("payroll-to-minox", "payroll-to-minimax")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"tenants": []}, "at least one tenant"),
        ({"tenants": [TENANT, TENANT]}, "tenant bakery stands there twice"),
        ({"tenants": [{"name": "Bakery!"}]}, "no name of a tenant"),
        ({"tenants": [{"name": "bakery"}]}, "has no pipeline"),
        ({"tenants": [TENANT | {"setings": {}}]}, "tenant bakery: setings means nothing; did you mean settings?"),
        ({"tenants": [TENANT], "at_onse": 3}, "at_onse means nothing; did you mean at_once?"),
        ({"tenants": [TENANT], "at_once": 0}, "at_once must be a number of 1 or more"),
        ({"tenants": [TENANT | {"settings": {"tap": "x"}}]}, "expected names with values"),
        ("tenants: [", "not valid YAML"),
    ],
)
def test_a_wrong_file_is_one_line_that_names_the_place(tmp_path: Path, content: object, message: str) -> None:
    file = tmp_path / "tenants.yml"
    file.write_text(content if isinstance(content, str) else yaml.safe_dump(content))

    with pytest.raises(SettingError, match=message.replace("?", r"\?")) as raised:
        read_office(file)

    assert "\n" not in str(raised.value)


def test_every_exit_code_of_the_connectors_has_words() -> None:
    words = {code: ending.described(code) for code in ExitCode}

    assert len(set(words.values())) == len(ExitCode)
    assert all(ending.known(code) == code for code in ExitCode)


def test_what_needs_a_person_is_graver_than_what_needs_time() -> None:
    assert ending.gravest([0, 12, 10, 1]) == ExitCode.REJECTED
    assert ending.gravest([12, 11]) == ExitCode.IN_DOUBT
    assert ending.gravest([0, -9]) == ExitCode.FAILED
    assert ending.gravest([0, -15]) == ExitCode.INTERRUPTED
    assert ending.gravest([]) == ExitCode.OK


def test_only_what_may_succeed_without_a_person_is_worth_another_try() -> None:
    again = {code for code in ExitCode if ending.worth_another_try(code)}

    assert again == {ExitCode.FAILED, ExitCode.IN_DOUBT, ExitCode.LOCKED, ExitCode.INTERRUPTED}


@pytest.fixture(params=["file", "table"])
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], StateStore]:
    if request.param == "file":
        return lambda: StateFile(tmp_path / "one")
    url = request.getfixturevalue("postgres_url")
    return lambda: StateTable(url, "one")


def test_state_is_what_was_written_last(new_store: Callable[[], StateStore]) -> None:
    with (store := new_store()).alone():
        assert store.read() is None
        store.write('{"a": 1}')
        store.write('{"a": 2}')

    with (later := new_store()).alone():
        assert later.read() == '{"a": 2}'


def test_a_tenant_is_held_by_one_run_and_free_afterwards(new_store: Callable[[], StateStore]) -> None:
    with new_store().alone(), pytest.raises(BusyError, match="another run"), new_store().alone():
        pass

    with new_store().alone():
        pass


def test_tenants_in_one_database_do_not_wait_for_each_other(postgres_url: str) -> None:
    one, two = StateTable(postgres_url, "one"), StateTable(postgres_url, "two")
    with one.alone(), two.alone():
        one.write("1")
        two.write("2")
        assert (one.read(), two.read()) == ("1", "2")


def test_a_damaged_state_is_not_taken_for_none(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text('{"bookmarks": ')

    with pytest.raises(SettingError, match="is no STATE; restore it"):
        StateFile(tmp_path).read()


def test_what_meltano_yml_declares_is_found_through_inheritance_and_mappings() -> None:
    project = Project.at(ROOT)

    assert project.steps("payroll-to-minox") == [["tap-nmbrs--journals", "nmbrs-to-books", "target-minox"]]
    tap, mapper, loader = map(project.plugin, ("tap-nmbrs--journals", "nmbrs-to-books", "target-duckdb"))

    assert (tap.name, mapper.name, loader.name) == ("tap-nmbrs", "map-books", "target-duckdb")
    assert (tap.load_schema, "client_secret" in tap.secret, "start_date" in tap.known) == ("nmbrs", True, True)
    assert loader.program.name == "target-duckdb-exact"


def test_a_job_of_several_steps_is_a_pipe_after_the_other() -> None:
    steps = [["tap-ons--care", "target-duckdb"], ["tap-care-books", "target-minox"]]

    assert Project.at(ROOT).steps("care-to-minox") == steps


def test_a_secret_that_stands_in_meltano_yml_is_open_unless_a_variable_replaces_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project = Project.at(ROOT)
    monkeypatch.delenv("TAP_CARE_BOOKS_DATABASE", raising=False)

    assert project.open_secrets("tap-care-books", "production") == {"database"}
    assert project.open_secrets("tap-nmbrs--journals", "production") == set()
    monkeypatch.setenv("TAP_CARE_BOOKS_DATABASE", "postgresql://user:password@host/database")
    assert project.open_secrets("tap-care-books", "production") == set()


def test_a_secret_made_of_other_variables_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TAP_NMBRS_CLIENT_SECRET", raising=False)
    config = {"plugins": {"extractors": [{"name": "tap-nmbrs", "config": {"client_secret": "$OFFICE_SECRET"}}]}}
    content = {**Project.at(ROOT).content, "environments": [{"name": "production", "config": config}]}

    with pytest.raises(SettingError, match="made of variables: set TAP_NMBRS_CLIENT_SECRET itself"):
        Project(root=ROOT, content=content).open_secrets("tap-nmbrs--journals", "production")


@pytest.mark.parametrize(
    ("tasks", "message"),
    [
        (["tap-ons dbt:run"], "tap-ons dbt:run is not one tap, mappers and one target"),
        (["tap-ons target-duckdb", "target-minox"], "target-minox is not one tap, mappers and one target"),
        (["tap-ons target-duckdb tap-ons target-duckdb"], "two of the same tap and target, which share STATE"),
        ([], "job odd has no steps"),
    ],
)
def test_a_job_that_is_no_list_of_pipes_is_refused(tasks: list[str], message: str) -> None:
    content = {**Project.at(ROOT).content, "jobs": [{"name": "odd", "tasks": tasks}]}

    with pytest.raises(SettingError, match=message):
        Project(root=ROOT, content=content).steps("odd")


def test_a_job_that_is_not_there_is_named_beside_those_that_are() -> None:
    with pytest.raises(SettingError, match=r"meltano\.yml has no job payrol; it has: .*payroll-to-minox"):
        Project.at(ROOT).steps("payrol")


def test_each_step_has_a_state_of_its_own(new_store: Callable[[], StateStore]) -> None:
    with (store := new_store()).alone():
        store.write('{"a": 1}', "first")
        store.write('{"a": 2}', "second")
        store.write('{"a": 3}', "first")

    with (later := new_store()).alone():
        assert (later.read("first"), later.read("second"), later.read()) == ('{"a": 3}', '{"a": 2}', None)
