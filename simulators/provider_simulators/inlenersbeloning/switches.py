"""How the simulated Inlenersbeloning.com behaves: its documentation is closed, so much of it is a switch."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from provider_simulators.inlenersbeloning.oddities import Oddity
from provider_simulators.inlenersbeloning.operations import Right


class ListShape(StrEnum):
    """Shapes in which a list may come; none of them has been seen (inferred)."""

    ARRAY = "array"
    """`[{...}, {...}]`"""
    DATA = "data"
    """`{"data": [{...}, {...}]}`; so are the next ones"""
    ITEMS = "items"
    RESULTS = "results"
    RECORDS = "records"
    NAMED = "named"
    """`{"partners": [...]}`, `{"remunerations": [...]}`, `{"functions": [...]}`, `{"companies": [...]}`"""
    KEYED = "keyed"
    """`{"<id>": {...}, "<id>": {...}}`, without the id in the objects"""
    IDS = "ids"
    """`["<id>", "<id>"]`"""
    OBJECT = "object"
    """A single object where there is one; an array where there are none or several"""


class Paging(StrEnum):
    """How the next page of a list is told; paging has not been seen (inferred). Pages are asked for with `page`."""

    NONE = "none"
    """Lists are whole."""
    LINKS = "links"
    """`links.next` with a URL."""
    NEXT = "next"
    """`next` with a path."""
    META = "meta"
    """`meta.current_page` and `meta.last_page`."""
    TOKEN = "token"  # noqa: S105 (a word)
    """`nextPageToken`, asked for with `pageToken`."""
    HEADER = "header"
    """A `Link` header with `rel="next"`."""
    IGNORED = "ignored"
    """As `links`, but `page` is ignored: every page is the first, and there is always a next one."""
    ELSEWHERE = "elsewhere"
    """As `links`, but on another host: nobody should follow."""


ListFields = Literal["full", "id", "title", "version", "date", "documents"]


@dataclass(frozen=True, kw_only=True)
class InlenersbeloningSwitches:
    """Switches of the Inlenersbeloning.com simulator.

    Attributes:
        credential: The token in the settings: the ``organisation``'s, which reads all its companies (seen in a working
            client), the first ``company``'s (vendor's manual), or a token for each of the ``companies``.
        rights: What is ticked for the tokens.
        api_path: Where the API starts (``/api/v6``: seen in a working client).
        partner_path: Which of its paths the operation has, from 0 (see `OPERATIONS`); None: there is no such operation,
            its paths answer 404. None of these is confirmed. So are the next ones.
        version_path: See partner_path; where the newest version's path has it, 0 and 2 ignore ``?version=``.
        pdf_path: See partner_path.
        functions_path: See partner_path.
        function_path: See partner_path.
        companies_path: See partner_path.
        partner_list: Shape of the list of partners.
        remuneration_list: Shape of the list of a partner's remunerations.
        function_list: Shape of the list of a partner's functions.
        company_list: Shape of the list of companies.
        list_fields: Members of the objects in lists: all that are likely (``full``), the ``id`` only, which is
            the one member that a working client reads; of remunerations also with the ``title``, with ``version``
            numbers or with the ``date`` of publishing only, or whole ``documents``.
        paging: How lists are cut in pages.
        page_size: Items of a page.
        without_remuneration: Answer to the list of a partner that has shared nothing: ``not_found`` (404), ``empty``
            list, ``no_content`` (204), ``null``, or an object with a ``message``.
        after_list: What happens right after a partner's remunerations were listed, once per remuneration: it is
            ``withdrawn`` or ``republished`` before it can be read, or nothing.
        versions_kept: So many older versions can be read, None is all of them.
        hirers: The world's companies and two more (``few``), with ``every_kind`` one more for each kind of document
            and each oddity.
        crowd: So many hirers with a document each, instead of those.
        document_kilobytes: Size of a document of the crowd in compact JSON; 0: as it comes.
        oddities: What is odd about all documents.
        extra_fields: The oddity ``new_fields``, by itself.
        loose_types: Some numbers come as text, and some flags as "true".
        pdf: A PDF comes as base64 ``text``, a JSON ``string``, or in an ``object`` (vendor's manual: a base64 string).
        pdf_member: Member of that object.
        pdf_line_breaks: The base64 is broken in lines of 76.
        pdf_bytes: PDFs are filled up to this size.
        requests_per_second: Above it 429 (limits are not public); None is no limit.
        retry_after: Seconds in the ``Retry-After`` header of that 429; None is no such header.
        retry_after_form: The header has ``seconds`` or a ``date``; or there is ``X-RateLimit-Reset`` (Unix time)
            instead.
        refusals: Bodies of refusals: an object with a ``message``, a ``problem``, ``html``, or ``empty``.
        content_type: Of JSON; PHP says ``text/html`` unless told otherwise.
        escaped: JSON in ASCII and with escaped slashes, as PHP writes it unless told otherwise.
        gzip: JSON is compressed.
        latency_seconds: Every answer takes so long (a fault of the plan: clearing the plan ends it).
        body_seconds: Bodies of documents dribble in over so many seconds.
        webhook_url: Where changes are told at once; None: events wait until they are delivered.
        webhook_method: Method of that call (vendor's manual: there is one, not how it goes).
        webhook_body: JSON, a form or nothing; a GET has it all in the query.
        webhook_payload: Members at the top (``flat``), ``nested`` objects, or the remuneration's ``id`` alone.
        webhook_signature: HMAC-SHA256 over the body with the token's secret: as ``hex``, with ``sha256=`` before it
            (``prefixed``), as ``base64``, over ``t.body`` with the time (``timestamped``), the secret itself
            (``secret``), or ``none``.
        webhook_header: Header for it.
    """

    credential: Literal["organisation", "company", "companies"] = "organisation"
    rights: frozenset[Right] = frozenset(Right)
    api_path: str = "/api/v6"
    partner_path: int | None = 0
    version_path: int | None = 0
    pdf_path: int | None = 0
    functions_path: int | None = 0
    function_path: int | None = 0
    companies_path: int | None = 0
    partner_list: ListShape = ListShape.ARRAY
    remuneration_list: ListShape = ListShape.ARRAY
    function_list: ListShape = ListShape.ARRAY
    company_list: ListShape = ListShape.ARRAY
    list_fields: ListFields = "full"
    paging: Paging = Paging.NONE
    page_size: int = 50
    without_remuneration: Literal["not_found", "empty", "no_content", "null", "message"] = "not_found"
    after_list: Literal["nothing", "withdrawn", "republished"] = "nothing"
    versions_kept: int | None = None
    hirers: Literal["few", "every_kind"] = "few"
    crowd: int = 0
    document_kilobytes: int = 0
    oddities: frozenset[Oddity] = frozenset()
    extra_fields: bool = False
    loose_types: bool = False
    pdf: Literal["text", "string", "object"] = "string"
    pdf_member: str = "pdf"
    pdf_line_breaks: bool = False
    pdf_bytes: int = 2000
    requests_per_second: int | None = None
    retry_after: int | None = 1
    retry_after_form: Literal["seconds", "date", "reset"] = "seconds"
    refusals: Literal["message", "problem", "html", "empty"] = "message"
    content_type: str = "application/json; charset=utf-8"
    escaped: bool = False
    gzip: bool = False
    latency_seconds: float = 0
    body_seconds: float = 0
    webhook_url: str | None = None
    webhook_method: Literal["POST", "GET"] = "POST"
    webhook_body: Literal["json", "form", "empty"] = "json"
    webhook_payload: Literal["flat", "nested", "id"] = "flat"
    webhook_signature: Literal["none", "hex", "prefixed", "base64", "timestamped", "secret"] = "hex"
    webhook_header: str = "X-Signature"

    @property
    def all_oddities(self) -> frozenset[Oddity]:
        """Oddities of all documents."""
        return self.oddities | ({Oddity.NEW_FIELDS} if self.extra_fields else frozenset())
