"""A plain SDK tap with the streams of a given catalog: what the template would give for the whole of a provider."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

from singer_sdk import RESTStream, Tap
from singer_sdk import typing as th
from typing_extensions import override


class PlainStream(RESTStream[int]):
    """A list that nobody reads."""

    url_base = "http://127.0.0.1"
    path = "/"


class PlainTap(Tap):
    """A tap that is started, and shows its streams."""

    name = "plain-catalog"
    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList(
        th.Property("catalog_file", th.StringType, required=True)
    ).to_dict()

    @override
    def discover_streams(self) -> list[PlainStream]:
        document = json.loads(Path(self.config["catalog_file"]).read_text(encoding="utf-8"))
        return [_class_of(each)(self) for each in document["streams"]]


def _class_of(entry: dict[str, Any]) -> type[PlainStream]:
    members = {"name": entry["tap_stream_id"], "schema": entry["schema"], "primary_keys": entry["key_properties"]}
    return type(entry["tap_stream_id"], (PlainStream,), members)


if __name__ == "__main__":
    PlainTap.cli()
