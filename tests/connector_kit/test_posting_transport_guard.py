"""Commands that must not write cannot: the transport refuses before a byte leaves, whoever asks."""

import pytest
from connector_kit.posting.transport import Transport, WriteForbiddenError, writing_forbidden

from tests.connector_kit.posting_provider import BooksProvider


@pytest.fixture
def transport(books_provider: BooksProvider) -> Transport:
    return Transport(base_url=books_provider.url, user_agent="test/1", timeout_seconds=2)


@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH", "DELETE", "put", "MKCOL"])
def test_nothing_that_could_write_leaves_while_writing_is_forbidden(
    books_provider: BooksProvider, transport: Transport, method: str
) -> None:
    with writing_forbidden() as traffic, pytest.raises(WriteForbiddenError, match="never writes"):
        transport.request(method, "/batches/1", document={"key": "k"})

    assert books_provider.requests == []
    assert traffic.requests == 0


def test_reads_go_out_and_are_counted(books_provider: BooksProvider, transport: Transport) -> None:
    transport.request("GET", "/ping")
    with writing_forbidden() as traffic:
        transport.request("GET", "/ping")
        transport.request("GET", "/batches/1")

    assert traffic.requests == 2
    assert len(books_provider.requests) == 3


def test_a_post_that_only_reads_says_so(transport: Transport) -> None:
    with writing_forbidden() as traffic:
        answer = transport.request("POST", "/inspect", document={}, reads=True)

    assert answer.status == 501  # the tiny provider knows no POST; it did go out
    assert traffic.requests == 1


def test_writing_is_allowed_again_afterwards(books_provider: BooksProvider, transport: Transport) -> None:
    with writing_forbidden():
        pass
    transport.request("PUT", "/batches/1", document={"key": "k", "lines": []})

    assert books_provider.booked_keys() == ["k"]
