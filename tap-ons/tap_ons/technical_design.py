"""What to ask for in a connector's Technical Design: the endpoints and fields that the selected streams need."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tap_ons.listing import KEY, Job, Listing
from tap_ons.listings import JOBS, LISTINGS
from tap_ons.resources import RESOURCES, Feed, Resource
from tap_ons.schemas import SCHEMAS

if TYPE_CHECKING:
    from connector_kit.extract import PersonalDataPolicy

    from tap_ons.tap import TapOns

__all__ = ["TechnicalDesign"]

_ROWS: Final[Mapping[str, "Row"]] = {row.stream: row for row in (*RESOURCES, *LISTINGS, *JOBS)}

Row = Resource | Listing | Job
Mask = Mapping[tuple[str, ...], bool]


@dataclass(kw_only=True)
class Model:
    """What is needed of one of the provider's models.

    Attributes:
        fields: Fields to select, in the provider's spelling.
        keys: Those of them without which a stream fails.
        left_out: Fields that are not needed because of the class of personal data that they hold.
        streams: What they are for.
    """

    fields: dict[str, None] = field(default_factory=dict)
    keys: dict[str, None] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    streams: dict[str, None] = field(default_factory=dict)


class TechnicalDesign:
    """The smallest one with which the selected streams of a tap can be read.

    Args:
        tap: Its catalog says which streams and fields are selected, its settings which personal data.
        everything: Also the streams that are not selected.
    """

    def __init__(self, tap: "TapOns", *, everything: bool = False) -> None:
        self._policy: PersonalDataPolicy = tap.shared.policy
        self.endpoints: dict[str, dict[str, None]] = {}
        self.models: dict[str, Model] = {}
        self.tables: list[str] = []
        self.remarks: list[str] = []
        for name, stream in tap.streams.items():
            if not (everything or stream.selected):
                continue
            if name in _ROWS:
                self._add(_ROWS[name], stream.mask if stream.selected else None)
            else:
                self.tables.append(name.removeprefix("onsdb_"))

    def _add(self, row: Row, mask: "Mask | None") -> None:
        for path in _paths(row):
            self._needs(path, row.stream)
        self._add_parents(row, needed_by=row.stream)
        if row.model is None:
            self.remarks.append(f"{row.stream}: no model of it is known; select its id and what you want to have")
            return
        if isinstance(row, Listing) and row.inner:
            self.remarks.append(f"{row.stream}: its rows stand in {row.inner} of the answer; select that field, too")
        schema = SCHEMAS.get_schema(row.stream)
        ours = {name for name in schema["properties"] if name.startswith("_")}
        stamped = set(getattr(row, "stamped", ()))
        properties = {
            name: declaration
            for name, declaration in schema["properties"].items()
            if name not in ours and not (name in stamped and "x-source-name" not in declaration)
        }
        keys = {_source(name, properties[name]) for name in schema["required"] if name in properties}
        keys.update(getattr(row, "hashed", ()))
        self._add_fields(
            row.model, properties, row.stream, keys=keys, mask=mask or {}, place=None if mask is None else ()
        )

    def _add_parents(self, row: Row, *, needed_by: str) -> None:
        """Ask for what gives the ids with which the row is asked for."""
        for source in (getattr(row, "parent", None), getattr(row, "ids", None)):
            if source is None:
                continue
            parent = _ROWS[source.stream]
            self._needs(next(_paths(parent)), needed_by)
            self._add_parents(parent, needed_by=needed_by)
            if parent.model is not None:
                schema = SCHEMAS.get_schema(parent.stream)
                model = self._model(parent.model, needed_by)
                for name in schema["required"]:
                    if name != KEY:
                        source_name = _source(name, schema["properties"][name])
                        model.fields[source_name] = model.keys[source_name] = None
                if verified_until := getattr(source, "verified_until", None):
                    model.fields[verified_until] = None

    def _add_fields(
        self,
        model: str,
        properties: Mapping[str, Any],
        stream: str,
        *,
        keys: Iterable[str],
        mask: Mask,
        place: tuple[str, ...] | None,
    ) -> None:
        needed = self._model(model, stream)
        keys = set(keys)
        for name, declaration in properties.items():
            source, personal_data = _source(name, declaration), declaration.get("x-personal-data")
            here = None if place is None else (*place, "properties", name)
            if source in keys:
                needed.fields[source] = needed.keys[source] = None
            elif self._policy.leaves_out(personal_data):
                needed.left_out[source] = personal_data
            elif here is None or mask[here]:
                needed.fields[source] = None
                inner = declaration.get("items", declaration)
                if "x-model" in inner:  # the catalog can select within an object, but not within a list
                    nested = here if inner is declaration else None
                    self._add_fields(inner["x-model"], inner["properties"], stream, keys=(), mask=mask, place=nested)

    def _needs(self, path: str, stream: str) -> None:
        self.endpoints.setdefault(path, {})[stream] = None

    def _model(self, name: str, stream: str) -> Model:
        model = self.models.setdefault(name, Model())
        model.streams[stream] = None
        return model

    def json(self) -> str:
        """Write it for programs."""
        models = {
            name: {
                "fields": list(model.fields),
                "keys": list(model.keys),
                "left_out": _left_out(model),
                "streams": list(model.streams),
            }
            for name, model in sorted(self.models.items())
        }
        endpoints = [
            {"method": "GET", "path": path, "streams": list(streams)}
            for path, streams in sorted(self.endpoints.items())
        ]
        document = {
            "endpoints": endpoints,
            "models": models,
            "onsdb_tables": self.tables,
            "remarks": self.remarks,
        }
        return json.dumps(document, indent=2)

    def markdown(self) -> str:
        """Write it for people."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield from ("# Technical Design", "", "## Endpoints", "", "| method | path | streams |", "|---|---|---|")
        for path, streams in sorted(self.endpoints.items()):
            yield f"| GET | `{path}` | {', '.join(streams)} |"
        if self.tables:
            yield from ("", "## Tables of the reporting database", "", *(f"- `{table}`" for table in self.tables))
        yield from ("", "## Fields", "", "Without those in bold, which are keys, a stream fails.")
        for name, model in sorted(self.models.items()):
            fields = (f"**`{each}`**" if each in model.keys else f"`{each}`" for each in model.fields)
            yield from ("", f"### {name}", "", f"For {', '.join(model.streams)}:", "", ", ".join(fields))
            if left_out := _left_out(model):
                texts = (f"`{each}` ({group})" for each, group in left_out.items())
                yield from ("", f"Not needed, for its personal data is left out: {', '.join(texts)}")
        if self.remarks:
            yield from ("", "## Remarks", "", *(f"- {remark}" for remark in self.remarks))


def _left_out(model: Model) -> dict[str, str]:
    return {name: group for name, group in model.left_out.items() if name not in model.fields}


def _source(name: str, declaration: Mapping[str, Any]) -> str:
    source: str = declaration.get("x-source-name", name)
    return source


def _paths(row: Row) -> Iterator[str]:
    """Give the endpoints of a row; the first one gives all there is."""
    match row:
        case Resource():
            yield from (row.path(feed) for feed in Feed if feed in row.feeds)
        case Listing():
            yield row.path
        case Job():
            yield from (f"{row.path}/{step}" for step in ("collect", "status/{uuid}", "result/{uuid}"))
