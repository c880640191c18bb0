"""Every error of the user is one clear line and an exit code; a bug keeps its traceback; no secret is ever shown."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("example_plugins.py")
CANARY = "s3cret/nightingale+value=="  # a word that is in no path, such as that of `make canary`
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def console(tmp_path: Path) -> Run:
    def run(
        kind: str,
        *arguments: str,
        settings: dict[str, Any] | None = None,
        env: dict[str, str] | None = None,
        stdin: str = "",
    ) -> subprocess.CompletedProcess[str]:
        options = []
        if settings is not None:
            path = tmp_path / "config.json"
            path.write_text(json.dumps(settings))
            options = ["--config", str(path)]
        return subprocess.run(
            [sys.executable, str(PROGRAM), kind, *arguments, *options],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env=os.environ | (env or {}),
        )

    return run


def errors_of(result: subprocess.CompletedProcess[str], name: str = "tap-example") -> list[str]:
    return [line for line in result.stderr.splitlines() if line.startswith(f"{name}: ")]


GOOD: dict[str, Any] = {"client_id": "me", "client_secret": CANARY}


def test_a_good_run_writes_only_singer_messages_and_exits_0(console: Run) -> None:
    result = console("tap", settings=GOOD)
    assert result.returncode == 0
    assert [json.loads(line)["type"] for line in result.stdout.splitlines()][:2] == ["SCHEMA", "RECORD"]
    assert not errors_of(result)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "setting client_id is missing (set it in the --config file, or TAP_EXAMPLE_CLIENT_ID with --config ENV)"),
        ({"client_id": ""}, "setting client_id is missing"),
        ({"client_id": "me", "page_size": "12"}, "setting page_size: expected integer, found string"),
        ({"client_id": "me", "company_ids": ["a", 7]}, "setting company_ids[1]: expected string, found number"),
        ({"client_id": "me", "on_reject": "stop"}, "setting on_reject: expected one of hold, advance"),
        ({"client_id": "me", "accounts": [{}]}, "setting accounts[0].key is missing"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(console: Run, settings: dict[str, Any], message: str) -> None:
    for kind, name in (("tap", "tap-example"), ("target", "target-example")):
        result = console(kind, settings=settings)
        expected = message.replace("TAP_", "TARGET_") if kind == "target" else message
        assert result.returncode == 16
        [line] = errors_of(result, name)
        assert expected in line
        assert "Traceback" not in result.stderr
        assert result.stdout == ""


def test_a_secret_of_the_wrong_type_is_not_shown(console: Run) -> None:
    result = console("tap", settings={"client_id": "me", "client_secret": [CANARY]})
    assert result.returncode == 16
    assert "setting client_secret: expected string, found array" in result.stderr
    assert CANARY not in result.stderr


@pytest.mark.parametrize("command", [(), ("login",), ("--discover",)])
def test_a_config_file_that_cannot_be_read_is_named(console: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    missing = console("tap", *command, "--config", str(tmp_path / "no.json"))
    assert (missing.returncode, missing.stdout) == (16, "")
    assert errors_of(missing) == [f"tap-example: --config {tmp_path}/no.json: No such file or directory"]
    broken = tmp_path / "broken.json"
    broken.write_text('{"client_id": "me",\n "client_secret": ' + CANARY)
    result = console("tap", *command, "--config", str(broken))
    assert result.returncode == 16
    assert errors_of(result) == [f"tap-example: --config {broken}: not valid JSON (line 2, column 19)"]
    broken.write_text("[1]")
    assert "expected a JSON object" in console("tap", *command, "--config", str(broken)).stderr


def test_an_unknown_setting_is_warned_about_once_with_the_nearest_name(console: Run) -> None:
    result = console("tap", settings=GOOD | {"page_sice": 5})
    assert result.returncode == 0
    assert result.stderr.count("Unknown setting page_sice is ignored; did you mean page_size?") == 1


def test_environment_and_repeated_files_mean_the_same_for_plugin_and_sub_command(console: Run, tmp_path: Path) -> None:
    first, second = tmp_path / "1.json", tmp_path / "2.json"
    first.write_text('{"client_id": "first", "page_size": 1}')
    second.write_text('{"client_id": "second"}')
    files = ["--config", str(first), "--config", str(second)]
    result = console("tap", "login", *files)
    assert (result.returncode, result.stdout) == (14, "page size 1 for second\n")
    env = {"TAP_EXAMPLE_CLIENT_ID": "environment"}
    assert console("tap", "login", *files, "--config", "ENV", env=env).stdout == "page size 1 for environment\n"
    wrong = env | {"TAP_EXAMPLE_PAGE_SIZE": "many"}
    for command in ([], ["login"]):
        result = console("tap", *command, "--config", "ENV", env=wrong)
        assert result.returncode == 16
        assert errors_of(result) == ["tap-example: environment variable TAP_EXAMPLE_PAGE_SIZE: expected integer"]
    assert console("tap", "login", settings={}).returncode == 16


def test_a_number_may_come_as_text_and_other_text_is_refused(console: Run) -> None:
    slow = console("tap", "login", settings={"client_id": "me", "requests_per_second": "0.5"})
    assert slow.stdout == "page size 100 for me at 0.5/s\n"
    wrong = console("tap", "login", settings={"client_id": "me", "requests_per_second": "fast"})
    assert errors_of(wrong) == ["tap-example: setting requests_per_second: expected number, found string"]


def test_a_sub_command_may_stand_behind_the_files_that_meltano_names(console: Run, tmp_path: Path) -> None:
    file = tmp_path / "login.json"
    file.write_text('{"client_id": "me", "page_size": 1}')
    catalog = ["--catalog", str(tmp_path / "catalog.json")]
    for options in (["--config", str(file)], ["--config", str(file), *catalog]):
        result = console("tap", *options, "login")
        assert (result.returncode, result.stdout) == (14, "page size 1 for me\n")


@pytest.mark.parametrize(
    ("fail", "code", "message"),
    [
        ("login", 13, "consent is gone, run: tap-example login --config c.json"),
        ("fatal", 1, "numbers failed: secret ***"),
        ("retriable", 1, "numbers failed after 5 tries: 503"),
        ("settings", 16, "setting page_size: must be even"),
        ("unreachable", 1, "cannot reach 127.0.0.1:9: name unknown, connection refused or cut"),
    ],
)
def test_an_error_during_the_run_is_one_line_without_traceback(
    console: Run, fail: str, code: int, message: str
) -> None:
    runs = {
        "tap": console("tap", settings=GOOD | {"fail": fail}),
        "target": console("target", settings=GOOD | {"fail": fail}, stdin=SINGER_LINES),
        "login": console("tap", "login", settings=GOOD | {"fail": fail}),
    }
    for name, result in runs.items():
        assert result.returncode == code, name
        assert errors_of(result, "target-example" if name == "target" else "tap-example")[0].endswith(f": {message}")
        assert "Traceback" not in result.stderr
        assert "unhandled" not in result.stderr
        assert CANARY not in result.stderr + result.stdout


SINGER_LINES = (
    '{"type": "SCHEMA", "stream": "numbers", "schema": {"properties": {"id": {"type": "integer"}}}, "key_properties": []}\n'
    '{"type": "RECORD", "stream": "numbers", "record": {"id": 1}}\n'
)


def test_a_traceback_is_shown_for_a_user_error_only_on_request(console: Run) -> None:
    result = console("tap", settings=GOOD | {"fail": "fatal"}, env={"CONNECTOR_TRACEBACK": "1"})
    assert "Traceback" in result.stderr
    assert CANARY not in result.stderr


def test_a_bug_keeps_its_traceback_without_secrets(console: Run) -> None:
    result = console("tap", settings=GOOD | {"fail": "bug"})
    assert result.returncode == 1
    assert "Traceback" in result.stderr
    assert "raise KeyError(secret, rotated)" in result.stderr
    assert errors_of(result) == ["tap-example: unexpected KeyError: this is a bug, the traceback stands above"]
    assert CANARY not in result.stderr
    assert "rotated-token-value" not in result.stderr


@pytest.mark.parametrize("structured", [False, True])
def test_no_log_line_of_anybody_shows_a_secret(console: Run, tmp_path: Path, *, structured: bool) -> None:
    env = {"TAP_EXAMPLE_LOGLEVEL": "DEBUG"}
    if structured:
        config = tmp_path / "logging.yaml"
        config.write_text(
            "version: 1\ndisable_existing_loggers: false\n"
            "formatters: {json: {(): singer_sdk.logging.StructuredFormatter}}\n"
            "handlers: {out: {class: logging.StreamHandler, formatter: json, stream: ext://sys.stderr}}\n"
            "root: {level: DEBUG, handlers: [out]}\n"
        )
        env["SINGER_SDK_LOG_CONFIG"] = str(config)
    result = console("tap", settings=GOOD | {"fail": "logs"}, env=env)
    assert result.returncode == 0
    assert "refresh with ***" in result.stderr
    assert "ValueError: invalid literal for int() with base 10: '***'" in result.stderr
    assert CANARY not in result.stderr
    assert "nightingale" not in result.stderr


@pytest.mark.parametrize(("fail", "code"), [("terminate", 143), ("interrupt", 130)])
def test_a_signal_never_ends_with_exit_code_0(console: Run, fail: str, code: int) -> None:
    assert console("tap", settings=GOOD | {"fail": fail}).returncode == code
    target = console("target", settings=GOOD | {"fail": fail}, stdin=SINGER_LINES)
    assert target.returncode == code


def test_a_reader_that_goes_away_ends_the_tap_quietly(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(GOOD | {"fail": "many"}))
    with subprocess.Popen(
        [sys.executable, str(PROGRAM), "tap", "--config", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as tap:
        assert tap.stdout
        assert tap.stderr
        tap.stdout.readline()
        tap.stdout.close()
        errors = tap.stderr.read()
    assert tap.returncode == 1
    assert "Traceback" not in errors
    assert "BrokenPipe" not in errors


@pytest.mark.parametrize("lines", [10, 100_000])
def test_a_tap_can_finish_writing_to_a_target_that_has_failed(lines: int) -> None:
    command = [sys.executable, str(PROGRAM), "target"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as target:
        assert target.stdin is not None
        assert target.stderr is not None
        said = ""
        while "setting client_id is missing" not in said:
            said = target.stderr.readline()
            assert said
        target.stdin.write("a line of a tap\n" * lines)  # more than a pipe holds
        target.stdin.close()
        assert target.wait(timeout=60) == 16


def test_a_target_that_has_failed_does_not_wait_for_a_tap_that_goes_on() -> None:
    command = [sys.executable, str(PROGRAM), "target"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as target:
        assert target.wait(timeout=60) == 16


def test_help_lists_the_sub_commands_and_wrong_options_are_one_line(console: Run) -> None:
    text = console("tap", "--help").stdout
    assert "Commands" in text
    assert re.search(r"login +Log in at the provider\.", text)
    assert "--discover" in text
    result = console("tap", "--no-such-option")
    assert (result.returncode, result.stdout) == (2, "")
    assert errors_of(result)[0].startswith("tap-example: No such option")


def test_about_version_and_discovery_need_no_settings(console: Run) -> None:
    assert "tap-example v" in console("tap", "--version").stdout
    assert json.loads(console("tap", "--about", "--format=json").stdout)["name"] == "tap-example"
    assert json.loads(console("tap", "--discover").stdout)["streams"][0]["stream"] == "numbers"
    assert console("tap", "--test=schema", settings=GOOD).returncode == 0


def test_a_line_that_is_no_singer_message_is_not_repeated(console: Run) -> None:
    result = console("target", settings=GOOD, stdin='{"record": {"name": "Jansen"}}\n')
    assert result.returncode == 1
    assert errors_of(result, "target-example") == [
        "target-example: the input holds a line that is not a Singer message"
    ]
    assert "Jansen" not in result.stderr
