"""Inlenersbeloning.com without HTTP: which hirers share what with which company of the agency."""

from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from provider_simulators.inlenersbeloning.agency import COMPANIES, COMPANY_NAMES, Share, all_shares, share
from provider_simulators.inlenersbeloning.documents import Document, header
from provider_simulators.inlenersbeloning.editions import Change, Remuneration, shared
from provider_simulators.inlenersbeloning.hirers import LEGACY, Publication, new_hirer
from provider_simulators.inlenersbeloning.operations import Right
from provider_simulators.inlenersbeloning.refusals import RefusedError, wait
from provider_simulators.inlenersbeloning.switches import InlenersbeloningSwitches
from provider_simulators.inlenersbeloning.tokens import Token, company_token, organisation_token
from provider_simulators.inlenersbeloning.webhooks import Event, EventName
from provider_simulators.world import World

ONE_SECOND = timedelta(seconds=1)


class InlenersbeloningBackend:
    """State and rules of one agency.

    Attributes:
        tokens: By value; a test may revoke one by removing it.
        shares: Per company of the agency, per partner.
        switches: The readings of what is not documented.
        before_read: Called with the operation's name and the ids in its path before it reads: the place for races.
        told: Called with what the portal tells by webhook.
    """

    def __init__(
        self,
        world: World,
        *,
        switches: InlenersbeloningSwitches,
        now: Callable[[], datetime],
        effect: Callable[..., None],
    ) -> None:
        self.switches = switches
        self.before_read: Callable[[str, dict[str, str]], None] = lambda _operation, _ids: None
        self.told: Callable[[Event], None] = lambda _event: None
        self._now = now
        self._effect = effect
        self.shares = all_shares(world, switches)
        self.organisation_token = organisation_token(COMPANIES, switches.rights)
        self.company_tokens = {company: company_token(company, switches.rights) for company in COMPANIES}
        self.company_token = self.company_tokens[COMPANIES[0]]
        every = (self.organisation_token, *self.company_tokens.values())
        self.tokens = {token.value: token for token in every}
        self._calls: deque[datetime] = deque()
        self._changed: set[str] = set()

    # Admission

    def count_call(self) -> None:
        """Count a call.

        Raises:
            RefusedError: 429, by switch: limits are not public.
        """
        limit, now = self.switches.requests_per_second, self._now()
        while self._calls and self._calls[0] <= now - ONE_SECOND:
            self._calls.popleft()
        if limit is not None and len(self._calls) >= limit:
            raise RefusedError(
                429, "Too many requests", wait(self.switches.retry_after, self.switches.retry_after_form)
            )
        self._calls.append(now)

    def token(self, value: str | None) -> Token:
        """The token in a request.

        Raises:
            RefusedError: 401 when there is none, or it is unknown or revoked (inferred).
        """
        token = self.tokens.get(value or "")
        if token is None:
            raise RefusedError(401, "Unauthenticated")
        return token

    def add_token(self, company: str, rights: Iterable[Right], *, name: str = "second") -> Token:
        """Make another token for a company, with other rights."""
        token = company_token(company, frozenset(rights), name=name)
        self.tokens[token.value] = token
        return token

    def invitation_called(self, method: str, path: str) -> None:
        """Note that somebody called the operation that sends an e-mail. Nothing is sent."""
        self._effect("invitation_called", method=method, path=path)

    # Reading

    def companies(self, token: Token) -> list[Document]:
        """The companies that a token reads (inferred).

        Raises:
            RefusedError: 403 without the right.
        """
        _demand(token, Right.COMPANIES)
        self.before_read("list_companies", {})
        return [{"id": each, "businessName": COMPANY_NAMES[each]} for each in COMPANIES if each in token.companies]

    def partners(self, token: Token, company: str) -> list[Document]:
        """The hirers of a company.

        Raises:
            RefusedError: 403 for another's company, or without the right (inferred).
        """
        self.before_read("list_partners", {"company": company})
        shares = self._shares(token, company, Right.PARTNERS)
        self._effect("partners_read", company=company, partners=len(shares))
        return [header(share.hirer) for share in list(shares.values())]

    def partner(self, token: Token, company: str, partner: str) -> Document:
        """One hirer (inferred).

        Raises:
            RefusedError: 403 as for partners; 404 for an unknown one.
        """
        self.before_read("get_partner", {"company": company, "partner": partner})
        return header(self._share(token, company, partner, Right.PARTNER).hirer)

    def remunerations(self, token: Token, company: str, partner: str) -> list[Remuneration]:
        """What a partner shares, perhaps nothing.

        Raises:
            RefusedError: 403 as for partners; 404 for an unknown partner (inferred).
        """
        self.before_read("list_remunerations", {"company": company, "partner": partner})
        listed = list(self._share(token, company, partner, Right.REMUNERATION).remunerations.values())
        self._effect("remunerations_listed", company=company, partner=partner, remunerations=len(listed))
        return listed

    def remuneration(
        self, token: Token, company: str, partner: str, identifier: str, *, version: int | None = None
    ) -> bytes:
        """A remuneration as JSON, the newest version unless told otherwise.

        Raises:
            RefusedError: 404 when there is none of that id or version, or no longer (inferred).
        """
        remuneration = self._remuneration(token, company, partner, identifier, Right.REMUNERATION, version=version)
        text = remuneration.text(version)
        kept = self.switches.versions_kept
        too_old = kept is not None and version is not None and version < remuneration.version - kept
        if text is None or too_old:
            raise RefusedError(404, "Version not found")
        version = version or remuneration.version
        self._effect("remuneration_read", company=company, partner=partner, remuneration=identifier, version=version)
        return text

    def pdf_title(self, token: Token, company: str, partner: str, identifier: str) -> str:
        """What stands in the PDF of the newest version.

        Raises:
            RefusedError: As for a remuneration.
        """
        found = self._remuneration(token, company, partner, identifier, Right.PDF)
        self._effect("pdf_read", company=company, partner=partner, remuneration=identifier, version=found.version)
        return f"Remuneration {identifier} version {found.version}"

    def functions(self, token: Token, company: str, partner: str) -> list[Document]:
        """All functions in the remunerations of a partner (inferred).

        Raises:
            RefusedError: As for partners.
        """
        self.before_read("list_functions", {"company": company, "partner": partner})
        return self._functions(self._share(token, company, partner, Right.FUNCTIONS))

    def function(self, token: Token, company: str, partner: str, function: str) -> Document:
        """One of them (inferred).

        Raises:
            RefusedError: 404 when there is none of that id.
        """
        self.before_read("get_function", {"company": company, "partner": partner, "function": function})
        for each in self._functions(self._share(token, company, partner, Right.FUNCTION)):
            if each["id"] == function:
                return each
        raise RefusedError(404, "Function not found")

    # What hirers do

    def publish(self, company: str, partner: str, publication: Publication) -> str:
        """A hirer shares one more remuneration, perhaps one that was published years ago; gives its id."""
        share = self.shares[company][partner]
        made = shared(share.hirer, publication, company, self.switches.all_oddities)
        identifier = str(made.newest.head["id"])
        share.remunerations[identifier] = made
        self._tell("published", EventName.PUBLISHED, (company, partner, identifier), made.version)
        return identifier

    def republish(self, company: str, partner: str, identifier: str, change: Change | None = None) -> int:
        """A hirer publishes a new version, with a higher wage increase or another change; gives its number."""
        version = self.shares[company][partner].remunerations[identifier].publish(self._now(), change)
        self._tell("published", EventName.PUBLISHED, (company, partner, identifier), version)
        return version

    def amend(self, company: str, partner: str, identifier: str, change: Change | None = None) -> None:
        """The document changes, and neither version nor moment tells so."""
        self.shares[company][partner].remunerations[identifier].amend(change)
        self._effect("amended", company=company, partner=partner, remuneration=identifier)

    def withdraw(self, company: str, partner: str, identifier: str) -> None:
        """A hirer takes a remuneration back: it leaves the list, and nothing else tells so (inferred)."""
        share = self.shares[company][partner]
        share.withdrawn[identifier] = share.remunerations.pop(identifier)
        self._tell("withdrawn", EventName.WITHDRAWN, (company, partner, identifier))

    def restore(self, company: str, partner: str, identifier: str) -> None:
        """A hirer shares what it had withdrawn, the same version of it."""
        share = self.shares[company][partner]
        share.remunerations[identifier] = share.withdrawn.pop(identifier)
        self._tell("restored", EventName.PUBLISHED, (company, partner, identifier))

    def add_partner(self, company: str, name: str, *publications: Publication) -> str:
        """A hirer connects, by default with a document that was published years ago; gives its id."""
        hirer = new_hirer(name, 900_000 + len(self.shares[company]), *(publications or (LEGACY,)))
        self.shares[company][hirer.id] = share(hirer, company, self.switches)
        self._effect("partner_added", company=company, partner=hirer.id)
        return hirer.id

    def remove_partner(self, company: str, partner: str) -> Share:
        """A hirer goes; gives what it shared, for `shares[company][partner]` when it returns."""
        self._effect("partner_removed", company=company, partner=partner)
        return self.shares[company].pop(partner)

    def change_after_list(self, company: str, partner: str) -> None:
        """By switch, what was just listed changes."""
        for identifier in list(self.shares[company][partner].remunerations):
            if identifier in self._changed or self.switches.after_list == "nothing":
                continue
            self._changed.add(identifier)
            if self.switches.after_list == "withdrawn":
                self.withdraw(company, partner, identifier)
            else:
                self.republish(company, partner, identifier)

    def _tell(self, kind: str, name: EventName, ids: tuple[str, str, str], version: int | None = None) -> None:
        company, partner, identifier = ids
        numbered = {} if version is None else {"version": version}
        self._effect(kind, company=company, partner=partner, remuneration=identifier, **numbered)
        self.told(
            Event(name=name, company=company, partner=partner, remuneration=identifier, version=version, at=self._now())
        )

    # Looking up

    def _functions(self, share: Share) -> list[Document]:
        documents = [each.document() or {} for each in share.remunerations.values()]
        groups = [group for document in documents for group in _objects(document.get("functionGroups"))]
        return [function for group in groups for function in _objects(group.get("functions"))]

    def _remuneration(
        self, token: Token, company: str, partner: str, identifier: str, right: Right, *, version: int | None = None
    ) -> Remuneration:
        ids = {"company": company, "partner": partner, "remuneration": identifier}
        operation = "get_remuneration_pdf" if right is Right.PDF else "get_remuneration"
        self.before_read(operation if version is None else "get_remuneration_version", ids)
        found = self._share(token, company, partner, right).remunerations.get(identifier)
        if found is None:
            raise RefusedError(404, "Remuneration not found")
        return found

    def _share(self, token: Token, company: str, partner: str, right: Right) -> Share:
        found = self._shares(token, company, right).get(partner)
        if found is None:
            raise RefusedError(404, "Partner not found")
        return found

    def _shares(self, token: Token, company: str, right: Right) -> dict[str, Share]:
        if company not in token.companies:
            raise RefusedError(403, "The token does not belong to this company")
        _demand(token, right)
        return self.shares[company]


def _demand(token: Token, right: Right) -> None:
    if right not in token.rights:
        raise RefusedError(403, "The token does not have this right")


def _objects(value: Any) -> list[Document]:
    """The objects in a list; odd documents may have others in it, or no list."""
    return [each for each in value if isinstance(each, dict) and "id" in each] if isinstance(value, list) else []
