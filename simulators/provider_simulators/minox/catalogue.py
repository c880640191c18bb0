"""The records of Minox as rows: what they are called, how they are keyed, and which verbs they have."""

from dataclasses import dataclass
from enum import StrEnum


class Key(StrEnum):
    """How a record is called in the URL, and who chooses that."""

    NUMBER = "number"
    """A number that the client chooses."""
    TEXT = "text"
    """A code that the client chooses."""
    UUID = "uuid"
    """A UUID that the client chooses."""
    DRAWN = "drawn"
    """A number from the range of a journal; the client may choose one."""
    SERVER = "server"
    """A UUID that the server chooses."""
    MEMBERS = "members"
    """Not in the URL: the ids inside the body."""


@dataclass(frozen=True, kw_only=True)
class Collection:
    """Records of one sort.

    Attributes:
        name: Their name in the documentation of operations, and in `books.records`.
        key: How they are keyed.
        verbs: Of list, get, put, patch, post, delete.
        schema: What may be written.
        scope: The resource of its scopes; mostly inferred from the names.
        key_max: The largest number, or the most characters of a code.
        query: Query parameters of its list, besides `next`.
        path: Under the administration (or the tenant); its name when left out.
    """

    name: str
    key: Key
    verbs: str
    schema: str
    scope: str
    key_max: int = 999_999
    query: str = ""
    path: str = ""

    @property
    def url(self) -> str:
        """The path of its list."""
        return self.path or self.name


LISTED = "currentpage status"
COLLECTIONS = (
    Collection(name="ledger_account", key=Key.NUMBER, verbs="list get put delete", schema="ledger_account",
               scope="ledger_account", query=LISTED),
    Collection(name="journal", key=Key.TEXT, verbs="list put", schema="journal", scope="journal", key_max=4,
               query=LISTED),
    Collection(name="vat", key=Key.NUMBER, verbs="list", schema="vat", scope="vat"),
    Collection(name="payment_term", key=Key.NUMBER, verbs="list", schema="payment_term", scope="payment_term"),
    Collection(name="cost_center", key=Key.NUMBER, verbs="list put", schema="cost_center", scope="cost_center",
               key_max=10**15 - 1),
    Collection(name="cost_type", key=Key.NUMBER, verbs="list put", schema="cost_type", scope="cost_type"),
    Collection(name="budget", key=Key.MEMBERS, verbs="list put", schema="budget", scope="budget"),
    Collection(name="profit_loss_balance", key=Key.NUMBER, verbs="list put delete", schema="profit_loss_balance",
               scope="profitlossbalance"),
    Collection(name="customer", key=Key.DRAWN, verbs="list get post patch", schema="customer", scope="customer",
               query="search"),
    Collection(name="supplier", key=Key.DRAWN, verbs="list get post patch", schema="supplier", scope="supplier",
               query="search"),
    Collection(name="customer_type", key=Key.NUMBER, verbs="list put", schema="described", scope="customer"),
    Collection(name="region", key=Key.NUMBER, verbs="list put", schema="described", scope="region"),
    Collection(name="representative", key=Key.NUMBER, verbs="list put", schema="representative",
               scope="representative"),
    Collection(name="invoice", key=Key.UUID, verbs="list get put delete", schema="invoice", scope="invoice"),
    Collection(name="ordering", key=Key.UUID, verbs="get put delete", schema="order_document", scope="ordering"),
    Collection(name="item", key=Key.TEXT, verbs="list get put patch delete", schema="item", scope="item", key_max=100),
    Collection(name="item_group", key=Key.NUMBER, verbs="list put", schema="item_group", scope="item"),
    Collection(name="document", key=Key.SERVER, verbs="list get post patch delete", schema="document",
               scope="document"),
    Collection(name="mandate", key=Key.UUID, verbs="list get put delete", schema="mandate", scope="mandate"),
    Collection(name="distance_sales", key=Key.UUID, verbs="list get put delete", schema="distance_sale", scope="vat"),
    Collection(name="accrual", key=Key.SERVER, verbs="list get post patch delete", schema="accrual", scope="accrual"),
    Collection(name="vat_declaration", key=Key.TEXT, verbs="list get", schema="vat_declaration",
               scope="vatdeclaration", key_max=100),
    Collection(name="documenttext", key=Key.TEXT, verbs="list", schema="document", scope="document"),
    Collection(name="email_history", key=Key.TEXT, verbs="list", schema="document", scope="email"),
)  # fmt: skip
"""Everything that belongs to an administration. What only the portal makes has no verb that writes."""

WEBHOOK = Collection(
    name="webhook", key=Key.SERVER, verbs="list get post put delete", schema="webhook", scope="webhook"
)
"""The only records that belong to the tenant."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings of which there is one set: who reads and writes them where.

    Attributes:
        name: Start of the names of its operations.
        path: Its path under the administration.
        schema: What may be written; none for what cannot be.
        read: Scope on read.
        write: Scope on write.
        verbs: The HTTP methods that it has.
    """

    name: str
    path: str
    schema: str
    read: str
    write: str
    verbs: str = "GET PUT DELETE"


SETTINGS = (
    *(
        Settings(name=f"{name}_settings", path=f"{path}/settings", schema=f"{schema}_settings",
                 read="connection:write", write="connection:write")
        for name, path, schema in (
            ("nmbrs", "nmbrs", "nmbrs"), ("loket_nl", "loket.nl", "loket"),
            ("mollie", "mollie", "mollie"), ("paragon", "paragon", "paragon"),
        )
    ),
    Settings(name="ocr_settings", path="ocr/settings", schema="ocr_settings", read="ocr:read", write="ocr:write",
             verbs="GET PUT"),
    Settings(name="accrual_settings", path="accrual/settings", schema="accrual_settings", read="accrual:read",
             write="accrual:write", verbs="GET POST"),
)  # fmt: skip

SECRETS = frozenset({"api_token", "token", "bearer", "password"})
"""Members that are never answered (inferred) and never logged."""
