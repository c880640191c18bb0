"""What can be done with order documents beside storing them. Bodies are known, effects are not: plain ones here."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from provider_simulators.minox.backend import MinoxBackend
from provider_simulators.minox.catalogue import COLLECTIONS
from provider_simulators.minox.documents import Document
from provider_simulators.minox.messages import Code, refusal

ORDERING = next(each for each in COLLECTIONS if each.name == "ordering")
IDS = "order_document_ids"


class Orders:
    """The order documents of one administration."""

    def __init__(self, backend: MinoxBackend, administration: int) -> None:
        self._records = backend.records(administration)
        self._shelf = self._records.shelf(ORDERING)
        self.tasks: dict[str, Document] = backend.books(administration).records["task"]

    def of_type(self, kind: str) -> list[Document]:
        """Those of a type."""
        return [order for order in self._records.all(ORDERING) if order.get("type") == kind]

    def summary(self, kind: str) -> Document:
        """How many there are of a type, and their total."""
        orders = self.of_type(kind)
        totals = [order.get("totals", {}).get("total", 0) for order in orders]
        return {"type": kind, "count": len(orders), "total": sum(totals, Decimal(0))}

    def get(self, key: str) -> Document:
        """One of them.

        Raises:
            RefusedError: 404.
        """
        return self._records.get(ORDERING, key)

    def note(self, action: str, key: str, body: Any) -> Document:
        """Something is done with an order that leaves it as it is; it becomes a task that is finished at once."""
        order = self.get(key)
        self._task(action, body, [key])
        self._records.note("ordering", key, action, body)
        return order

    def transition(self, key: str, body: Any) -> Document:
        """An order becomes one of another type."""
        order = dict(self.get(key))
        former = order.pop("id") and order.get("type")
        wanted = _object(body).get("type")
        self._shelf.put(key, order | {"previous_type": former, "type": wanted} if wanted else order)
        self._records.note("ordering", key, "transition", body)
        return self.get(key)

    def transition_all(self, body: Any) -> Document:
        """Several at once; to which type is not in the body that is known, so they stay what they are."""
        for key in self._keys(body):
            self._records.note("ordering", key, "transition", body)
        return self._task("transition", body, self._keys(body))

    def merge(self, body: Any) -> Document:
        """Several become one, with the lines of all."""
        keys = self._keys(body)
        orders = [self.get(key) for key in keys]
        if not orders:
            raise refusal(400, Code.MISSING_MEMBER, f"{IDS} ontbreekt")
        whole = {name: value for name, value in orders[0].items() if name != "id"}
        lines = [line for order in orders for line in order.get("lines", ())]
        key = self._records.new_id("ordering")
        self._shelf.put(key, whole | {"is_merge": True, **({"lines": lines} if lines else {})})
        for former in keys:
            self._shelf.remove(former)
        self._records.note("ordering", key, "merge", body)
        return self.get(key)

    def unmerge(self, key: str, body: Any) -> list[Document]:
        """One becomes the several that it was; which ones is in the body."""
        self.get(key)
        restored = _object(body).get("restored_documents")
        if not isinstance(restored, list) or not restored:
            raise refusal(400, Code.MISSING_MEMBER, "restored_documents ontbreekt")
        for order in restored:
            self._records.check("order_document", order)
            if "id" not in order:
                raise refusal(400, Code.MISSING_MEMBER, "restored_documents[].id ontbreekt")
        self._shelf.remove(key)
        for order in restored:
            self._shelf.put(order["id"], {name: value for name, value in order.items() if name != "id"})
        self._records.note("ordering", key, "unmerge", body)
        return [self.get(order["id"]) for order in restored]

    def delete_all(self, body: Any) -> None:
        """Several are removed."""
        for key in self._keys(body):
            self._records.delete(ORDERING, key)

    def _task(self, action: str, body: Any, keys: list[str]) -> Document:
        task = {"id": self._records.new_id("task"), "description": action, "status": "done", "order_document_ids": keys}
        if tag := _object(body).get("tag"):
            task["tag"] = tag
        self.tasks[str(task["id"])] = task
        return task

    def _keys(self, body: Any) -> list[str]:
        keys = _object(body).get(IDS, [])
        for key in keys:
            self.get(key)
        return list(keys)


def _object(body: Any) -> Mapping[str, Any]:
    return body if isinstance(body, Mapping) else {}
