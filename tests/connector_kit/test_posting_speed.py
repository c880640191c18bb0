"""What must not become slow, beside something measured in the same run: a busy machine does not matter."""

from tests.benchmarks.validation import ratio


def test_records_are_checked_at_least_six_times_as_fast_as_by_the_validator_of_the_sdk() -> None:
    ours, theirs = ratio(20)

    assert theirs / ours >= 6
