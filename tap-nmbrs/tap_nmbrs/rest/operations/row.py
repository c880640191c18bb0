from dataclasses import dataclass

from typing_extensions import override

from tap_nmbrs.operation import Operation

__all__ = ["RestOperation"]


@dataclass(frozen=True, kw_only=True)
class RestOperation(Operation):
    """A list of the REST API.

    Attributes:
        operation_id: The vendor's name of it.
        path: With `{company_id}` and other keys, or a parameter such as `{year}`.
        scope: The scope of the consent that it needs.
        row_id: Members that identify a row of the list, in the provider's spelling; none: the whole row does.
        envelope: Members beside `data` that belong to every row.
        paged: Whether it comes in pages, and so takes the parameters of paging.
    """

    operation_id: str
    path: str
    scope: str
    row_id: tuple[str, ...] = ()
    envelope: tuple[str, ...] = ()
    paged: bool = True

    @property
    @override
    def call(self) -> str:
        return self.operation_id
