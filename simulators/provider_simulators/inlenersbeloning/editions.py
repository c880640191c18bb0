"""Remunerations on the platform: what has been published of each, version by version, ready to be sent."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from provider_simulators.inlenersbeloning import documents, drafts
from provider_simulators.inlenersbeloning.encoding import compact, decoded
from provider_simulators.inlenersbeloning.hirers import AMSTERDAM, Hirer, Publication
from provider_simulators.inlenersbeloning.oddities import HEADER, Oddity, strange
from provider_simulators.inlenersbeloning.wages import CENT, WAGE_RULES, number

Document = dict[str, Any]
Change = Callable[[Document], None]

BETWEEN_VERSIONS = timedelta(days=100)
STEP_UP = Decimal("1.02")


@dataclass(frozen=True, kw_only=True)
class Edition:
    """One version of a remuneration, most of it as text: a thousand of them must fit in memory, and go out fast.

    Attributes:
        head: The document's header and hirer.
        body: The rest, as JSON. Those that share it have marks in it instead of the first digits of ids.
        mark: What stands there for this one.
    """

    head: Document
    body: bytes
    mark: bytes | None = None

    def text(self, *, total_versions: int) -> bytes:
        """The document as JSON."""
        head = compact(self.head | {"totalVersions": total_versions})
        body = self.body if self.mark is None else self.body.replace(drafts.STOCK_MARK.encode(), self.mark)
        return head[:-1] + b"," + body[1:] if len(body) > len(b"{}") else head

    def document(self, *, total_versions: int) -> Document:
        """The document."""
        read: Document = decoded(self.text(total_versions=total_versions))
        return read

    @classmethod
    def of(cls, document: Document) -> "Edition":
        """A document, ready to be sent."""
        names = (*HEADER, "company")
        head = {name: document[name] for name in names if name in document}
        return cls(head=head, body=compact({name: each for name, each in document.items() if name not in names}))


@dataclass(kw_only=True)
class Remuneration:
    """A remuneration that a hirer shares.

    Attributes:
        newest: Its newest version.
        older: Those before, by number, as far as they were asked for or published here.
    """

    newest: Edition
    older: dict[int, Edition] = field(default_factory=dict)

    @property
    def version(self) -> int:
        """Number of the newest version, which is how many there are."""
        return int(self.newest.head["lenderVersion"])

    def header(self) -> Document:
        """Its header, as lists of remunerations may show it."""
        return {name: self.newest.head.get(name) for name in HEADER} | {"totalVersions": self.version}

    def text(self, version: int | None = None) -> bytes | None:
        """A version as JSON, the newest unless told otherwise; None when there is no such version."""
        edition = self._edition(version)
        return None if edition is None else edition.text(total_versions=self.version)

    def document(self, version: int | None = None) -> Document | None:
        """As `text`, for reading."""
        edition = self._edition(version)
        return None if edition is None else edition.document(total_versions=self.version)

    def publish(self, at: datetime, change: Change | None = None) -> int:
        """Publish a new version, with a higher wage increase or what `change` does to it; gives its number."""
        version = self.version + 1
        document = self.newest.document(total_versions=version)
        (change or raise_increase)(document)
        document |= {"publishDate": _moment(at), "lenderVersion": version, "totalVersions": version}
        self.older[self.version] = self.newest
        self.newest = Edition.of(document)
        return version

    def amend(self, change: Change | None = None) -> None:
        """Change the newest version and tell nobody: version and moment stay."""
        document = self.newest.document(total_versions=self.version)
        (change or raise_increase)(document)
        self.newest = Edition.of(document)

    def _edition(self, version: int | None) -> Edition | None:
        if version is None or version == self.version:
            return self.newest
        if not 1 <= version < self.version:
            return None
        if version not in self.older:
            later = self._edition(version + 1)
            assert later is not None
            self.older[version] = _before(later)
        return self.older[version]


def shared(hirer: Hirer, publication: Publication, company: str, oddities: frozenset[Oddity]) -> Remuneration:
    """A publication, as it is shared with one company of the agency.

    Args:
        hirer: Who shares it.
        publication: What.
        company: Id of the agency's company.
        oddities: Those of the whole platform, beside the publication's own.
    """
    publication = replace(publication, oddities=publication.oddities | oddities)
    if not publication.stock:
        return Remuneration(newest=Edition.of(_document(hirer, publication, company)))
    mark = f"{int(hirer.commerce_number):08x}"
    document = _stock(replace(publication, at=STOCKED, version=1), company)
    own = {
        "id": document.head["id"].replace(document.head["id"][:8], mark, 1),
        "title": f"Inlenersbeloning van {hirer.name}",
        "publishDate": _moment(publication.at),
        "lenderVersion": publication.version,
        "company": documents.header(hirer),
    }
    own["company"].pop("type")
    return Remuneration(newest=Edition(head=document.head | own, body=document.body, mark=mark.encode()))


STOCKED = datetime(2025, 10, 1, tzinfo=AMSTERDAM)
SOMEBODY = Hirer(id="", name="", commerce_number="", employees=None, publications=())


@lru_cache(maxsize=64)
def _stock(publication: Publication, company: str) -> Edition:
    return Edition.of(_document(SOMEBODY, publication, company))


def _document(hirer: Hirer, publication: Publication, company: str) -> Document:
    make = drafts.draft if publication.generation in drafts.RECIPES else documents.recorded
    seed = f"{company}/{hirer.id}/{publication.at}/{publication.seed}"
    return strange(make(hirer, publication, company), publication.oddities, seed)


def raise_increase(document: Document) -> None:
    """A point more in the first wage increase, or a first one; where a document has no such thing, a new title."""
    increments = document.get("wageIncrements")
    data = increments.get("incrementData") if isinstance(increments, dict) else None
    first = data[0] if isinstance(data, list) and data else None
    if isinstance(first, dict) and isinstance(first.get("percentage"), int | Decimal):
        first["percentage"] += 1
    elif isinstance(data, list):
        data.append({"incrementType": "%", "incrementTypeID": 1, "percentage": 1, "date": "2027-01-01"})
    else:
        document["title"] = f"{document['title']} (herzien)"


def raise_salaries(document: Document) -> None:
    """All salaries two percent up, to the cent, and hourly wages by the rule that they followed."""
    for group in document["functionGroups"]:
        rule = next(rule for rule in WAGE_RULES if all(map(rule.fits, group["steps"])))
        for step in group["steps"]:
            salary = (Decimal(step["salary"]) * STEP_UP).quantize(CENT)
            step |= {"salary": number(salary), "hourWage": number(rule.hour_wage(salary))}


def _before(edition: Edition) -> Edition:
    """The version before: published earlier, with another title."""
    head = deepcopy(edition.head)
    published = datetime.fromisoformat(head["publishDate"]) - BETWEEN_VERSIONS
    head |= {
        "publishDate": _moment(published),
        "lenderVersion": head["lenderVersion"] - 1,
        "title": f"{str(head['title']).split(' (versie ')[0]} (versie {head['lenderVersion'] - 1})",
    }
    return replace(edition, head=head)


def _moment(at: datetime) -> str:
    return at.astimezone(AMSTERDAM).isoformat(timespec="seconds")
