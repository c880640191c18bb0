"""What is not known about Minox, as switches: each default is the safest reading for whoever tests a client."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class MinoxSwitches:
    """Behaviour that no public source settles; a test sets the other reading to see whether a client survives it.

    Attributes:
        refresh: What happens to a refresh token that has been used. ``rotate_strict``: it dies, and using it again
            revokes the whole consent; ``rotate_grace``: it works for another 60 s; ``static``: it never changes.
            (Rotation is inferred: every refresh answer seen in working clients carries a refresh token again.)
        not_linked_status: Answer to a tenant or administration that the token does not reach (inferred).
        scopes: The scopes that the main user has granted when the simulator starts; None grants what booking needs,
            ``all`` everything.
        lists: ``envelope`` is what the vendor's demo reads; ``bare`` is what one client falls back to.
        list_links: ``url`` or ``token`` in ``links.next``, or ``absent``: no paging at all (its content is unknown).
        page_size: Records per page; the real size is unknown, small makes paging happen.
        put_answer: Body of an accepted PUT: the ``lines``, or ``empty`` (unknown).
        batch_answer: Lines of one batch come as an ``array``, or in an ``envelope`` like lists (unknown).
        answer_dates: ``date``, or ``date_time`` as seen in answers about open items.
        require_uuid4: Refuse batch ids that are not version 4 (every id seen is).
        account_id_as_text: Refuse ``account.id`` as a JSON number (the vendor's text says string).
        accept_unbalanced: Book the rest on the journal's contra account instead of refusing (inferred from a live
            test of a working client that sends one line only).
        contra_lines: Where the automatic lines (9000 and up) are visible: ``list`` in transaction_lines only,
            ``batch`` also in the batch, ``hidden`` nowhere but in the balances.
        date_outside_period: Whether a document date outside the named period, but inside its year, is accepted.
        rate_limit: ``generous`` 1000 per second; ``per_second`` 5 per second (seen in a client of 2019);
            ``window`` 20 per 120 s (an integrator's documentation of 2026).
        line_messages: Lines that are read back carry a ``warning`` or an ``error`` in ``messages`` although the
            batch stands (that lines carry messages is seen in a client, what stands in them is not).
        vat_amounts: What an account's VAT code does to an amount booked on it: ``gross`` moves the VAT in it to the
            code's account by automatic lines, ``net`` adds the VAT on top, ``none`` keeps it as it is.
        closing_periods: How many periods above the number of periods can be booked in (an example shows period 14).
        replace_keeps_entry_number: Whether a batch that is replaced keeps its voucher number.
        paid_items: Whether a batch can be replaced or deleted whose open items are (partly) paid.
        delete_in_use: Whether a ledger account with entries can be deleted.
        put_record: Body of an accepted PUT, PATCH or settings call: the ``record``, or ``empty``.
        post_answer: Body of an accepted POST: the ``record``, only its ``id``, or ``empty``.
        lookup_answer: by_email and by_externalid answer the ``object``, or an ``array`` or ``envelope`` with it.
        lookup_many: Which one a look-up answers when several fit.
        externalid_twice: Whether a second customer with the same externalid is made.
        patch: Objects inside a PATCH are merged (``deep``) or replaced (``shallow``).
        unknown_members: Whether a member that no schema has is refused, in everything but booking lines (they refuse).
        empty_members: Whether an empty member is refused, in everything but booking lines (they refuse).
        second_attachment: What a second document of a batch does.
        unpublished_scopes: Writes whose scope is in no published list: ``accept`` who may read, or ``refuse``.
        retry_after: What a 429 says: ``seconds``, a ``date``, or nothing (``absent``).
        daily_budget: Requests per day, by the simulator's clock in UTC; None is no limit (no limit is documented).
        vat_returns: A VAT return is ``accept``ed without doing anything, or refused with 403; always a violation.
        other_tenants: What /inspect names besides (an accountant's token reaches many); nothing of them is simulated.
    """

    refresh: Literal["rotate_strict", "rotate_grace", "static"] = "rotate_strict"
    not_linked_status: Literal[403, 404] = 403
    scopes: tuple[str, ...] | None = None
    lists: Literal["envelope", "bare"] = "envelope"
    list_links: Literal["url", "token", "absent"] = "url"
    page_size: int = 50
    put_answer: Literal["lines", "empty"] = "lines"
    batch_answer: Literal["array", "envelope"] = "array"
    answer_dates: Literal["date", "date_time"] = "date"
    require_uuid4: bool = True
    account_id_as_text: bool = True
    accept_unbalanced: bool = True
    contra_lines: Literal["list", "batch", "hidden"] = "list"
    date_outside_period: Literal["accept", "reject"] = "accept"
    rate_limit: Literal["generous", "per_second", "window"] = "generous"
    line_messages: Literal["none", "warning", "error"] = "none"
    vat_amounts: Literal["gross", "net", "none"] = "gross"
    closing_periods: int = 0
    replace_keeps_entry_number: bool = False
    paid_items: Literal["refuse", "accept"] = "refuse"
    delete_in_use: Literal["refuse", "accept"] = "refuse"
    put_record: Literal["record", "empty"] = "record"
    post_answer: Literal["record", "id", "empty"] = "record"
    lookup_answer: Literal["object", "array", "envelope"] = "object"
    lookup_many: Literal["oldest", "newest"] = "oldest"
    externalid_twice: Literal["accept", "refuse"] = "accept"
    patch: Literal["deep", "shallow"] = "deep"
    unknown_members: Literal["refuse", "ignore"] = "refuse"
    empty_members: Literal["refuse", "accept"] = "refuse"
    second_attachment: Literal["refuse", "replace"] = "refuse"
    unpublished_scopes: Literal["accept", "refuse"] = "accept"
    retry_after: Literal["seconds", "date", "absent"] = "seconds"
    daily_budget: int | None = None
    vat_returns: Literal["accept", "refuse"] = "accept"
    other_tenants: tuple[int, ...] = ()
