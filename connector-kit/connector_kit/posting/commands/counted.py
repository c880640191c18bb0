"""A run of the target's engine as part of a command: what became of the records is the command's report."""

from typing import Final, TextIO

from connector_kit.errors import ConnectorError
from connector_kit.posting.commands.report import Column, Report, Row, Section, Tone
from connector_kit.posting.posting import Result
from connector_kit.posting.summary import DeferredRecordsError, InDoubtError, RecordsRejectedError
from connector_kit.posting.target import BooksTarget

__all__ = ["counts_report", "run_whole"]

_BAD: Final = {Result.FAIL, Result.IN_DOUBT}


def run_whole(target: BooksTarget, messages: TextIO) -> ConnectorError | None:
    """Run the target over messages that hold no STATE.

    Returns:
        What the run ended with after all records; None if they are all settled.

    Raises:
        ConnectorError: The run broke off.
    """
    try:
        target.run(messages)
    except (DeferredRecordsError, InDoubtError, RecordsRejectedError) as end:
        return end
    return None


def counts_report(target: BooksTarget, title: str, verdict: str, tone: Tone) -> Report:
    """Show what became of the records."""
    rows = [
        Row(cells=(str(result), count), tone=Tone.BAD if result in _BAD else Tone.PLAIN)
        for result in Result
        if (count := target.tally[result])
    ]
    counts = {str(result): target.tally[result] for result in Result}
    return Report(
        title=title,
        verdict=verdict,
        tone=tone,
        sections=[
            Section(title=title, columns=(Column(title="result"), Column(title="records", numeric=True)), rows=rows)
        ],
        data={"received": target.tally.received, **counts, "verdict": verdict},
    )
