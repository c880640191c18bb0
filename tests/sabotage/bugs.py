"""Deliberate bugs, each a change of one line or a few in a copy of a package, and who must catch it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BUGS", "Bug"]

SIMULATION = "simulation"


@dataclass(frozen=True, kw_only=True)
class Bug:
    """One bug.

    Attributes:
        name: What is done wrong.
        file: In the package.
        right: What stands there, once.
        wrong: What is put there.
        caught_by: `simulation`, or a test file.
        quick: Caught within seconds, so tried in every test run.
        package: Which one is copied.
    """

    name: str
    file: str
    right: str
    wrong: str
    caught_by: str = SIMULATION
    quick: bool = False
    package: str = "connector_kit"


BUGS: tuple[Bug, ...] = (
    Bug(
        name="sends_before_the_commit",
        file="posting/delivery.py",
        right="        sent = store(before, State.SENT, within=self._allowance.reserve_write)\n",
        wrong="        self._allowance.reserve_write()\n        sent = before\n",
    ),
    Bug(
        name="confirms_before_the_answer",
        file="posting/poster.py",
        right="            case OutcomeClass.APPLIED:\n                return self._registrar.confirm(entry,",
        wrong="            case OutcomeClass.APPLIED | OutcomeClass.UNKNOWN:\n                return self._registrar.confirm(entry,",
        quick=True,
    ),
    Bug(
        name="lets_state_pass_early",
        file="posting/state.py",
        right="        self.held = True\n",
        wrong="        self.held = False\n",
        quick=True,
    ),
    Bug(
        name="does_not_wait_until_writes_have_settled",
        file="posting/lost_writes.py",
        right="        return sent_at is None or self._now() - sent_at > self._settle\n",
        wrong="        return True\n",
    ),
    Bug(
        name="takes_one_look_for_a_proof",
        file="posting/lost_writes.py",
        right="            self._ledger.note_absent(write.operation_id)\n            return False\n",
        wrong="            self._ledger.note_absent(write.operation_id)\n            return True\n",
    ),
    Bug(
        name="writes_again_after_a_time_out",
        file="posting/delivery.py",
        right="_REPEATABLE: Final = {OutcomeClass.NOT_SENT, OutcomeClass.TRY_LATER}\n",
        wrong="_REPEATABLE: Final = {OutcomeClass.NOT_SENT, OutcomeClass.TRY_LATER, OutcomeClass.UNKNOWN}\n",
        quick=True,
    ),
    Bug(
        name="trusts_an_answer_without_identifier",
        file="posting/strategies/strategy.py",
        right="    nameless = reply.kind is OutcomeClass.APPLIED and reply.provider_id is None\n",
        wrong="    nameless = False\n",
    ),
    Bug(
        name="overwrites_what_a_person_changed",
        file="posting/changes.py",
        right="            case OutcomeClass.APPLIED if held.others or held.row_version != entry.row_version:\n",
        wrong="            case OutcomeClass.APPLIED if held.others:\n",
    ),
    Bug(
        name="forgets_to_look_again",
        file="posting/ledger/steps.py",
        right="            self._insert(entry, entry.version, LOOK_AGAIN, after=entry)\n",
        wrong="",
    ),
    Bug(
        name="looks_again_only_once",
        file="posting/lost_writes.py",
        right="        return sent_at is not None and self._now() - sent_at <= self._settle * _WATCHED\n",
        wrong="        return False\n",
    ),
    Bug(
        name="forgets_that_the_second_write_was_late_too",
        file="posting/doubts.py",
        right=" or self.lost.watched(entry.sent_at)):\n",
        wrong="):\n",
    ),
    Bug(
        name="forgets_that_an_earlier_booking_is_there_twice",
        file="posting/poster.py",
        right="        self._earlier_twice = {step.entity_key for step in unseen if step not in self._look_again.values()}\n",
        wrong="        self._earlier_twice = set()\n",
    ),
    Bug(
        name="writes_at_once_with_a_new_ledger",
        file="posting/lost_writes.py",
        right="        return not self._ledger.cold or self.settled(self._ledger.cold_since)\n",
        wrong="        return True\n",
    ),
    Bug(
        name="does_not_count_calls",
        file="posting/meter.py",
        right="                self._calls.spend(recovery=self._recovers)\n",
        wrong="                pass\n",
    ),
    Bug(
        name="counts_calls_after_they_were_made",
        file="posting/budget.py",
        right="                self._add(connection, now, window, calls=calls)\n\n    def note",
        wrong=(
            '                self._add(connection, now, window, calls=getattr(self, "_made", 0))\n'
            "            self._made = calls\n\n    def note"
        ),
    ),
    Bug(
        name="lets_state_pass_what_is_in_doubt",
        file="posting/target.py",
        right="            else:\n                self._state.hold()\n",
        wrong="",
    ),
    Bug(
        name="reads_only_the_first_page_of_a_list",
        package="target_minimax",
        file="client.py",
        right="            if len(rows) >= page.total:\n",
        wrong="            if rows:\n",
        caught_by="tests/target_minimax/test_customers.py",
    ),
    Bug(
        name="takes_an_old_version_for_news",
        file="posting/source_versions.py",
        right="        return int(version) < int(than)\n",
        wrong="        return False\n",
    ),
    Bug(
        name="says_the_words_of_the_provider",
        file="posting/registrar.py",
        right='            f"{posting.name}: {self._provider} refuses it ({said}); its words stand in the dead letters",\n',
        wrong='            f"{posting.name}: {self._provider} refuses it ({reply.text})",\n',
        quick=True,
    ),
    Bug(
        name="takes_the_reversed_booking_for_the_new_one",
        file="posting/doubts.py",
        right=" and step.marker == entry.marker:\n",
        wrong=" and step.operation == LOOK_AGAIN:\n",
    ),
    Bug(
        name="rejects_what_a_replay_delivers_in_order",
        file="posting/known.py",
        right="        return source_version is not None and self._versions.holds_other(key, source_version)\n",
        wrong="        return False\n",
    ),
    Bug(
        name="writes_what_an_older_copy_says_was_never_sent",
        file="posting/judgement.py",
        right="    return Move.QUARANTINE if case.quarantined else Move.WRITE\n",
        wrong="    return Move.WRITE\n",
        caught_by="tests/connector_kit/test_posting_judgement.py",
    ),
    Bug(
        name="corrects_again_after_a_lost_ledger",
        file="posting/corrections.py",
        right="        if step.state is not State.INTENT or self.ledger.cold:",
        wrong="        if step.state is not State.INTENT:",
    ),
    Bug(
        name="ends_the_run_at_those_that_wait",
        file="posting/poster.py",
        right="        elif self._delivery.unknown > since:\n",
        wrong="        else:\n",
        caught_by="tests/connector_kit/test_posting_lost_writes.py",
    ),
    Bug(
        name="lets_a_lost_write_take_the_place_of_the_next_content",
        file="posting/lost_writes.py",
        right="        return not self.settled(booked.sent_at) and self._ledger.left_twice(booked.operation_id)\n",
        wrong="        return False\n",
        caught_by="tests/connector_kit/test_posting_changes.py",
    ),
    Bug(
        name="hashes_unsorted_members",
        file="books/identity.py",
        right="sort_keys=True",
        wrong="sort_keys=False",
        caught_by="tests/connector_kit/test_books_identity.py",
    ),
    Bug(
        name="writes_amounts_as_floats",
        file="posting/wire_json.py",
        right='        return simplejson.RawJSON(format(value, "f"))\n',
        wrong="        return float(value)\n",
        caught_by="tests/simulation/test_amounts.py",
    ),
    Bug(
        name="skips_the_lock",
        file="posting/lock.py",
        right="        lock.acquire()\n",
        wrong="",
        caught_by="tests/connector_kit/test_posting_ledger.py",
    ),
    Bug(
        name="truncates_the_token_file",
        file="oauth/store.py",
        right="        self._new_path.replace(self.path)\n",
        wrong="        self.path.write_bytes(self._new_path.read_bytes())\n",
        caught_by="tests/connector_kit/test_oauth_store.py",
    ),
    Bug(
        name="begins_anew_when_the_ledger_is_gone",
        file="posting/ledger/opening.py",
        right="        if witness and not self.rebuild and not self.read_only:\n",
        wrong="        if False:\n",
        caught_by="tests/connector_kit/test_posting_ledger.py",
    ),
)
