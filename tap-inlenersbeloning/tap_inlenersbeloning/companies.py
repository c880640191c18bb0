"""The agency's own companies (werkmaatschappijen) that are read for, each with the token that reads it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector_kit.errors import SettingError
from connector_kit.oauth import BearerAuth
from singer_sdk.exceptions import SkippableAPIError

from tap_inlenersbeloning.answers import Items, Row
from tap_inlenersbeloning.auth import auth_from_token, is_of_organisation
from tap_inlenersbeloning.client import InlenersbeloningApi
from tap_inlenersbeloning.operations import LIST_COMPANIES

__all__ = ["Company", "Credential", "companies_of", "credentials_of", "listed_companies"]


@dataclass(frozen=True, kw_only=True)
class Company:
    """A company of the agency.

    Attributes:
        id: As the portal shows it.
        name: As the settings call it; empty: they do not.
        auth: Its token.
    """

    id: str
    name: str = ""
    auth: BearerAuth


@dataclass(frozen=True, kw_only=True)
class Credential:
    """A token and the companies that the settings name for it.

    Attributes:
        auth: Sets the token.
        setting: Where it stands.
        companies: Ids and names.
        of_organisation: Whether it is one of an organisation, and so may list its companies.
    """

    auth: BearerAuth
    setting: str
    companies: Mapping[str, str]
    of_organisation: bool


def credentials_of(settings: Mapping[str, Any], *, api_url: str) -> list[Credential]:
    """Read the tokens of the settings `companies`, and `token` with `company_ids`.

    Raises:
        SettingError: There is none, a company has two, or one cannot be sent.
    """
    credentials = list(_own_tokens(settings, api_url))
    if token := settings.get("token"):
        names = {id_.strip(): "" for id_ in settings.get("company_ids") or () if id_.strip()}
        taken = {id_ for credential in credentials for id_ in credential.companies}
        if not names and not credentials and not is_of_organisation(token):
            raise SettingError(
                "setting company_ids is missing: name the companies that the portal shows for the token (the id cannot "
                "be read from a cmp_ token)"
            )
        if twice := taken & names.keys():
            raise SettingError(f"setting companies: company {min(twice)} stands in company_ids, too; leave one out")
        if names or not credentials:
            auth = auth_from_token(token, api_url=api_url)
            credentials.append(
                Credential(auth=auth, setting="token", companies=names, of_organisation=is_of_organisation(token))
            )
    elif not credentials:
        raise SettingError(
            "setting token is missing (with company_ids), or companies with a token for each; the portal has them"
        )
    elif any(id_.strip() for id_ in settings.get("company_ids") or ()):
        raise SettingError("setting token is missing: company_ids needs it; companies have their own")
    return credentials


def _own_tokens(settings: Mapping[str, Any], api_url: str) -> Iterator[Credential]:
    seen: set[str] = set()
    for position, entry in enumerate(settings.get("companies") or ()):
        setting = f"companies[{position}]"
        company_id, token = (entry.get("company_id") or "").strip(), entry.get("token") or settings.get("token")
        if not company_id or not token:
            raise SettingError(f"setting {setting}: needs a company_id and a token")
        if company_id in seen:
            raise SettingError(f"setting {setting}: company {company_id} stands there twice")
        seen.add(company_id)
        yield Credential(
            auth=auth_from_token(token, api_url=api_url, setting=f"{setting}.token"),
            setting=setting,
            companies={company_id: entry.get("name") or ""},
            of_organisation=is_of_organisation(token),
        )


def companies_of(credentials: list[Credential], api: InlenersbeloningApi) -> list[Company]:
    """Give the companies to read for; an organisation's token without any named is asked which it has.

    Raises:
        SettingError: It does not say.
        FatalAPIError, LoginRequiredError, RetriableAPIError, UnreachableError: As `InlenersbeloningApi.list`.
    """
    companies: list[Company] = []
    for credential in credentials:
        names = credential.companies or _asked(credential, api)
        companies += [Company(id=id_, name=name, auth=credential.auth) for id_, name in names.items()]
    return companies


def _asked(credential: Credential, api: InlenersbeloningApi) -> Mapping[str, str]:
    try:
        found = api.list(credential.auth, LIST_COMPANIES)
    except SkippableAPIError as error:
        raise SettingError(
            f"setting company_ids is missing, and the provider does not say which companies the organisation has "
            f"({error}); name those that the portal shows"
        ) from None
    if not found:
        raise SettingError("setting company_ids is missing, and the provider lists no company for the token")
    return {
        id_: name if isinstance(name := row.get("businessName") or row.get("name"), str) else "" for id_, row in found
    }


def listed_companies(credentials: list[Credential], api: InlenersbeloningApi) -> Iterator[tuple[Credential, Items]]:
    """Ask each organisation's token for its companies; tokens of one company have none to list.

    Yields:
        Token and its companies.

    Raises:
        SkippableAPIError: The provider does not list them.
    """
    seen: set[str] = set()
    for credential in credentials:
        if credential.of_organisation:
            items: list[tuple[str, Row]] = []
            for id_, row in api.list(credential.auth, LIST_COMPANIES):
                if id_ not in seen:
                    items.append((id_, row))
            seen |= {id_ for id_, _ in items}
            yield credential, items
