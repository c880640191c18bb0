"""A target on BooksTarget as a real process against a provider on a real socket."""

from tests.connector_kit.posting_provider import BooksProvider
from tests.connector_kit.posting_runs import TargetRuns, entries_with_states


def test_new_entries_are_booked_once_and_state_follows(books_provider: BooksProvider, target_runs: TargetRuns) -> None:
    ended = target_runs.run(entries_with_states(3))

    assert (ended.code, ended.positions) == (0, [1, 2, 3]), ended.err
    assert books_provider.booked_keys() == ["k1", "k2", "k3"]
    assert ended.summary["success"] == 3
