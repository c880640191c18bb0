"""One table over every answer and every failure; what it does not name is unknown."""

import pytest
from connector_kit.posting.answer import Answer, BodyShape, LostError, NotSentError
from connector_kit.posting.outcome import OutcomeClass, Reply, classify_read, classify_write

BODIES = {
    BodyShape.EMPTY: b"",
    BodyShape.JSON: b'{"id": 1}',
    BodyShape.OTHER: b"<html>busy</html>",
}
WRITE = {
    (200, BodyShape.EMPTY): OutcomeClass.APPLIED,
    (200, BodyShape.JSON): OutcomeClass.APPLIED,
    (201, BodyShape.EMPTY): OutcomeClass.APPLIED,
    (201, BodyShape.JSON): OutcomeClass.APPLIED,
    (204, BodyShape.EMPTY): OutcomeClass.APPLIED,
}
READ = {(200, BodyShape.JSON): OutcomeClass.APPLIED}
FOR_ANY_BODY = {401: OutcomeClass.LOGIN, 403: OutcomeClass.FORBIDDEN, 429: OutcomeClass.TRY_LATER}
WRITE_FOR_ANY_BODY = FOR_ANY_BODY | {
    400: OutcomeClass.REFUSED,
    404: OutcomeClass.REFUSED,
    409: OutcomeClass.CONFLICT,
    413: OutcomeClass.REFUSED,
    415: OutcomeClass.REFUSED,
    422: OutcomeClass.REFUSED,
}
READ_FOR_ANY_BODY = FOR_ANY_BODY | {404: OutcomeClass.ABSENT}


@pytest.mark.parametrize("shape", list(BodyShape))
def test_every_status_has_the_outcome_of_the_table_and_unknown_otherwise(shape: BodyShape) -> None:
    for status in range(100, 600):
        answer = Answer(status=status, content=BODIES[shape])
        assert answer.shape is shape
        written = WRITE.get((status, shape)) or WRITE_FOR_ANY_BODY.get(status, OutcomeClass.UNKNOWN)
        found = READ.get((status, shape)) or READ_FOR_ANY_BODY.get(status, OutcomeClass.UNKNOWN)
        assert classify_write(answer) is written, status
        assert classify_read(answer) is found, status


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (NotSentError("no name"), OutcomeClass.NOT_SENT),
        (LostError("cut"), OutcomeClass.UNKNOWN),
        (TimeoutError(), OutcomeClass.UNKNOWN),
        (ConnectionResetError(), OutcomeClass.UNKNOWN),
        (RuntimeError("a bug"), OutcomeClass.UNKNOWN),
    ],
)
def test_only_what_certainly_was_not_sent_is_called_so(error: Exception, expected: OutcomeClass) -> None:
    assert classify_write(error) is expected
    assert classify_read(error) is expected


@pytest.mark.parametrize(
    "content", [b'{"id": 1', b"[1, 2", b"nope", b'{"amount": NaN}', b"\xff\xfe\x00", b"[" * 100_000]
)
def test_a_broken_body_is_no_success(content: bytes) -> None:
    answer = Answer(status=200, content=content)

    assert answer.shape is BodyShape.OTHER
    assert classify_write(answer) is OutcomeClass.UNKNOWN


def test_nothing_that_the_provider_said_shows_in_representations() -> None:
    answer = Answer(status=400, content=b"Jansen earns 4321", headers={"X-Name": "Jansen"})
    reply = Reply(kind=OutcomeClass.REFUSED, text="Jansen earns 4321", body={"name": "Jansen"})

    assert "Jansen" not in f"{answer!r} {reply!r} {answer} {reply}"
