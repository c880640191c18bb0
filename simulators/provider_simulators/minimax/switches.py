"""What is not known about Minimax, as switches: each default is what clients have seen, or the safest reading."""

from dataclasses import dataclass
from typing import Literal

from provider_simulators.minimax.texts import Country


@dataclass(frozen=True, kw_only=True)
class MinimaxSwitches:
    """Switches of the Minimax simulator.

    Attributes:
        localisation: Which country's installation this is.
        rejection: Body of a refused log-in: the bare ``text`` that the vendor's sample looks for, or OAuth's ``json``.
        lock_after: So many wrong passwords in a row lock the user's access for applications (the number is not
            published, the lock-out is).
        token_seconds: Life of an access token (an hour, measured by a client).
        refresh: Whether the refresh grant works (nobody has seen it).
        api_right: Whether the user has the API right; without it log-in works and there are no organisations (seen).
        foreign_status: Answer to an organisation that the user does not reach (inferred).
        without_right: Organisations that are listed with APIAccess N and refuse (the right or the licence is missing).
        calls_per_day: Calls per organisation in 24 hours, rolling (published).
        calls_per_month: The same per calendar month (published; whether it rolls is not).
        limit_answer: What the call after that gets: 429 ``bare`` or with ``retry_after``, a 403 ``text``, or a 503
            ``unavailable`` (nothing of it is published).
        validation_status: Status of refused content (inferred; 409 and 422 are possible).
        duplicate_status: Status for a code that exists (409 is seen).
        concurrency_status: Status for a stale or missing RowVersion (inferred; its text is documented).
        messages: Validation messages come as a ``list``, in an ``object``, in one with ``data`` too, or as ``aspnet``
            writes them (inferred).
        property_names: PropertyName is the ``path`` (``JournalEntries[0].Account``), the ``leaf``, or ``empty``.
        bad_reference: A reference to nothing is a ``message``, or a ``server_error`` (seen in a client).
        row_version_missing: A PUT without RowVersion is refused, or accepted (unknown).
        code_length: Longest customer code; the model's comment says 10, the vendor's samples send 30.
        page_size_max: Larger pages are cut to it; None is no limit, 300 was honoured (measured by a client).
        put_answer: Body of an accepted PUT: the vendor's sample is ready for ``empty``, an ``array`` and an
            ``object``; ``rotate`` gives one after the other.
        inferred_mandatory: Whether members are mandatory that the vendor does not mark (inferred from samples).
        unpublished_length, long_texts: Longest text of members whose length is not published (None: any), and what
            happens to longer ones: ``refuse`` or ``truncate``.
        location: The address of a new record: ``full``, ``no_query``, ``relative``, in a header in ``small`` letters,
            or at the vendor's ``public`` host.
        resource_url: In references: ``relative`` to the API's base, or ``absolute``.
        delete_status: Status of a deletion.
        unsorted: Lists without SortField come in a ``stable`` order, or one that is ``changing``.
        invoice_type_missing: A list of invoices without its mandatory InvoiceType is that of ``R``, or it is a
            ``refuse``.
        reference_filters: Filters on references of orders and received invoices: ``contains`` or ``exact``.
        journal_status: A new journal is a draft ``O`` or confirmed ``P`` (the first is assumed).
        journal_confirm: A PUT of a journal with Status P: ``ignored`` (documented as read-only) or ``honoured``.
        empty_rows: Documents without any row: ``accept`` (seen with invoices) or ``refuse``; journals need rows.
        recompute_amounts: Whether rows of invoices get their value from price and quantity (unknown).
        cancellation: Issuing is undone to a ``draft``, or by a ``reversal`` (unknown).
        copy_answer: A copied invoice is told in ``data``, in the ``location``, or not (``empty``; unknown).
        unknown_action_status: Status for an action that there is not.
        prices_include_vat: What the settings of items say.
        accept_absent: Without JSON in Accept the answer is ``json`` or ``xml`` (by negotiation; the default of
            clients that name nothing is not documented).
    """

    localisation: Country = Country.SI
    rejection: Literal["text", "json"] = "text"
    lock_after: int = 3
    token_seconds: int = 3600
    refresh: bool = False
    api_right: bool = True
    foreign_status: Literal[403, 404] = 403
    without_right: frozenset[int] = frozenset()
    calls_per_day: int = 1000
    calls_per_month: int = 20_000
    limit_answer: Literal["bare", "retry_after", "text", "unavailable"] = "bare"
    validation_status: Literal[400, 409, 422] = 400
    duplicate_status: Literal[409, 400] = 409
    concurrency_status: Literal[409, 400] = 409
    messages: Literal["list", "object", "data", "aspnet"] = "list"
    property_names: Literal["path", "leaf", "empty"] = "path"
    bad_reference: Literal["message", "server_error"] = "message"
    row_version_missing: Literal["refuse", "accept"] = "refuse"
    code_length: int = 10
    page_size_max: int | None = None
    put_answer: Literal["rotate", "empty", "array", "object"] = "rotate"
    inferred_mandatory: bool = True
    unpublished_length: int | None = None
    long_texts: Literal["refuse", "truncate"] = "refuse"
    location: Literal["full", "no_query", "relative", "small", "public"] = "full"
    resource_url: Literal["relative", "absolute"] = "relative"
    delete_status: Literal[200, 204] = 200
    unsorted: Literal["stable", "changing"] = "stable"
    invoice_type_missing: Literal["R", "refuse"] = "R"
    reference_filters: Literal["contains", "exact"] = "contains"
    journal_status: Literal["O", "P"] = "O"
    journal_confirm: Literal["ignored", "honoured"] = "ignored"
    empty_rows: Literal["accept", "refuse"] = "accept"
    recompute_amounts: bool = False
    cancellation: Literal["draft", "reversal"] = "draft"
    copy_answer: Literal["data", "location", "empty"] = "data"
    unknown_action_status: Literal[404, 400] = 404
    prices_include_vat: bool = False
    accept_absent: Literal["json", "xml"] = "json"
