"""Everything that must be right before the first booking: one line for the user, and nothing written."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.target_minox.conftest import Bookkeeping

Prepare = Callable[[Bookkeeping], None]


def link(provider: str, settings: dict[str, Any]) -> Prepare:
    def prepare(bookkeeping: Bookkeeping) -> None:
        number = bookkeeping.settings["administration_id"]
        bookkeeping.simulator.backend.save_link(number, provider, settings)

    return prepare


NMBRS_ON = link("nmbrs", {"connection_active": True})
LOKET_ON = link("loket.nl", {"connection": {"active": True}})


def nothing(bookkeeping: Bookkeeping) -> None:
    """Everything as it is."""


def revoked(bookkeeping: Bookkeeping) -> None:
    bookkeeping.simulator.authority.revoke_consent()


def inspection_broken(bookkeeping: Bookkeeping) -> None:
    bookkeeping.simulator.faults.add(action="status", path="/inspect", status=502, times=None)


REFUSED: dict[str, tuple[Prepare, dict[str, Any], int, str]] = {
    "native Nmbrs link": (NMBRS_ON, {}, 16, "Minox' own Nmbrs link is on for administration 99998"),
    "native Loket link": (LOKET_ON, {}, 16, "Minox' own Loket link is on for administration 99998"),
    "wrong tenant": (nothing, {"tenant_id": 480002}, 16, "setting tenant_id: the token does not reach tenant 480002"),
    "wrong administration": (
        nothing,
        {"administration_id": 5},
        16,
        "setting administration_id: tenant 480001 has no administration 5",
    ),
    "unknown journal": (nothing, {"journal": "XX"}, 16, "setting journal: administration 99998"),
    "journal that takes no entries": (nothing, {"journal": "BANK"}, 16, "setting journal: BANK is of kind bank"),
    "unknown sales journal": (nothing, {"sales_journal": "XX"}, 16, "setting sales_journal: administration 99998"),
    "sales journal of another kind": (nothing, {"sales_journal": "INK"}, 16, "setting sales_journal: INK is of kind"),
    "unknown rounding account": (nothing, {"rounding_account": "9"}, 16, "setting rounding_account: there is no"),
    "unknown default cost center": (nothing, {"default_cost_center": "7"}, 16, "setting default_cost_center"),
    "expired consent": (revoked, {}, 13, "target-minox login"),
    "wrong secret": (nothing, {"client_secret": "not-the-secret"}, 13, "client_id and client_secret"),
    "unreachable token server": (nothing, {"oauth_url": "http://127.0.0.1:9/oauth"}, 1, "cannot reach 127.0.0.1:9"),
    "unreachable API": (nothing, {"api_url": "http://127.0.0.1:9/api/1"}, 1, "127.0.0.1"),
    "API that does not work": (inspection_broken, {}, 1, "inspection of the token failed with status 502"),
    "no administration": (nothing, {"administration_id": ...}, 16, "setting administration_id is missing"),
    "plain http": (nothing, {"api_url": "http://app.minox.nl/api/1"}, 16, "setting api_url: must be https"),
    "no date": (nothing, {"min_booking_date": "31-01-2026"}, 16, "setting min_booking_date: expected a date"),
    "no cost center": (nothing, {"default_cost_center": "Kantoor"}, 16, "setting default_cost_center: expected"),
}


@pytest.mark.parametrize(("prepare", "settings", "code", "message"), REFUSED.values(), ids=REFUSED)
def test_a_run_that_must_not_begin_says_so_in_one_line_and_writes_nothing(
    bookkeeping: Bookkeeping, prepare: Prepare, settings: dict[str, Any], code: int, message: str
) -> None:
    prepare(bookkeeping)
    run = bookkeeping.book("three_payroll_journals", **settings)
    assert message in run.message
    assert run.code == code
    assert (run.stdout, bookkeeping.writes) == ("", [])


def test_settings_that_are_null_count_as_not_set(bookkeeping: Bookkeeping) -> None:
    unset = dict.fromkeys(
        ("on_reject", "verify", "user_agent", "min_booking_date", "lines_per_entry_max", "redirect_uri")
    )
    assert bookkeeping.book("a_bad_journal_between_good_ones", **unset).states == ["2026-01-31"]
    assert bookkeeping.command("preflight", **unset).code == 0


def test_a_native_link_may_be_allowed(bookkeeping: Bookkeeping) -> None:
    NMBRS_ON(bookkeeping)
    run = bookkeeping.book("three_payroll_journals", allow_native_payroll_link=True)
    assert run.code == 0
    assert "Preflight, Nmbrs link: allowed by the setting allow_native_payroll_link: Minox' own" in run.stderr


def test_a_link_that_cannot_be_checked_counts_as_on_and_the_scope_is_named(
    open_bookkeeping: Callable[..., Bookkeeping],
) -> None:
    scopes = "administration:read journal:read ledger_account:read cost_center:read transaction:read transaction:write"
    bookkeeping = open_bookkeeping(scopes=tuple(scopes.split()))
    run = bookkeeping.book("three_payroll_journals")
    assert (run.code, bookkeeping.writes) == (16, [])
    assert "Nmbrs link is off cannot be checked: the token has no scope connection:write" in run.message
    assert "target-minox login" in run.message

    allowed = bookkeeping.book("three_payroll_journals", allow_native_payroll_link=True)
    assert allowed.code == 0, allowed.stderr
    assert "Preflight, Loket link: allowed by the setting allow_native_payroll_link" in allowed.stderr


def test_a_missing_scope_names_itself_and_the_way_to_get_it(open_bookkeeping: Callable[..., Bookkeeping]) -> None:
    bookkeeping = open_bookkeeping(scopes=("administration:read",))
    run = bookkeeping.book("three_payroll_journals")
    assert (run.code, bookkeeping.writes) == (13, [])
    assert "journal list (403)" in run.message
    assert "scope journal:read" in run.message
    assert "target-minox login" in run.message


def test_a_list_whose_pages_repeat_ends(bookkeeping: Bookkeeping) -> None:
    page = {"links": {"next": "again"}, "collection": [{"id": 110}, {"id": 120}, {"id": 130}]}
    bookkeeping.simulator.faults.add(
        action="status",
        status=200,
        path="/cost_center",
        body=json.dumps(page),
        content_type="application/json",
        times=None,
    )
    run = bookkeeping.command("preflight")
    assert run.code == 0
    assert "ok    cost centers     3 cost centers" in run.stdout


@pytest.mark.parametrize("answer", ["[]", '"off"', "[1]"])
def test_a_link_whose_settings_are_not_understood_counts_as_on(bookkeeping: Bookkeeping, answer: str) -> None:
    bookkeeping.simulator.faults.add(action="wrong_json", path="/nmbrs/settings", body=answer, times=None)
    run = bookkeeping.command("preflight")
    assert run.code == 16
    assert "fail  Nmbrs link       whether Minox' own Nmbrs link is off cannot be checked" in run.stdout


def test_a_link_without_settings_is_off_with_a_warning(bookkeeping: Bookkeeping) -> None:
    bookkeeping.simulator.faults.add(action="status", status=404, path="/loket.nl/settings")
    run = bookkeeping.command("preflight")
    assert run.code == 0
    assert "warn  Loket link       Minox has no settings of this link (404), taken as off" in run.stdout


def test_the_command_shows_every_check_as_a_table(bookkeeping: Bookkeeping) -> None:
    run = bookkeeping.command("preflight")
    assert run.code == 0
    assert [line.split()[0] for line in run.stdout.splitlines()] == ["ok"] * 9
    assert "ok    administration   administration 99998 (Bakkerij De Gouden Korst B.V.), books in EUR" in run.stdout


def test_the_command_goes_on_after_a_failure_and_ends_with_its_code(bookkeeping: Bookkeeping) -> None:
    NMBRS_ON(bookkeeping)
    run = bookkeeping.command("preflight", journal="XX")
    assert run.code == 16
    verdicts = {line[6:22].strip(): line.split()[0] for line in run.stdout.splitlines()}
    assert verdicts["journal"] == verdicts["Nmbrs link"] == "fail"
    assert verdicts["ledger accounts"] == verdicts["Loket link"] == "ok"
    assert bookkeeping.writes == []
    assert not (bookkeeping.folder / "ledger.sqlite3").exists()
