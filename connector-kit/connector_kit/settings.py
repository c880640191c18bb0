"""Reads and checks a plugin's settings the same way for Singer runs and for sub-commands, with clear messages."""

import contextlib
import copy
import difflib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import click
from singer_sdk.configuration._dict_config import parse_environment_config
from singer_sdk.helpers._util import load_json
from singer_sdk.plugin_base import JSONSchemaValidator, PluginBase

from connector_kit.errors import SettingError
from connector_kit.redaction import protect

Plugin: TypeAlias = type[PluginBase]
ENVIRONMENT = "ENV"


def read_config_files(sources: Sequence[str]) -> dict[str, Any]:
    """Read the files of repeated `--config` options, later ones over earlier ones; `ENV` is left to the caller.

    Raises:
        SettingError: A file is missing, unreadable, not JSON, or not a JSON object.
    """
    settings: dict[str, Any] = {}
    for source in sources:
        if source != ENVIRONMENT:
            settings |= _read_config_file(source)
    return settings


def _read_config_file(source: str) -> dict[str, Any]:
    try:
        content = load_json(Path(source).read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingError(f"--config {source}: {error.strerror}") from None
    except ValueError as error:
        line, column = getattr(error, "lineno", None), getattr(error, "colno", None)
        place = f" (line {line}, column {column})" if line else ""
        raise SettingError(f"--config {source}: not valid JSON{place}") from None
    if not isinstance(content, dict):
        raise SettingError(f"--config {source}: expected a JSON object with settings")
    return content


def read_environment(plugin: Plugin) -> dict[str, Any]:
    """Read the settings that stand in environment variables such as TAP_NMBRS_CLIENT_ID.

    Raises:
        SettingError: A value cannot be read as the setting's type; the message names the variable.
    """
    # The SDK says one INFO line per variable; the settings are no news.
    logging.getLogger(parse_environment_config.__module__).setLevel(logging.WARNING)
    schema, prefix = _schema(plugin), _prefix(plugin)
    try:
        return parse_environment_config(schema, prefix)
    except ValueError:
        for name, declaration in schema["properties"].items():
            try:
                parse_environment_config({"properties": {name: declaration}}, prefix)
            except ValueError:
                expected = _type_names(declaration)
                raise SettingError(f"environment variable {_variable(plugin, name)}: expected {expected}") from None
        raise


def check_settings(plugin: Plugin, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Validate settings, fill in defaults, and register the secret ones for redaction.

    Args:
        plugin: The tap, target or mapper class.
        settings: As read from files and environment.

    Returns:
        A copy with defaults filled in.

    Raises:
        SettingError: Names every setting that is missing or wrong; values are never shown.
    """
    schema = _schema(plugin)
    _protect_secrets(schema, settings)
    # null is what some runners write for a setting that nobody has set
    given = {name: value for name, value in settings.items() if value is not None}
    checked = copy.deepcopy(_with_numbers(schema, given))
    errors = JSONSchemaValidator(schema).iter_errors(checked)
    messages = [message for error in errors for message in _messages(plugin, error)]
    messages += [_missing(plugin, name) for name in schema.get("required", ()) if settings.get(name) == ""]
    if messages:
        raise SettingError("; ".join(dict.fromkeys(messages)))
    return checked


def _with_numbers(schema: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Read numbers that came as text: Meltano has no kind of setting for them that works from the environment."""
    numbers = {name: value for name, value in settings.items() if isinstance(value, str) and _is_number(schema, name)}
    read = {}
    for name, text in numbers.items():
        with contextlib.suppress(ValueError):
            read[name] = float(text)
    return {**settings, **read}


def _is_number(schema: Mapping[str, Any], name: str) -> bool:
    declared = schema["properties"].get(name, {}).get("type", ())
    return "number" in declared and "string" not in declared


def warn_unknown_settings(plugin: Plugin, settings: Mapping[str, Any]) -> None:
    """Warn about settings that no one will read, naming the one that was probably meant."""
    known = _schema(plugin)["properties"]
    for name in settings:
        if name not in known:
            nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
            hint = f"; did you mean {nearest[0]}?" if nearest else ""
            plugin.logger.warning("Unknown setting %s is ignored%s", name, hint)


def _schema(plugin: Plugin) -> dict[str, Any]:
    schema: dict[str, Any] = plugin.config_jsonschema
    plugin.append_builtin_config(schema)
    return schema


def _prefix(plugin: Plugin) -> str:
    return f"{plugin.name.upper().replace('-', '_')}_"


def _variable(plugin: Plugin, name: str) -> str:
    return _prefix(plugin) + name.upper().replace("-", "_")


def _missing(plugin: Plugin, name: str) -> str:
    return f"setting {name} is missing (set it in the --config file, or {_variable(plugin, name)} with --config ENV)"


def _messages(plugin: Plugin, error: Any) -> Iterator[str]:
    """Say what is wrong with a setting, from a jsonschema ValidationError; never its value, it may be a secret."""
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path).lstrip(".")
    match error.validator:
        case "required":
            names = [name for name in error.validator_value if name not in error.instance]
            for name in names:
                yield _missing(plugin, name) if not where else f"setting {where}.{name} is missing"
        case "type":
            yield f"setting {where}: expected {_type_names(error.schema)}, found {_type_name(error.instance)}"
        case "enum":
            yield f"setting {where}: expected one of {', '.join(map(str, error.validator_value))}"
        case "anyOf" | "oneOf" | "allOf" | "not":
            yield f"setting {where}: has none of the allowed forms"
        case _:
            rule = error.validator_value
            limit = f" {rule}" if isinstance(rule, (int, float, str)) and not isinstance(rule, bool) else ""
            yield f"setting {where or 'file'}: violates {error.validator}{limit}"


def _type_names(schema: Any) -> str:
    declared = schema.get("type", "another type") if isinstance(schema, Mapping) else "another type"
    names = [declared] if isinstance(declared, str) else [name for name in declared if name != "null"]
    return " or ".join(names)


def _type_name(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case Mapping():
            return "object"
        case list():
            return "array"
        case _:
            return "number"


def _protect_secrets(schema: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    for name, declaration in schema.get("properties", {}).items():
        value = settings.get(name)
        if declaration.get("secret") or declaration.get("writeOnly"):
            protect(*_strings(value))
        elif isinstance(value, Mapping):
            _protect_secrets(declaration, value)
        elif isinstance(value, list):
            items = declaration.get("items", {})
            for item in value:
                if isinstance(item, Mapping):
                    _protect_secrets(items, item)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def settings_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a sub-command the plugin's `--config` option and the checked settings as argument `settings`.

    The sub-command must run through `console.program`, which knows the plugin.
    """

    def checked(context: click.Context, _: click.Parameter, sources: tuple[str, ...]) -> dict[str, Any]:
        plugin = plugin_of(context)
        settings = read_config_files(sources)
        if ENVIRONMENT in sources:
            settings |= read_environment(plugin)
        result = check_settings(plugin, settings)
        warn_unknown_settings(plugin, settings)
        return result

    option = click.option(
        "--config",
        "settings",
        multiple=True,
        callback=checked,
        help="Settings file, or 'ENV' for environment variables; may be repeated.",
    )
    return option(command)


def plugin_of(context: click.Context) -> Plugin:
    """Name the plugin class on whose behalf a sub-command runs."""
    plugin = context.find_object(type)
    if plugin is None:
        raise click.UsageError("this command runs only as part of a connector's program")
    return plugin
