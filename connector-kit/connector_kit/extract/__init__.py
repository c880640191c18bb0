"""What taps share: their base, session, ordered prefetch, record converter, personal-data policy, writer."""

from connector_kit.extract.bookmarked import BookmarkedStream
from connector_kit.extract.converter import RecordConverter
from connector_kit.extract.direct import DirectStream
from connector_kit.extract.errors import (
    Action,
    ErrorRule,
    ErrorTable,
    Problem,
    QuotaExhaustedError,
    UnreadableAnswerError,
    problem_of,
)
from connector_kit.extract.findings import Finding, Verdict, exit_code_of
from connector_kit.extract.names import snake_case
from connector_kit.extract.personal_data import PERSONAL_DATA_CLASSES, PersonalDataPolicy
from connector_kit.extract.prefetch import PartitionedPrefetch, ordered_prefetch, wait
from connector_kit.extract.quick import QuickRecord, QuickRecords
from connector_kit.extract.session import ApiSession, Limits, decoded_json
from connector_kit.extract.tap import ApiTap
from connector_kit.extract.watched import WatchedStream, WatchedTap
from connector_kit.extract.writer import ExactWriter

__all__ = [
    "PERSONAL_DATA_CLASSES",
    "Action",
    "ApiSession",
    "ApiTap",
    "BookmarkedStream",
    "DirectStream",
    "ErrorRule",
    "ErrorTable",
    "ExactWriter",
    "Finding",
    "Limits",
    "PartitionedPrefetch",
    "PersonalDataPolicy",
    "Problem",
    "QuickRecord",
    "QuickRecords",
    "QuotaExhaustedError",
    "RecordConverter",
    "UnreadableAnswerError",
    "Verdict",
    "WatchedStream",
    "WatchedTap",
    "decoded_json",
    "exit_code_of",
    "ordered_prefetch",
    "problem_of",
    "snake_case",
    "wait",
]
